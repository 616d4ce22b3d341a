// The assigning of graphs.
#include <roost/meta/detail/assign_value.hpp>
#include <roost/meta/detail/presence.hpp>
#include <roost/orm/detail/assign_graph.hpp>
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/errors.hpp>
#include <roost/sql/codec.hpp>
#include <roost/sql/scratch.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace roost::orm::detail {

using reflect::FieldDescriptor;
using reflect::TypeDescriptor;
using reflect::TypeKind;

namespace {

std::string place_of(const Record& owner, const RelationMetadata& relation) {
  return std::string{owner.metadata->name} + "::" + std::string{relation.name};
}

const FieldDescriptor* counterpart(const TypeDescriptor& type, const FieldDescriptor& field) {
  return reflect::find_field(*type.object, field.name);
}

db::Value value_of(const TypeDescriptor& type, const void* value) {
  db::Scratch scratch;
  return db::Value{db::codec_of(type).bind(value, scratch)};
}

const TypeDescriptor& inner_type(const TypeDescriptor& type) {
  return type.kind == TypeKind::optional ? type.optional->element() : type;
}

}  // namespace

void GraphAssigner::assign(Record& record, const TypeDescriptor& source_type, const void* source) {
  const EntityMetadata& entity = *record.metadata;
  const bool is_partial = reflect::detail::presence_of(*source_type.object, source) != nullptr;
  for (const FieldDescriptor& field : source_type.object->fields) {
    const std::optional<Given> value = given(source_type, source, field);
    const FieldDescriptor* member = counterpart(*entity.type, field);
    if (!value.has_value() || member == nullptr || is_kept(record, *member, *value)) continue;
    if (const RelationMetadata* relation = entity.find_relation(member->name)) {
      if (relation->to_many()) {
        assign_collection(record, *relation, *value);
      } else {
        assign_reference(record, *relation, *value);
      }
      continue;
    }
    const TypeDescriptor& type = member->type();
    const TypeDescriptor& struct_type = inner_type(type);
    const bool merges = value->value != nullptr && value->type->kind == TypeKind::object &&
                        struct_type.kind == TypeKind::object &&
                        value->type->object != struct_type.object;
    void* target = reflect::field_of(record.entity(), *member);
    if (!merges) {
      assign_member(*member, record.entity(), field, source, is_partial);
    } else if (&struct_type == &type) {
      assign_struct(type, target, *value->type, value->value);
    } else {
      auto* inside = const_cast<void*>(type.optional->get(target));
      if (inside == nullptr) inside = type.optional->emplace(target);
      assign_struct(struct_type, inside, *value->type, value->value);
    }
  }
}

std::optional<GraphAssigner::Given> GraphAssigner::given(const TypeDescriptor& source_type,
                                                         const void* source,
                                                         const FieldDescriptor& field) {
  const reflect::FieldSet* present = reflect::detail::presence_of(*source_type.object, source);
  if (present != nullptr && !present->contains(field.index)) return std::nullopt;
  const TypeDescriptor* type = &field.type();
  const void* value = reflect::field_of(source, field);
  if (type->kind != TypeKind::optional) return Given{type, value};
  const reflect::OptionalDetails& optional = *type->optional;
  const void* inside = optional.get(value);
  const bool says_empty =
      present != nullptr || (optional.is_null != nullptr && optional.is_null(value));
  if (inside == nullptr && !says_empty) return std::nullopt;
  return Given{&optional.element(), inside};
}

void GraphAssigner::assign_member(const FieldDescriptor& member, void* target,
                                  const FieldDescriptor& field, const void* source,
                                  bool is_partial) {
  reflect::detail::assign_value(member.type(), reflect::field_of(target, member), field.type(),
                                reflect::field_of(source, field), is_partial);
}

/// Member by member: what the source does not give stays.
void GraphAssigner::assign_struct(const TypeDescriptor& target_type, void* target,
                                  const TypeDescriptor& source_type, const void* source) {
  const bool is_partial = reflect::detail::presence_of(*source_type.object, source) != nullptr;
  for (const FieldDescriptor& field : source_type.object->fields) {
    const std::optional<Given> value = given(source_type, source, field);
    const FieldDescriptor* member = counterpart(target_type, field);
    if (!value.has_value() || member == nullptr) continue;
    const TypeDescriptor& type = member->type();
    const bool merges = value->value != nullptr && value->type->kind == TypeKind::object &&
                        type.kind == TypeKind::object && value->type->object != type.object;
    if (merges) {
      assign_struct(type, reflect::field_of(target, *member), *value->type, value->value);
    } else {
      assign_member(*member, target, field, source, is_partial);
    }
  }
}

bool GraphAssigner::is_kept(const Record& record, const FieldDescriptor& member,
                            const Given& value) const {
  const EntityMetadata& entity = *record.metadata;
  const auto column = std::find_if(
      entity.columns.begin(), entity.columns.end(), [&](const ColumnMetadata& candidate) {
        return candidate.members.size() == 1 && candidate.members.front() == member.name &&
               candidate.access == ColumnAccess::plain;
      });
  if (column == entity.columns.end()) return false;
  const bool is_version = column->role == ColumnRole::version;
  if (!is_version && !column->in_primary_key) return false;
  if (value.value == nullptr) return true;
  const db::Value said = value_of(*value.type, value.value);
  if (is_version) {
    if (record.is_row()) session_.require_version(record, said.view().integer());
    return true;
  }
  if (column->identity && said.view().integer() == 0) return true;
  if (record.is_new()) return false;
  db::Scratch scratch;
  if (same_value(*column, bind_column(*column, record, scratch), said.view())) return true;
  throw UsageError("the key of " + name_of(record) + " cannot be changed to " +
                   db::to_readable(said.view()) + " by assign");
}

