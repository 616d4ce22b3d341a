// Between the members of entities and the values of columns.
#pragma once

#include <roost/orm/detail/record.hpp>
#include <roost/orm/detail/relation_base.hpp>
#include <roost/orm/metadata.hpp>
#include <roost/sql/scratch.hpp>
#include <roost/sql/value.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace roost::orm::detail {

/// Opens the private parts of Ref and Collection to the ORM.
struct RelationAccess {
  [[nodiscard]] static RefBase& reference(void* entity, const RelationMetadata& relation) {
    return *reinterpret_cast<RefBase*>(static_cast<std::byte*>(entity) + relation.offset);
  }
  [[nodiscard]] static const RefBase& reference(const void* entity,
                                                const RelationMetadata& relation) {
    return *reinterpret_cast<const RefBase*>(static_cast<const std::byte*>(entity) +
                                             relation.offset);
  }
  [[nodiscard]] static CollectionBase& collection(void* entity, const RelationMetadata& relation) {
    return *reinterpret_cast<CollectionBase*>(static_cast<std::byte*>(entity) + relation.offset);
  }
  /// Null for no reference. Resolves it if need be.
  [[nodiscard]] static Record* target(const RefBase& reference);
  /// As the application does it: the other side is told.
  static void assign(RefBase& reference, Record* target) {
    reference.change(reinterpret_cast<std::uintptr_t>(target));
  }
  /// Without telling anybody. `shown`: appears whole in JSON.
  static void set_target(RefBase& reference, Record* target);
  static void set_shown(RefBase& reference, bool shown);
  /// Of the side that does not hold the column: what it refers to has not been read.
  static void set_unknown(RefBase& reference) { reference.bits_ = RefBase::unknown_flag; }
  [[nodiscard]] static bool is_unknown(const RefBase& reference) {
    return (reference.bits_ & RefBase::unknown_flag) != 0;
  }
  [[nodiscard]] static bool shown(const RefBase& reference) {
    return (reference.bits_ & RefBase::shown_flag) != 0;
  }
  [[nodiscard]] static Record* owner(const RefBase& reference) { return reference.owner_; }
  [[nodiscard]] static Record* owner(const CollectionBase& collection) { return collection.owner_; }
  static void set_owner(RefBase& reference, Record* owner) { reference.owner_ = owner; }
  static void set_owner(CollectionBase& collection, Record* owner) { collection.owner_ = owner; }
  [[nodiscard]] static CollectionState* state_of(CollectionBase& collection) {
    return collection.state_.get();
  }
  [[nodiscard]] static CollectionState& state(CollectionBase& collection) {
    return collection.state();
  }
  // For an entity whose object is made anew at its place.
  [[nodiscard]] static std::uintptr_t bits(const RefBase& reference) { return reference.bits_; }
  static void set_bits(RefBase& reference, std::uintptr_t bits) { reference.bits_ = bits; }
  [[nodiscard]] static Owned<CollectionState> take_state(CollectionBase& collection) {
    return std::move(collection.state_);
  }
  static void set_state(CollectionBase& collection, Owned<CollectionState> state) {
    collection.state_ = std::move(state);
  }
  [[nodiscard]] static bool is_unresolved(const RefBase& reference) {
    return (reference.bits_ & RefBase::unresolved_flag) != 0;
  }
  [[nodiscard]] static const void* unresolved_entity(const RefBase& reference) {
    return reinterpret_cast<const void*>(reference.bits_ & ~RefBase::flag_mask);
  }
};

/// Where the member of a column stands; null when it is a part of an optional struct that is
/// absent.
[[nodiscard]] const void* member_of(const ColumnMetadata& column, const void* entity);

[[nodiscard]] constexpr bool is_integer(db::ValueType type) {
  return type == db::ValueType::int16 || type == db::ValueType::int32 ||
         type == db::ValueType::int64;
}

/// A column whose member is an integer itself, as most keys are: read without detours.
[[nodiscard]] inline bool is_plain_integer(const ColumnMetadata& column) {
  return column.quick == QuickCompare::int64 || column.quick == QuickCompare::int32 ||
         column.quick == QuickCompare::int16;
}
/// The value of such a column.
[[nodiscard]] inline std::int64_t integer_of(const ColumnMetadata& column, const Record& record) {
  const auto* member = static_cast<const std::byte*>(record.entity()) + column.offset;
  if (column.quick == QuickCompare::int64) return *reinterpret_cast<const std::int64_t*>(member);
  if (column.quick == QuickCompare::int32) return *reinterpret_cast<const std::int32_t*>(member);
  return *reinterpret_cast<const std::int16_t*>(member);
}

