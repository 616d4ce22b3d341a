// Collection<T>: the entities on the other side of a relation to many.
#pragma once

#include <roost/meta/detail/operations.hpp>
#include <roost/meta/type_info.hpp>
#include <roost/orm/detail/relation_base.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace roost {

template <class T>
class Ref;

namespace orm::detail {
/// Defined by find_options.hpp, which entity_manager.hpp includes.
template <class T>
struct RelationOptionsOf;
}  // namespace orm::detail

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
  /// The same with what a reference refers to, which need not be loaded:
  /// `tags.add(em.reference<Tag>(7))`.
  bool add(const Ref<T>& reference) { return add_entity(entity_of(reference)); }
  /// Makes a new entity of the value and adds it: `event.registrations.add({.user = user})`.
  T& add(T&& entity) {
    T& made = *static_cast<T*>(adopt(reflect::type_of<T>(), &entity));
    add_entity(&made);
    return made;
  }
  /// Takes an entity out; says whether it was in (when not loaded: true).
  bool remove(const T& entity) { return remove_entity(&entity); }
  bool remove(const Ref<T>& reference) { return remove_entity(entity_of(reference)); }
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

  /// At most so many items, from `first` on.
  [[nodiscard]] std::vector<T*> slice(std::size_t first, std::size_t count) const {
    std::vector<T*> list;
    const std::size_t all = size();
    for (std::size_t i = first; i < all && list.size() < count; ++i) list.push_back(&(*this)[i]);
    return list;
  }

  /// Reads the items unless they are loaded. What was added or removed before stays so.
  Task<void> load() { return load_items(false); }
  /// Reads a part of the items, by conditions, order_by(…), limit(…), offset(…) and fields<…>():
  /// `tags.load(f<&Tag::name>.starts_with("a"), limit(5))`. The collection then holds that part,
  /// and cannot be changed until it is loaded whole. Throws UsageError when it has changes that are
  /// not flushed.
  template <class Option, class... More>
  Task<void> load(Option&& option, More&&... more) {
    return load_part(orm::detail::RelationOptionsOf<T>::make(std::forward<Option>(option),
                                                             std::forward<More>(more)...));
  }
  /// Reads the items again; what was added or removed since the last flush stays so.
  Task<void> reload() { return load_items(true); }
  /// The number of items without loading them.
  Task<std::size_t> load_count() { return load_size(); }
  /// The number of items of which a condition holds, as the database has them.
  template <class Condition>
  Task<std::size_t> load_count(Condition&& condition) {
    return count_matching(
        orm::detail::RelationOptionsOf<T>::make(std::forward<Condition>(condition)));
  }
  /// Items as the database has them, found by conditions, order_by(…), limit(…) and offset(…); the
  /// collection stays as it is.
  template <class... Option>
  Task<std::vector<T*>> matching(Option&&... options) {
    return typed(
        find_matching(orm::detail::RelationOptionsOf<T>::make(std::forward<Option>(options)...)));
  }

 private:
  friend struct reflect::TypeInfo<Collection<T>>;

  static Task<std::vector<T*>> typed(Task<std::vector<void*>> finding) {
    const std::vector<void*> found = co_await std::move(finding);
    std::vector<T*> entities;
    entities.reserve(found.size());
    for (void* entity : found) entities.push_back(static_cast<T*>(entity));
    co_return entities;
  }
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
