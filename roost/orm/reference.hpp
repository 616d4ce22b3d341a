// Ref<T>: a reference from one entity to another, loaded or not.
#pragma once

#include <roost/meta/detail/operations.hpp>
#include <roost/meta/type_info.hpp>
#include <roost/orm/detail/relation_base.hpp>
#include <roost/sql/value.hpp>

#include <cstddef>
#include <cstdint>

namespace roost {

/// A member that refers to an entity of type T, or to nothing: many to one and one to one. It knows
/// the key without loading; what else it says about an entity that is not loaded is a
/// NotLoadedError, never a default value.
///
/// Assigning it keeps the other side of the relation in step at once. It belongs to its entity's
/// manager and lives as long; a copy refers to the same entity, but changes nothing.
template <class T>
class Ref : public orm::detail::RefBase {
 public:
  using entity_type = T;

  /// Refers to nothing.
  Ref() = default;
  Ref(std::nullptr_t) {}
  // Not explicit: `registration.user = user`, `{.user = user}`.
  /// `entity` belongs to the entity manager of the entity in which this reference stands.
  Ref(const T& entity) : RefBase{&entity} {}
  /// The entity, or nothing for a null pointer.
  Ref(const T* entity) {
    if (entity != nullptr) *this = Ref{*entity};
  }
  Ref(const Ref& other) = default;
  Ref& operator=(const Ref& other) = default;
  ~Ref() = default;

  /// The entity. Throws NotLoadedError, also when there is no reference.
  [[nodiscard]] T& operator*() { return *static_cast<T*>(loaded_entity()); }
  [[nodiscard]] const T& operator*() const { return *static_cast<const T*>(loaded_entity()); }
  [[nodiscard]] T* operator->() { return &**this; }
  [[nodiscard]] const T* operator->() const { return &**this; }

  /// The key, known without loading. Throws UsageError when there is no reference, or the key is
  /// of several parts or not known yet (a new entity with a generated key, before the flush).
  template <class Key = std::int64_t>
  [[nodiscard]] Key key() const;

  /// The same as an SQL value, for conditions.
  [[nodiscard]] db::Value key_value() const { return read_key_value(); }

  /// The entity, read from the database if it is not loaded. Throws NotFoundError when the
  /// reference is empty or its row is gone.
  Task<T&> load() {
    void* entity = co_await load_entity();
    if (entity == nullptr) throw_missing(*this);
    co_return *static_cast<T*>(entity);
  }
  /// The same; null where `load` would throw.
  Task<T*> load_or_null() {
    void* entity = co_await load_entity();
    co_return static_cast<T*>(entity);
  }

  /// Same entity (or both nothing).
  friend bool operator==(const Ref& a, const Ref& b) {
    return a.entity_in_any_state() == b.entity_in_any_state();
  }
  friend bool operator==(const Ref& a, const T& b) { return a.entity_in_any_state() == &b; }
  friend bool operator==(const Ref& a, std::nullptr_t) { return a.is_null(); }

 private:
  friend struct reflect::TypeInfo<Ref<T>>;
};

}  // namespace roost

namespace roost::reflect {

template <class T>
struct TypeInfo<Ref<T>> {
  static constexpr bool describable = true;
  static constexpr bool comparable = false;

  static constexpr orm::detail::RelationRole role{TypeId::of<T>(), false};
  static constexpr TypeDescriptor make() {
    TypeDescriptor made =
        detail::basic_descriptor<Ref<T>>(TypeKind::reference, type_name<T>, qualified_type_name<T>);
    made.copy_assign = &detail::copy_assign<Ref<T>>;
    made.reference = &Ref<T>::details;
    made.role = &role;
    return made;
  }
  static constexpr TypeDescriptor type = make();
  static const TypeDescriptor& descriptor() { return type; }
};

}  // namespace roost::reflect

namespace roost {

template <class T>
template <class Key>
Key Ref<T>::key() const {
  Key value{};
  read_key(reflect::type_of<Key>(), &value);
  return value;
}

}  // namespace roost
