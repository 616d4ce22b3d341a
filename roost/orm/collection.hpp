// Collection<T>: the entities on the other side of a relation to many.
#pragma once

#include <roost/meta/detail/operations.hpp>
#include <roost/meta/type_info.hpp>
#include <roost/orm/detail/relation_base.hpp>

#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace roost {

/// A member that holds entities of type T: one to many and many to many. An ordered set.
///
/// Of a new entity it is empty and loaded; of one that was found it is not loaded until it is
/// populated or `load` is awaited. Looking at items before that is a NotLoadedError, never an empty
/// list that lies. `add`, `remove`, `set` and `clear` work without loading; only differences are
/// written. Both sides of a relation are kept in step at once.
template <class T>
class Collection : public orm::detail::CollectionBase {
 public:
  using entity_type = T;

  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = T*;
    using reference = T&;

    Iterator() = default;
    explicit Iterator(orm::detail::Record* const* position) : position_{position} {}
    T& operator*() const { return *static_cast<T*>((*position_)->entity()); }
    T* operator->() const { return &**this; }
    Iterator& operator++() {
      ++position_;
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++position_;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    orm::detail::Record* const* position_ = nullptr;
  };

  Collection() = default;

  /// Adds entities of the owner's manager; those that are in it already change nothing. Says
  /// whether anything was added.
  bool add(const T& entity) { return add_entity(&entity); }
  /// Makes a new entity of the value and adds it: `event.registrations.add({.user = user})`.
  T& add(T&& entity) {
    T& made = *static_cast<T*>(adopt(reflect::type_of<T>(), &entity));
    add_entity(&made);
    return made;
  }
  /// Takes an entity out; says whether it was in (when not loaded: true).
  bool remove(const T& entity) { return remove_entity(&entity); }
  /// Makes these the items, in this order: a range of entities, or of pointers to them.
  template <class Range>
  void set(const Range& entities) {
    std::vector<const void*> list;
    for (auto& entity : entities) list.push_back(address_of(entity));
    set_entities(list);
  }

  // All of these throw NotLoadedError when the items are not known.
  [[nodiscard]] bool contains(const T& entity) const { return contains_entity(&entity); }
  [[nodiscard]] Iterator begin() const { return Iterator{loaded_items().data()}; }
  [[nodiscard]] Iterator end() const {
    return Iterator{loaded_items().data() + loaded_items().size()};
  }
  [[nodiscard]] T& operator[](std::size_t index) const {
    return *static_cast<T*>(loaded_items()[index]->entity());
  }
  [[nodiscard]] T& front() const { return (*this)[0]; }
  [[nodiscard]] std::vector<T*> items() const {
    std::vector<T*> list;
    for (T& entity : *this) list.push_back(&entity);
    return list;
  }

  /// Reads the items unless they are loaded. What was added or removed before stays so.
  Task<void> load() { return load_items(false); }
  /// Reads the items again; what was added or removed since the last flush stays so.
  Task<void> reload() { return load_items(true); }
  /// The number of items without loading them.
  Task<std::size_t> load_count() { return load_size(); }

 private:
  friend struct reflect::TypeInfo<Collection<T>>;

  static const void* address_of(const T& entity) { return &entity; }
  static const void* address_of(const T* entity) { return entity; }
};

}  // namespace roost

namespace roost::reflect {

template <class T>
struct TypeInfo<Collection<T>> {
  static constexpr bool describable = true;
  static constexpr bool comparable = false;

  static constexpr orm::detail::RelationRole role{TypeId::of<T>(), true};
  static constexpr TypeDescriptor make() {
    TypeDescriptor made = detail::basic_descriptor<Collection<T>>(TypeKind::reference, type_name<T>,
                                                                  qualified_type_name<T>);
    made.reference = &Collection<T>::details;
    made.role = &role;
    return made;
  }
  static constexpr TypeDescriptor type = make();
  static const TypeDescriptor& descriptor() { return type; }
};

}  // namespace roost::reflect