void GraphAssigner::assign_reference(Record& owner, const RelationMetadata& relation,
                                     const Given& value) {
  Record* target = value.value == nullptr ? nullptr : &entity_for(owner, relation, value);
  RefBase& reference = RelationAccess::reference(owner.entity(), relation);
  RelationAccess::assign(reference, target);
}

void GraphAssigner::assign_collection(Record& owner, const RelationMetadata& relation,
                                      const Given& value) {
  CollectionBase& collection = RelationAccess::collection(owner.entity(), relation);
  struct Reading {
    GraphAssigner& assigner;
    Record& owner;
    const RelationMetadata& relation;
    const TypeDescriptor& type;
    std::vector<Record*> items;
  };
  if (value.value == nullptr) return session_.set_collection(owner, collection, {});
  const reflect::SequenceDetails& sequence = *value.type->sequence;
  const TypeDescriptor& element = sequence.element();
  if (inner_type(element).kind == TypeKind::object && !collection.is_loaded()) {
    throw NotLoadedError(place_of(owner, relation) + " of " + name_of(owner) +
                         " is not loaded, so it is not known which of its items are new: populate "
                         "it before assign(…), or assign keys alone");
  }
  Reading reading{*this, owner, relation, element, {}};
  sequence.for_each(value.value, &reading, [](void* context, const void* item) {
    auto& all = *static_cast<Reading*>(context);
    const TypeDescriptor* type = &all.type;
    if (type->kind == TypeKind::optional) {
      item = type->optional->get(item);
      type = &type->optional->element();
    }
    if (item == nullptr) {
      throw UsageError(place_of(all.owner, all.relation) + " is assigned an item that is null");
    }
    all.items.push_back(&all.assigner.entity_for(all.owner, all.relation, Given{type, item}));
  });
  std::vector<Record*> sorted = reading.items;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) {
    throw UsageError(place_of(owner, relation) + " is assigned " + name_of(**twice) + " twice");
  }
  session_.set_collection(owner, collection, std::move(reading.items));
}

GraphAssigner::Key GraphAssigner::key_in(const EntityMetadata& entity, const Given& object) {
  Key key;
  for (const std::uint16_t index : entity.primary_key) {
    const ColumnMetadata& column = entity.columns[index];
    const FieldDescriptor* field =
        reflect::find_field(*object.type->object, column.members.front());
    if (field == nullptr) return {};
    const std::optional<Given> value = given(*object.type, object.value, *field);
    if (!value.has_value() || value->value == nullptr) return {};
    key.push_back(value_of(*value->type, value->value));
    if (column.identity && key.back().view().integer() == 0) return {};
  }
  return key;
}

bool GraphAssigner::says_more_than_key(const EntityMetadata& entity, const Given& object) {
  const auto& fields = object.type->object->fields;
  return std::any_of(fields.begin(), fields.end(), [&](const FieldDescriptor& field) {
    const bool in_key = std::any_of(
        entity.primary_key.begin(), entity.primary_key.end(),
        [&](std::uint16_t index) { return entity.columns[index].members.front() == field.name; });
    return !in_key && given(*object.type, object.value, field).has_value();
  });
}

Record& GraphAssigner::known_entity(const Record& owner, const RelationMetadata& relation,
                                    const Key& key) {
  const EntityMetadata& entity = *relation.target;
  if (key.size() != entity.primary_key.size()) {
    throw UsageError(place_of(owner, relation) + ": the key of " + std::string{entity.name} +
                     " has several parts, so that an object has to say it");
  }
  db::Scratch scratch;
  std::vector<db::ValueView> values;
  for (std::size_t i = 0; i < key.size(); ++i) {
    values.push_back(canonical(entity.columns[entity.primary_key[i]], key[i].view(), scratch));
  }
  Record& record = session_.reference(entity, values);
  if (record.state == RecordState::removed || record.state == RecordState::detached) {
    throw UsageError(place_of(owner, relation) + " is assigned " + name_of(record) +
                     ", which is to be removed");
  }
  return record;
}

Record& GraphAssigner::entity_for(const Record& owner, const RelationMetadata& relation,
                                  const Given& value) {
  const EntityMetadata& entity = *relation.target;
  if (value.type->kind != TypeKind::object) {
    Key key;
    key.push_back(value_of(*value.type, value.value));
    return known_entity(owner, relation, key);
  }
  const Key key = key_in(entity, value);
  const bool more = says_more_than_key(entity, value);
  if (!key.empty()) {
    const std::size_t before = session_.size();
    Record& known = known_entity(owner, relation, key);
    if (!more) return known;
    if (known.has_content()) {
      assign(known, *value.type, value.value);
      return known;
    }
    // The application gives such keys: a row that nobody has heard of is a new one.
    const bool unheard_of = session_.size() > before;
    if (entity.identity_column != EntityMetadata::none || !unheard_of) {
      throw NotLoadedError(place_of(owner, relation) + " is assigned values for " + name_of(known) +
                           ", which is not loaded: populate it before assign(…), or say its key "
                           "alone");
    }
    session_.forget(known);
  }
  Record& made = session_.create(entity, nullptr, false);
  assign(made, *value.type, value.value);
  return made;
}

}  // namespace roost::orm::detail
