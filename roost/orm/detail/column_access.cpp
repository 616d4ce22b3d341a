// Binding and reading of columns.
#include <roost/base/timestamp.hpp>
#include <roost/json/read.hpp>
#include <roost/json/value.hpp>
#include <roost/json/write.hpp>
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/snapshot.hpp>
#include <roost/orm/errors.hpp>
#include <roost/sql/errors.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace roost::orm::detail {

using db::ValueType;
using db::ValueView;

namespace {

ValueView bind_json(const ColumnMetadata& column, const void* member, db::Scratch& scratch) {
  const reflect::TypeDescriptor* type = column.type;
  if (type->kind == reflect::TypeKind::optional) {
    member = type->optional->get(member);
    if (member == nullptr) return ValueView::null(ValueType::json);
    type = &type->optional->element();
  }
  std::string text;
  json::write(*type, member, text);
  return ValueView::json(scratch.copy(text));
}

void read_json(const ColumnMetadata& column, void* member, const ValueView& value) {
  const reflect::TypeDescriptor* type = column.type;
  if (type->kind == reflect::TypeKind::optional) {
    if (value.is_null()) return type->optional->reset(member);
    member = type->optional->emplace(member);
    type = &type->optional->element();
  } else if (value.is_null()) {
    throw db::ConversionError("the JSON is NULL, but the member is no std::optional");
  }
  json::ReadOptions options;
  options.unknown_members = json::UnknownMembers::ignore;
  options.max_depth = json::ReadOptions::deepest;
  options.max_bytes = SIZE_MAX;
  json::Issues issues;
  // The member may hold values of before, which absent members would keep.
  if (type->construct != nullptr && type->destroy != nullptr) {
    type->destroy(member);
    type->construct(member);
  }
  if (!json::read(*type, member, value.characters(), options, issues)) {
    throw db::ConversionError("the JSON does not fit the member: " + json::to_string(issues));
  }
}

bool less_by_name(const json::Member& a, const json::Member& b) { return a.name < b.name; }

/// Sorts the members of all objects in it.
void normalize(json::Value& value) {
  if (value.is_array()) {
    for (json::Value& element : value.as_array()) normalize(element);
  } else if (value.is_object()) {
    auto& object = value.as_object();
    for (json::Member& member : object) normalize(member.value);
    std::sort(object.begin(), object.end(), less_by_name);
  }
}

bool same_json(std::string_view a, std::string_view b) {
  if (a == b) return true;
  json::ReadOptions options;
  options.max_depth = json::ReadOptions::deepest;
  options.max_bytes = SIZE_MAX;
  auto first = json::read<json::Value>(a, options);
  auto second = json::read<json::Value>(b, options);
  if (!first.ok() || !second.ok()) return false;
  normalize(first.value);
  normalize(second.value);
  return first.value == second.value;
}

}  // namespace

const void* member_of(const ColumnMetadata& column, const void* entity) {
  const auto* start = static_cast<const std::byte*>(entity);
  if (column.inside != nullptr) {
    start =
        static_cast<const std::byte*>(column.inside->optional->get(start + column.inside_offset));
    if (start == nullptr) return nullptr;
  }
  return start + column.offset;
}

void reset_optional_structs(const EntityMetadata& metadata, void* entity) {
  for (const ColumnMetadata& column : metadata.columns) {
    if (column.inside == nullptr) continue;
    column.inside->optional->reset(static_cast<std::byte*>(entity) + column.inside_offset);
  }
}

const ColumnMetadata& target_key_column(const ColumnMetadata& column,
                                        const EntityMetadata& entity) {
  const RelationMetadata& relation = entity.relations[column.relation];
  return relation.target->columns[relation.target_columns[column.target_column]];
}

bool has_key(const Record& record) {
  const EntityMetadata& entity = *record.metadata;
  if (record.lacks_key()) return false;
  if (entity.identity_column == EntityMetadata::none) {
    return std::none_of(
        entity.primary_key.begin(), entity.primary_key.end(),
        [&](std::uint16_t index) { return is_pending(entity.columns[index], record); });
  }
  if (!record.is_new()) return true;
  const ColumnMetadata& key = entity.columns[entity.identity_column];
  if (is_plain_integer(key)) return integer_of(key, record) != 0;
  db::Scratch scratch;
  return bind_column(key, record, scratch).integer() != 0;
}

