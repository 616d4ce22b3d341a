// The parts of Ref<T> and Collection<T> that do not depend on T.
#pragma once

#include <roost/async/task.hpp>
#include <roost/base/owned.hpp>
#include <roost/base/shared.hpp>
#include <roost/base/type_name.hpp>
#include <roost/meta/type_descriptor.hpp>
#include <roost/orm/detail/record.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace roost::db {
class Value;
class ValueView;
}  // namespace roost::db

namespace roost::orm {
class RelationOptions;
struct ColumnMetadata;
}  // namespace roost::orm

namespace roost::orm::detail {

// What follows an AnyRef in the paths of conditions on which of its classes it refers to: the step
// says the class; its member is one of these, which no member is called.
inline constexpr std::string_view choice_key = "(key)";
inline constexpr std::string_view choice_test = "(is)";

/// What the descriptor of a relation member says to the ORM.
struct RelationRole {
  TypeId target;
  bool many = false;
  std::span<const TypeId> any_of = {};  // the classes, to one of which an AnyRef refers
};
/// True when `role`, of a TypeDescriptor, belongs to a Ref or a Collection.
[[nodiscard]] const RelationRole* relation_role(const reflect::TypeDescriptor& type);

/// A reference to one entity: nothing, a record, or an entity whose record is looked up when the
/// owner of the reference becomes known.
class RefBase {
 public:
  /// True when it refers to nothing. The side of a one to one relation that does not hold the
  /// column throws NotLoadedError when that is not known.
  [[nodiscard]] bool is_null() const {
    if ((bits_ & unknown_flag) != 0) throw_unknown();
    return (bits_ & ~flag_mask) == 0;
  }
  explicit operator bool() const { return !is_null(); }
  /// True when the entity's members can be used (or there is nothing to be loaded).
  [[nodiscard]] bool is_loaded() const;

 protected:
  RefBase() = default;
  explicit RefBase(const void* entity)
      : bits_{reinterpret_cast<std::uintptr_t>(entity) | unresolved_flag} {}
  RefBase(const RefBase& other) : bits_{other.bits_} {}
  RefBase& operator=(const RefBase& other) {
    if (this != &other) change(other.bits_);
    return *this;
  }
  ~RefBase() = default;

  void change(std::uintptr_t bits);
  /// The entity, or null for no reference; throws NotLoadedError when it is not loaded.
  [[nodiscard]] void* loaded_entity() const;
  /// Any state; null for no reference.
  [[nodiscard]] void* entity_in_any_state() const;
  /// The only part of the key.
  void read_key(const reflect::TypeDescriptor& type, void* value) const;
  [[nodiscard]] db::Value read_key_value() const;
  /// Loads the entity unless it is loaded; null when there is no reference or no such row.
  Task<void*> load_entity();
  [[noreturn]] static void throw_missing(const RefBase& reference);

  // Of AnyRef, which refers to one of several classes. `said` is that of an entity of which only
  // the address is known yet.
  /// True when it refers to an entity of the class, or of one that extends it.
  [[nodiscard]] bool refers_to(const reflect::TypeDescriptor& type,
                               const reflect::TypeDescriptor* said) const;
  /// The same as loaded_entity; throws UsageError when it is of another class.
  [[nodiscard]] void* loaded_entity_of(const reflect::TypeDescriptor& type,
                                       const reflect::TypeDescriptor* said) const;
  static void visit_any(const void* member, void* context, reflect::VisitReferenced visit);
  [[nodiscard]] static bool always_shown(const void* member);

  static const reflect::ReferenceDetails details;

 private:
  friend class Session;
  friend struct RelationAccess;

  /// What it refers to, and the column there by which it does: the key, a unique one, or the one
  /// that is known. Throws UsageError.
  [[nodiscard]] const Record& keyed_target(const ColumnMetadata*& column) const;
  [[noreturn]] void throw_unknown() const;

  static constexpr std::uintptr_t unresolved_flag = 1;
  static constexpr std::uintptr_t shown_flag = 2;
  static constexpr std::uintptr_t unknown_flag = 4;
  static constexpr std::uintptr_t flag_mask = 15;

  std::uintptr_t bits_ = 0;
  Record* owner_ = nullptr;  // never copied: it says where this reference stands
};

/// What a collection holds once it is in use.
struct CollectionState {
  std::vector<Record*> items;           // as the application sees them
  std::vector<Record*> original;        // as the database has them; sorted by address
  std::vector<Record*> added;           // while not loaded: in order
  std::vector<Record*> removed;         // while not loaded
  std::vector<const void*> unresolved;  // added before the owner became known
  std::size_t count = 0;                // when `counted`
  bool counted = false;
  bool loaded = false;
  bool replaced = false;   // set() without loading: whatever the database has is to go
  bool changed = false;    // differs (or may differ) from the database
  bool read_only = false;  // holds a part only
  bool reordered = false;  // of a relation that keeps the order: its pairs are to be written anew
  bool shown = false;      // asked for by populate or load: appears in JSON
};

/// An ordered set of entities on the other side of a relation.
class CollectionBase {
 public:
  /// True when the items are known: the owner is new, or they were populated or loaded.
  [[nodiscard]] bool is_loaded() const;
  /// True when items were added or removed since the last flush.
  [[nodiscard]] bool is_changed() const { return state_ != nullptr && state_->changed; }
  /// Number of items. Throws NotLoadedError.
  [[nodiscard]] std::size_t size() const { return loaded_items().size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  /// Takes all items out; needs no loading. With `orphan_removal` they are deleted.
  void clear();

 protected:
  CollectionBase() = default;
  CollectionBase(const CollectionBase& other);
  CollectionBase(CollectionBase&& other) noexcept : state_{std::move(other.state_)} {}
  CollectionBase& operator=(const CollectionBase& other);
  ~CollectionBase() = default;

  /// Throws UsageError when the reference is empty.
  [[nodiscard]] static const void* entity_of(const RefBase& reference);
  bool add_entity(const void* entity);
  bool remove_entity(const void* entity);
  void set_entities(const std::vector<const void*>& entities);
  [[nodiscard]] bool contains_entity(const void* entity) const;
  [[nodiscard]] const std::vector<Record*>& loaded_items() const;
  Task<void> load_items(bool again);
  Task<void> load_part(Shared<const RelationOptions> options);
  Task<std::size_t> load_size();
  Task<std::vector<void*>> find_matching(Shared<const RelationOptions> options);
  Task<std::size_t> count_matching(Shared<const RelationOptions> options);
  /// Makes a new entity of the owner's manager from `*source`, which is moved from.
  void* adopt(const reflect::TypeDescriptor& type, void* source);

  static const reflect::ReferenceDetails details;

 private:
  friend class Session;
  friend struct RelationAccess;

  CollectionState& state();

  Owned<CollectionState> state_;
  Record* owner_ = nullptr;
};

}  // namespace roost::orm::detail