/// The value of a column in an entity, as the database gets it. May point into `scratch` or into
/// the entity. A part of a key that is not known yet is NULL of unknown type: `is_pending` tells.
[[nodiscard]] db::ValueView bind_column(const ColumnMetadata& column, const Record& record,
                                        db::Scratch& scratch);

/// True when the column refers to an entity that gets this part of its key from the database later.
[[nodiscard]] bool is_pending(const ColumnMetadata& column, const Record& record);

/// Stores an integer in the member of such a column. False when it does not fit.
[[nodiscard]] inline bool store_integer(const ColumnMetadata& column, void* entity,
                                        std::int64_t integer) {
  auto* member = static_cast<std::byte*>(entity) + column.offset;
  if (column.quick == QuickCompare::int64) {
    *reinterpret_cast<std::int64_t*>(member) = integer;
    return true;
  }
  if (column.quick == QuickCompare::int32) {
    if (!std::in_range<std::int32_t>(integer)) return false;
    *reinterpret_cast<std::int32_t*>(member) = static_cast<std::int32_t>(integer);
    return true;
  }
  if (!std::in_range<std::int16_t>(integer)) return false;
  *reinterpret_cast<std::int16_t*>(member) = static_cast<std::int16_t>(integer);
  return true;
}

/// The same as read_column, of every column.
void read_any_column(const ColumnMetadata& column, void* entity, const db::ValueView& value);

/// Overwrites a member (not a reference) with what the database returned. Throws ConversionError,
/// which names class and column.
inline void read_column(const ColumnMetadata& column, void* entity, const db::ValueView& value) {
  const bool is_quick = is_plain_integer(column) && is_integer(value.type()) && !value.is_null();
  if (is_quick && store_integer(column, entity, value.integer())) return;
  read_any_column(column, entity, value);
}

/// Makes all optional structs of the entity absent, before its columns are read.
void reset_optional_structs(const EntityMetadata& metadata, void* entity);

/// Whether bind_column would give the value as it is, as far as that is seen at once.
[[nodiscard]] inline bool is_canonical(const ColumnMetadata& column, const db::ValueView& value) {
  if (value.is_null()) return false;
  if (is_integer(value.type()) && is_integer(column.value_type)) return true;
  return value.type() == db::ValueType::text && column.value_type == db::ValueType::text;
}

/// The same as canonical, of every value.
[[nodiscard]] db::ValueView canonical_of_any(const ColumnMetadata& column,
                                             const db::ValueView& value, db::Scratch& scratch);

/// A value of the column as bind_column would give it, from what the database returned.
[[nodiscard]] inline db::ValueView canonical(const ColumnMetadata& column,
                                             const db::ValueView& value, db::Scratch& scratch) {
  return is_canonical(column, value) ? value : canonical_of_any(column, value, scratch);
}

/// Equal as values of the column: JSON without regard to the order of members.
[[nodiscard]] bool same_value(const ColumnMetadata& column, const db::ValueView& a,
                              const db::ValueView& b);

/// True when the member has the value of the snapshot.
[[nodiscard]] bool is_unchanged(const ColumnMetadata& column, const Record& record,
                                const std::byte* snapshot, db::Scratch& scratch);

/// True when the application gave the member a value that the snapshot does not have. Members that
/// were not read have the value of their class there.
[[nodiscard]] bool is_changed(const ColumnMetadata& column, const Record& record,
                              db::Scratch& scratch);

/// The same as the database has it, as far as that is known: from the snapshot, if there is one.
[[nodiscard]] db::ValueView value_in_database(const ColumnMetadata& column, const Record& record,
                                              db::Scratch& scratch);

/// Throws UsageError for a row of which not the key is known, but only another unique value.
void require_key(const Record& record);

/// The column of the target that a reference column holds.
[[nodiscard]] const ColumnMetadata& target_key_column(const ColumnMetadata& column,
                                                      const EntityMetadata& entity);

/// True when the key of the entity has been given (by the application or the database).
[[nodiscard]] bool has_key(const Record& record);

/// "Event #7", "Booking #7/2026": for messages.
[[nodiscard]] std::string name_of(const Record& record);

}  // namespace roost::orm::detail
