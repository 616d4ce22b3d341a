// Repository<T>: the entity manager narrowed to one class, to be injected or derived from.
#pragma once

#include <roost/orm/entity_manager.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace roost::orm {

/// `providers<orm::Repository<Event>>()`, or a class of one's own that derives from it and has
/// queries with names. Lives for one request, as its manager does.
template <class T>
class Repository {
 public:
  using scope = roost::request_scoped;

  explicit Repository(EntityManager& manager) : manager_{manager} {}

  template <class... Option>
  Task<std::vector<T*>> find(Option&&... options) {
    return manager_.find<T>(std::forward<Option>(options)...);
  }
  template <class... Option>
  Task<T*> find_one(Option&&... options) {
    return manager_.find_one<T>(std::forward<Option>(options)...);
  }
  template <class... Option>
  Task<T&> find_one_or_fail(Option&&... options) {
    return manager_.find_one_or_fail<T>(std::forward<Option>(options)...);
  }
  template <class... Option>
  Task<Found<T>> find_and_count(Option&&... options) {
    return manager_.find_and_count<T>(std::forward<Option>(options)...);
  }
  template <class... Option>
  Task<std::uint64_t> count(Option&&... options) {
    return manager_.count<T>(std::forward<Option>(options)...);
  }
  T& create(T&& value) { return manager_.create<T>(std::move(value)); }
  void persist(T& entity) { manager_.persist(entity); }
  void remove(T& entity) { manager_.remove(entity); }
  Task<void> flush() { return manager_.flush(); }

  [[nodiscard]] EntityManager& manager() const { return manager_; }

 private:
  EntityManager& manager_;
};

}  // namespace roost::orm