bool is_pending(const ColumnMetadata& column, const Record& record) {
  if (column.access != ColumnAccess::reference) return false;
  const RelationMetadata& relation = record.metadata->relations[column.relation];
  if (relation.by_unique) return false;
  const Record* target =
      RelationAccess::target(RelationAccess::reference(record.entity(), relation));
  if (target == nullptr || has_key(*target)) return false;
  if (target->lacks_key()) return true;
  // Of a key of several parts only those that the database gives are waited for.
  const std::uint16_t part =
      relation.when_to(*target->metadata).target_columns[column.target_column];
  const ColumnMetadata& key = target->metadata->columns[part];
  return key.access == ColumnAccess::reference ? is_pending(key, *target)
                                               : part == target->metadata->identity_column;
}

ValueView bind_column(const ColumnMetadata& column, const Record& record, db::Scratch& scratch) {
  const void* member = member_of(column, record.entity());
  if (member == nullptr) return ValueView::null(column.value_type);
  switch (column.access) {
    case ColumnAccess::plain:
      return column.codec.bind(member, scratch);
    case ColumnAccess::json:
      return bind_json(column, member, scratch);
    case ColumnAccess::class_name:
      return ValueView::text(record.metadata->class_name);
    case ColumnAccess::reference:
    case ColumnAccess::choice:
      break;
  }
  const Record* target = RelationAccess::target(*static_cast<const RefBase*>(member));
  if (target == nullptr) return ValueView::null(column.value_type);
  const RelationMetadata& relation =
      record.metadata->relations[column.relation].when_to(*target->metadata);
  if (column.access == ColumnAccess::choice) return ValueView::text(relation.choice_name);
  if (is_pending(column, record)) return ValueView::null();
  const ColumnMetadata& key =
      target->metadata->columns[relation.target_columns[column.target_column]];
  return bind_column(key, *target, scratch);
}

ValueView value_in_database(const ColumnMetadata& column, const Record& record,
                            db::Scratch& scratch) {
  const bool known = record.was_read() && ((record.loaded >> column.index) & 1U) != 0;
  return known ? snapshot_value(record.snapshot, column) : bind_column(column, record, scratch);
}

void require_key(const Record& record) {
  if (!record.lacks_key()) return;
  throw UsageError(name_of(record) +
                   " is known by this value only, and its key is needed here: load it first");
}

void read_any_column(const ColumnMetadata& column, void* entity, const ValueView& value) {
  if (column.access == ColumnAccess::class_name) return;
  auto* member = const_cast<void*>(member_of(column, entity));
  if (member == nullptr) {
    if (value.is_null()) return;
    member = static_cast<std::byte*>(column.inside->optional->emplace(
                 static_cast<std::byte*>(entity) + column.inside_offset)) +
             column.offset;
  }
  try {
    if (column.access == ColumnAccess::json) {
      read_json(column, member, value);
    } else {
      column.codec.read(value, member);
    }
  } catch (const db::ConversionError& error) {
    throw db::ConversionError("column \"" + column.name + "\" does not fit the member " +
                              std::string{column.members.back()} + ": " + error.what());
  }
}

ValueView canonical_of_any(const ColumnMetadata& column, const ValueView& value,
                           db::Scratch& scratch) {
  if (value.is_null()) return ValueView::null(column.value_type);
  if (column.access == ColumnAccess::class_name || column.access == ColumnAccess::choice) {
    return value;
  }
  if (is_canonical(column, value)) return value;
  const reflect::TypeDescriptor& type = *column.type;
  std::byte* object = scratch.allocate(type.size);
  type.construct(object);
  struct Guard {
    const reflect::TypeDescriptor& type;
    void* object;
    ~Guard() { type.destroy(object); }
  };
  const Guard guard{type, object};
  column.codec.read(value, object);
  const ValueView bound = column.codec.bind(object, scratch);
  switch (bound.type()) {
    case ValueType::text:
      return ValueView::text(scratch.copy(bound.characters()));
    case ValueType::decimal:
      return ValueView::decimal(scratch.copy(bound.characters()));
    case ValueType::uuid:
      return ValueView::uuid(
          reinterpret_cast<const std::uint8_t*>(scratch.copy(bound.characters()).data()));
    default:
      return bound;
  }
}

bool same_value(const ColumnMetadata& column, const ValueView& a, const ValueView& b) {
  if (a.is_null() || b.is_null()) return a.is_null() == b.is_null();
  if (column.access == ColumnAccess::json) return same_json(a.characters(), b.characters());
  if (is_integer(a.type()) && is_integer(b.type())) return a.integer() == b.integer();
  return a == b;
}

bool is_unchanged(const ColumnMetadata& column, const Record& record, const std::byte* snapshot,
                  db::Scratch& scratch) {
  const auto* member = static_cast<const std::byte*>(record.entity()) + column.offset;
  const std::byte* before = snapshot_bytes(snapshot, column);
  if (before != nullptr) {  // of a member of an optional struct: never quick
    switch (column.quick) {
      case QuickCompare::boolean:
        return std::memcmp(member, before, sizeof(bool)) == 0;
      case QuickCompare::int16:
        return std::memcmp(member, before, sizeof(std::int16_t)) == 0;
      case QuickCompare::int32:
        return std::memcmp(member, before, sizeof(std::int32_t)) == 0;
      case QuickCompare::int64:
        return std::memcmp(member, before, sizeof(std::int64_t)) == 0;
      case QuickCompare::string:
        return *reinterpret_cast<const std::string*>(member) == snapshot_text(before);
      case QuickCompare::time: {
        std::int64_t microseconds = 0;
        std::memcpy(&microseconds, before, sizeof microseconds);
        const auto& time = *reinterpret_cast<const Timestamp*>(member);
        return time.milliseconds_since_epoch() * 1000 == microseconds;
      }
      case QuickCompare::float64:  // not a number is equal to itself here
      case QuickCompare::none:
        break;
    }
  }
  if (is_pending(column, record)) return false;
  return same_value(column, bind_column(column, record, scratch), snapshot_value(snapshot, column));
}

bool is_changed(const ColumnMetadata& column, const Record& record, db::Scratch& scratch) {
  if (column.computed || record.snapshot == nullptr) return false;
  const bool read = ((record.loaded >> column.index) & 1U) != 0;
  if (!read && record.state == RecordState::reference) return false;
  if (!read && column.is_of_reference()) {
    // Any reference that is put here is a change, the empty one too.
    const RelationMetadata& relation = record.metadata->relations[column.relation];
    return !RelationAccess::is_unknown(RelationAccess::reference(record.entity(), relation));
  }
  if (column.access == ColumnAccess::reference) {
    const RelationMetadata& relation = record.metadata->relations[column.relation];
    if (relation.by_unique && relation.on_update == ReferentialAction::cascade) {
      // Another value of the same target: the database writes it here as well.
      const Record* target =
          RelationAccess::target(RelationAccess::reference(record.entity(), relation));
      const bool known = target != nullptr && target->was_read();
      const ValueView before = snapshot_value(record.snapshot, column);
      const ColumnMetadata& key = target_key_column(column, *record.metadata);
      if (known && same_value(column, value_in_database(key, *target, scratch), before)) {
        return false;
      }
    }
  }
  return !is_unchanged(column, record, record.snapshot, scratch);
}

std::string name_of(const Record& record) {
  std::string text{record.metadata->name};
  if (record.lacks_key()) {
    const ColumnMetadata& column = record.metadata->columns[record.known_by];
    db::Scratch scratch;
    text += " with " + std::string{column.members.back()} + ' ';
    db::append_readable(bind_column(column, record, scratch), text);
    return text;
  }
  if (!has_key(record)) return "a new " + text;
  text += " #";
  bool first = true;
  for (const std::uint16_t index : record.metadata->primary_key) {
    db::Scratch scratch;
    if (!first) text += '/';
    first = false;
    const ValueView value = bind_column(record.metadata->columns[index], record, scratch);
    if (value.type() == ValueType::text) {
      text += value.characters();
    } else {
      db::append_readable(value, text);
    }
  }
  return text;
}

}  // namespace roost::orm::detail
