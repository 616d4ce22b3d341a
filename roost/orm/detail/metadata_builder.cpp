// Reads the words of entities. Faults are collected, so that one start names them all.
#include <roost/base/timestamp.hpp>
#include <roost/meta/annotation.hpp>
#include <roost/orm/detail/metadata_builder.hpp>
#include <roost/orm/detail/relation_base.hpp>
#include <roost/orm/detail/snapshot.hpp>
#include <roost/orm/errors.hpp>
#include <roost/orm/json.hpp>
#include <roost/validation/rules/string_rules.hpp>

#include <algorithm>

namespace roost::orm::detail {

using reflect::FieldDescriptor;
using reflect::find_annotation;
using reflect::TypeDescriptor;
using reflect::TypeKind;

namespace {

const TypeDescriptor& without_optional(const TypeDescriptor& type) {
  return type.kind == TypeKind::optional ? type.optional->element() : type;
}

bool is_json(const TypeDescriptor& type) {
  const TypeDescriptor& inner = without_optional(type);
  return inner.role == &json_role || inner.kind == TypeKind::dynamic;
}

std::uint32_t max_length_of(const FieldDescriptor& field) {
  std::size_t longest = 0;
  if (const auto* rule =
          find_annotation<validation::Rule<validation::MaxLength>>(field.annotations)) {
    longest = rule->parameters.max;
  } else if (const auto* both =
                 find_annotation<validation::Rule<validation::Length>>(field.annotations)) {
    longest = both->parameters.max;
  }
  return longest < UINT32_MAX ? static_cast<std::uint32_t>(longest) : 0;
}

template <class Word>
const Word* word(const FieldDescriptor& field) {
  return find_annotation<Word>(field.annotations);
}

QuickCompare quick_compare(const TypeDescriptor& type) {
  switch (type.kind) {
    case TypeKind::boolean:
      return QuickCompare::boolean;
    case TypeKind::integer:
      if (!type.integer.is_signed) return QuickCompare::none;
      return type.integer.bytes == 8   ? QuickCompare::int64
             : type.integer.bytes == 4 ? QuickCompare::int32
             : type.integer.bytes == 2 ? QuickCompare::int16
                                       : QuickCompare::none;
    case TypeKind::floating:
      return type.size == sizeof(double) ? QuickCompare::float64 : QuickCompare::none;
    case TypeKind::string:
      return QuickCompare::string;
    default:
      return &type == &reflect::type_of<Timestamp>() ? QuickCompare::time : QuickCompare::none;
  }
}

ColumnRole role_of(const FieldDescriptor& field) {
  if (word<VersionWord>(field) != nullptr) return ColumnRole::version;
  if (word<CreatedAtWord>(field) != nullptr) return ColumnRole::creation_time;
  if (word<UpdatedAtWord>(field) != nullptr) return ColumnRole::update_time;
  if (word<SoftDeleteWord>(field) != nullptr) return ColumnRole::soft_delete;
  return ColumnRole::ordinary;
}

}  // namespace

MetadataBuilder::MetadataBuilder(std::vector<EntityEntry> entries, const NamingStrategy& naming)
    : naming_{naming} {
  for (const EntityEntry& entry : entries) {
    if (find(entry.id) != nullptr) continue;  // named by two modules
    auto entity = std::make_unique<EntityMetadata>();
    entity->id = entry.id;
    entity->hooks = entry.hooks;
    entity->type = &entry.type();
    entity->name = entity->type->name;
    entity->index = static_cast<std::uint16_t>(entities_.size());
    entity->root = entity.get();
    entity->room = entity->type->size;
    entities_.push_back(std::move(entity));
  }
}

void MetadataBuilder::fault(const EntityMetadata& entity, const std::string& what) {
  faults_.push_back(std::string{entity.name} + ": " + what);
}

EntityMetadata* MetadataBuilder::find(TypeId id) {
  for (const auto& entity : entities_) {
    if (entity->id == id) return entity.get();
  }
  return nullptr;
}

std::vector<Owned<EntityMetadata>> MetadataBuilder::build() {
  for (const auto& entity : entities_) describe_class(*entity);
  connect_families();
  if (faults_.empty()) {
    for (EntityMetadata* entity : parents_first_) describe_columns(*entity);
  }
  for (EntityMetadata* entity : parents_first_) {
    finish_keys(*entity);
    lay_out_snapshot(*entity);
    for (EntityMetadata* at = entity; at != nullptr;
         at = at->parent == nullptr ? nullptr : entities_[at->parent->index].get()) {
      at->family_snapshot_size = std::max(at->family_snapshot_size, entity->snapshot_size);
    }
  }
  if (faults_.empty()) {
    for (const auto& entity : entities_) link(*entity);
    for (EntityMetadata* entity : parents_first_) {
      if (entity->parent == nullptr) continue;
      const auto& inherited = entity->parent->relations;
      std::copy(inherited.begin(), inherited.end(), entity->relations.begin());
    }
    keep_choices();
    check_shared_pivots();
  }
  for (const auto& entity : entities_) check(*entity);
  for (const auto& entity : entities_) check_family(*entity);
  if (!faults_.empty()) {
    std::string message = "the entities of this application cannot be stored as described:";
    for (const std::string& fault : faults_) message += "\n  - " + fault;
    throw MetadataError(message);
  }
  return std::move(entities_);
}

void MetadataBuilder::describe_class(EntityMetadata& entity) {
  if (entity.type->kind != TypeKind::object) {
    return fault(entity, "an entity is a struct; this is none");
  }
  const auto annotations = entity.type->object->annotations;
  if (find_annotation<ExtendsWord>(annotations) != nullptr) return;
  const auto* table = find_annotation<EntityWord>(annotations);
  if (table == nullptr) {
    return fault(entity,
                 "its meta does not say that it is an entity: begin it with "
                 "orm::entity(\"table\", …) instead of roost::meta(…)");
  }
  entity.table = table->table.empty() ? naming_.table(entity.name) : std::string{table->table};
  if (const auto* schema = find_annotation<SchemaWord>(annotations)) {
    entity.schema_is_chosen = schema->name == "*";
    if (!entity.schema_is_chosen) entity.schema_name = schema->name;
  }
  if (find_annotation<PrimaryKeyWord>(annotations) == nullptr) {
    fault(entity,
          "it has no key: say primary_key<&" + std::string{entity.name} + "::id>() in its meta");
  }
}

void MetadataBuilder::describe_columns(EntityMetadata& entity) {
  if (entity.parent != nullptr) begin_with_parent(entity);
  const std::size_t inherited = entity.relations.size();
  add_columns(entity, *entity.type, 0, "", {});
  for (std::size_t i = inherited; i < entity.relations.size(); ++i) {
    entity.relations[i].owner = &entity;
    entity.relations[i].index = static_cast<std::uint16_t>(i);
  }
  if (const auto* family = find_annotation<InheritanceWord>(entity.type->object->annotations)) {
    entity.class_column = static_cast<std::uint16_t>(entity.columns.size());
    add_class_column(entity, family->column);
  }
  for (std::size_t i = 0; i < entity.columns.size(); ++i) {
    entity.columns[i].index = static_cast<std::uint16_t>(i);
  }
}

void MetadataBuilder::add_columns(EntityMetadata& entity, const TypeDescriptor& type,
                                  std::size_t offset, const std::string& prefix,
                                  const std::vector<std::string_view>& members) {
  for (const FieldDescriptor& field : type.object->fields) {
    if (word<NotStoredWord>(field) != nullptr) continue;
    if (members.empty() && entity.parent != nullptr &&
        reflect::find_field(*entity.parent->type->object, field.name) != nullptr) {
      continue;  // inherited
    }
    const TypeDescriptor& field_type = field.type();
    const std::size_t at = offset + field.offset;
    if (relation_role(field_type) != nullptr) {
      if (members.empty()) {
        add_relation(entity, field, at);
      } else {
        fault(entity, std::string{field.name} +
                          ": relations stand in the entity itself, not in an embedded struct");
      }
      continue;
    }
    std::vector<std::string_view> path = members;
    path.push_back(field.name);
    if (field_type.kind == TypeKind::object && !is_json(field_type)) {
      const auto* embedded = word<EmbeddedWord>(field);
      const std::string inner = embedded != nullptr ? prefix + std::string{embedded->prefix}
                                                    : prefix + naming_.embedded_prefix(field.name);
      add_columns(entity, field_type, at, inner, path);
    } else if (field_type.kind == TypeKind::optional && !is_json(field_type) &&
               without_optional(field_type).kind == TypeKind::object) {
      add_optional_columns(entity, field, at, prefix, path);
    } else {
      add_column(entity, field, at, prefix, std::move(path));
    }
  }
}

/// A struct that may be absent: then all its columns are NULL.
void MetadataBuilder::add_optional_columns(EntityMetadata& entity, const FieldDescriptor& field,
                                           std::size_t offset, const std::string& prefix,
                                           const std::vector<std::string_view>& members) {
  const auto* embedded = word<EmbeddedWord>(field);
  const std::string inner = embedded != nullptr ? prefix + std::string{embedded->prefix}
                                                : prefix + naming_.embedded_prefix(field.name);
  const std::size_t first = entity.columns.size();
  add_columns(entity, without_optional(field.type()), 0, inner, members);
  for (std::size_t i = first; i < entity.columns.size(); ++i) {
    ColumnMetadata& column = entity.columns[i];
    if (column.inside != nullptr) {
      return fault(entity, std::string{field.name} +
                               " is an optional struct in an optional struct: make the inner one "
                               "an orm::Json<…>");
    }
    column.inside = &field.type();
    column.inside_offset = offset;
    column.nullable = true;
    column.quick = QuickCompare::none;
  }
}

void MetadataBuilder::add_column(EntityMetadata& entity, const FieldDescriptor& field,
                                 std::size_t offset, const std::string& prefix,
                                 std::vector<std::string_view> members) {
  ColumnMetadata column;
  const auto* name = word<ColumnWord>(field);
  column.name = name != nullptr ? std::string{name->name} : prefix + naming_.column(field.name);
  column.members = std::move(members);
  column.type = &field.type();
  column.field = &field;
  column.offset = offset;
  column.nullable = column.type->kind == TypeKind::optional;
  column.lazy = word<LazyWord>(field) != nullptr;
  column.role = role_of(field);
  column.max_length = max_length_of(field);
  if (const auto* formula = word<FormulaWord>(field)) column.formula = formula->expression;
  if (const auto* generated = word<GeneratedWord>(field)) column.generated = generated->expression;
  if (const auto* fallback = word<ServerDefaultWord>(field)) {
    column.server_default = fallback->expression;
  }
  if (const auto* declared = word<ColumnTypeWord>(field)) column.declared_type = declared->type;
  column.computed = !column.formula.empty() || !column.generated.empty();
  if (const auto* written = word<WrittenAsWord>(field)) column.written_as = written->sql;
  if (const auto* read = word<ReadAsWord>(field)) column.read_as = read->sql;
  column.concurrency_check = word<ConcurrencyCheckWord>(field) != nullptr;
  if (is_json(*column.type)) {
    column.access = ColumnAccess::json;
    column.value_type = db::ValueType::json;
  } else {
    try {
      column.codec = db::codec_of(*column.type);
      column.value_type = column.codec.type();
      column.quick = quick_compare(*column.type);
    } catch (const std::exception& error) {
      return fault(entity,
                   std::string{field.name} + " of type " + std::string{column.type->name} +
                       " is no column: make it an orm::Json<…>, a relation, or not_stored (" +
                       error.what() + ")");
    }
  }
  entity.columns.push_back(std::move(column));
}

void MetadataBuilder::add_relation(EntityMetadata& entity, const FieldDescriptor& field,
                                   std::size_t offset) {
  const RelationRole& role = *relation_role(field.type());
  RelationMetadata relation;
  relation.name = field.name;
  relation.field = &field;
  relation.offset = offset;
  const auto* kind = word<RelationWord>(field);
  relation.kind = kind != nullptr ? kind->kind
                  : role.many     ? RelationKind::one_to_many
                                  : RelationKind::many_to_one;
  relation.owning = word<MappedByWord>(field) == nullptr;
  relation.nullable = word<NullableWord>(field) != nullptr;
  relation.cascade_persist = word<NoCascadeWord>(field) == nullptr;
  for (const reflect::Annotation& annotation : field.annotations) {
    if (annotation.kind == &reflect::annotation_kind<CascadeWord>) {
      relation.cascade_remove =
          relation.cascade_remove || static_cast<const CascadeWord*>(annotation.value)->remove;
    }
  }
  relation.orphan_removal = word<OrphanRemovalWord>(field) != nullptr;
  relation.with_key = word<WithKeyWord>(field) != nullptr;
  if (relation.nullable) relation.on_delete = ReferentialAction::set_null;
  if (const auto* action = word<OnDeleteWord>(field)) relation.on_delete = action->action;
  relation.by_unique = word<RefersToWord>(field) != nullptr;
  if (relation.by_unique) relation.on_update = ReferentialAction::cascade;
  if (const auto* action = word<OnUpdateWord>(field)) relation.on_update = action->action;
  if (const auto* pivot = word<PivotWord>(field)) relation.pivot_table = pivot->table;
  if (const auto* shared = word<SharedPivotWord>(field)) relation.pivot_table = shared->table;
  if (const auto* order = word<SortedByWord>(field)) {
    relation.sorted_by = order->member;
    relation.sorted_descending = order->descending;
  }
  relation.keeps_order = word<KeepsOrderWord>(field) != nullptr;
  if (!role.any_of.empty()) return add_choices(entity, relation);
  relation.target = find(role.target);
  const std::string where{field.name};
  if (relation.target == nullptr) {
    return fault(entity, where + " refers to " + std::string{role.target.name()} +
                             ", which is not among the entities of the data source");
  }
  if (relation.to_many() != role.many) {
    return fault(entity, where + (role.many ? " is a Collection: say one_to_many or many_to_many"
                                            : " is a Ref: say many_to_one or one_to_one"));
  }
  if (relation.kind == RelationKind::one_to_many && relation.owning) {
    return fault(entity, where + " is one_to_many: say which member of " +
                             std::string{relation.target->name} + " refers back, with mapped_by<&" +
                             std::string{relation.target->name} + "::…>");
  }
  if (relation.keeps_order && (relation.kind != RelationKind::many_to_many || !relation.owning)) {
    return fault(entity, where +
                             " keeps no order: keeps_order is for the side of many_to_many that "
                             "owns the table of pairs (elsewhere say sorted_by<…>)");
  }
  if (relation.by_unique && (!relation.owning || relation.to_many())) {
    return fault(entity, where +
                             " holds no column that could refer to anything: refers_to is for the "
                             "side of many_to_one or one_to_one that does");
  }
  if (relation.owning && relation.target->schema_is_chosen && !entity.schema_is_chosen) {
    return fault(entity, where + " refers to " + std::string{relation.target->name} +
                             ", of which each schema has a table of its own: say in_schema(\"*\") "
                             "here too");
  }
  if (const auto* through = word<ThroughWord>(field)) {
    relation.pivot_entity = find(through->pivot);
    if (relation.pivot_entity == nullptr) {
      return fault(entity, where + " goes through " + std::string{through->pivot.name()} +
                               ", which is not among the entities of the data source");
    }
    const bool fits = relation.kind == RelationKind::many_to_many && relation.owning &&
                      !relation.keeps_order && relation.pivot_table.empty();
    if (!fits) {
      return fault(entity, where +
                               " goes through an entity: that is for the side of many_to_many that "
                               "owns the pairs, without pivot_table and keeps_order (say sorted_by "
                               "with a member of the entity)");
    }
  }
  if (word<SharedPivotWord>(field) != nullptr &&
      (relation.kind != RelationKind::many_to_many || !relation.owning || relation.keeps_order ||
       relation.pivot_entity != nullptr)) {
    return fault(entity, where +
                             " says shared_pivot: that is for the side of many_to_many that owns "
                             "the pairs, without keeps_order and through");
  }
  if (relation.owning && !relation.to_many()) add_reference_columns(entity, relation);
  entity.relations.push_back(std::move(relation));
}

std::vector<MetadataBuilder::KeyColumn> MetadataBuilder::key_of(const EntityMetadata& entity,
                                                                unsigned depth) {
  std::vector<KeyColumn> key;
  const TypeDescriptor& keyed = *entity.root->type;
  const auto* words = find_annotation<PrimaryKeyWord>(keyed.object->annotations);
  if (words == nullptr || depth > 8) return key;
  for (const std::string_view member : words->members) {
    const FieldDescriptor* field = reflect::find_field(*keyed.object, member);
    if (field == nullptr) continue;
    const auto* name = word<ColumnWord>(*field);
    const std::string own = name != nullptr ? std::string{name->name} : naming_.column(member);
    if (const RelationRole* role = relation_role(field->type())) {
      const EntityMetadata* target = find(role->target);
      if (target == nullptr || !role->any_of.empty()) continue;
      for (KeyColumn& column : key_of(*target, depth + 1)) {
        column.name = name != nullptr ? own + "_" + column.name
                                      : naming_.reference_column(member, column.name);
        key.push_back(std::move(column));
      }
      continue;
    }
    try {
      key.push_back({own, &field->type(), db::codec_of(field->type()), max_length_of(*field)});
    } catch (const std::exception&) {
      // reported where the column is described
    }
  }
  return key;
}

void MetadataBuilder::add_reference_columns(EntityMetadata& entity, RelationMetadata& relation) {
  const auto* name = word<ColumnWord>(*relation.field);
  const std::vector<KeyColumn> key =
      relation.by_unique ? referred_column(entity, relation) : key_of(*relation.target, 0);
  std::uint16_t position = 0;
  for (const KeyColumn& target : key) {
    ColumnMetadata column = reference_column(entity, relation, target);
    column.name = name != nullptr && key.size() == 1
                      ? std::string{name->name}
                      : naming_.reference_column(relation.name, target.name);
    column.target_column = position++;
    relation.columns.push_back(static_cast<std::uint16_t>(entity.columns.size()));
    entity.columns.push_back(std::move(column));
  }
  entity.has_owning_references = true;
}

/// All but its name.
ColumnMetadata MetadataBuilder::reference_column(const EntityMetadata& entity,
                                                 const RelationMetadata& relation,
                                                 const KeyColumn& target) const {
  ColumnMetadata column;
  column.members = {relation.name};
  column.type = target.type;
  column.field = relation.field;
  column.offset = relation.offset;
  column.codec = target.codec;
  column.value_type = target.codec.type();
  column.access = ColumnAccess::reference;
  column.nullable = relation.nullable;
  column.max_length = target.max_length;
  column.relation = static_cast<std::uint16_t>(entity.relations.size());
  return column;
}

/// The column that `refers_to` names. That it is unique is seen when all columns are known.
std::vector<MetadataBuilder::KeyColumn> MetadataBuilder::referred_column(
    const EntityMetadata& entity, const RelationMetadata& relation) {
  const auto& words = *word<RefersToWord>(*relation.field);
  const EntityMetadata& target = *relation.target;
  const std::string where = std::string{relation.name} + " refers to " + std::string{target.name} +
                            "::" + std::string{words.member};
  if (words.owner && words.owner != target.id) {
    fault(entity, std::string{relation.name} + " refers to " + std::string{target.name} +
                      "; refers_to names a member of " + std::string{words.owner.name()});
    return {};
  }
  const FieldDescriptor* field = target.type->kind == TypeKind::object
                                     ? reflect::find_field(*target.type->object, words.member)
                                     : nullptr;
  const bool plain = field != nullptr && word<NotStoredWord>(*field) == nullptr &&
                     relation_role(field->type()) == nullptr && !is_json(field->type()) &&
                     field->type().kind != TypeKind::object;
  if (!plain) {
    fault(entity, where + ", which is no column of one value");
    return {};
  }
  const bool given = word<GeneratedWord>(*field) == nullptr &&
                     word<FormulaWord>(*field) == nullptr &&
                     word<ServerDefaultWord>(*field) == nullptr;
  if (field->type().kind == TypeKind::optional || !given || word<LazyWord>(*field) != nullptr) {
    fault(entity, where +
                      ", which may be NULL, is lazy, or gets its value from the database: what is "
                      "referred to is a plain member");
    return {};
  }
  const auto* name = word<ColumnWord>(*field);
  try {
    return {{name != nullptr ? std::string{name->name} : naming_.column(words.member),
             &field->type(), db::codec_of(field->type()), max_length_of(*field)}};
  } catch (const std::exception&) {
    return {};  // reported where the column is described
  }
}

/// To which columns of its target a reference refers.
void MetadataBuilder::link_target(EntityMetadata& entity, RelationMetadata& relation) {
  EntityMetadata& target = *entities_[relation.target->index];
  relation.target_columns = target.primary_key;
  if (!relation.by_unique) return;
  const std::string_view member[] = {word<RefersToWord>(*relation.field)->member};
  const ColumnMetadata* column = target.find_column(member);
  if (column == nullptr) return;  // it was faulty before
  if (target.primary_key.size() == 1 && target.primary_key.front() == column->index) {
    relation.by_unique = false;
    return;
  }
  const std::string where = std::string{relation.name} + " refers to " + std::string{target.name} +
                            "::" + std::string{member[0]};
  const bool unique =
      std::any_of(target.uniques.begin(), target.uniques.end(), [&](const UniqueMetadata& key) {
        return key.columns.size() == 1 && key.columns.front() == column->index;
      });
  if (!unique) {
    fault(entity, where + ", which is not unique: say unique<&" + std::string{target.name} + "::" +
                      std::string{member[0]} + ">() in the meta of " + std::string{target.name});
  }
  if (entity.columns[relation.columns.front()].in_primary_key) {
    fault(entity, where + ", and is part of the key: such references refer to keys");
  }
  relation.target_columns = {column->index};
  for (const auto& other : entities_) {
    auto& referred = other->referred_columns;
    if (other->is_kind_of(target) &&
        std::find(referred.begin(), referred.end(), column->index) == referred.end()) {
      referred.push_back(column->index);
    }
  }
}

std::vector<std::uint16_t> MetadataBuilder::columns_of(const EntityMetadata& entity,
                                                       const MemberNames& members,
                                                       std::string_view word_name) {
  std::vector<std::uint16_t> found;
  for (const std::string_view member : members) {
    const std::size_t before = found.size();
    for (const ColumnMetadata& column : entity.columns) {
      if (column.members.size() == 1 && column.members.front() == member) {
        found.push_back(column.index);
      }
    }
    if (found.size() == before) {
      fault(entity, std::string{word_name} + " names " + std::string{member} +
                        ", which is no column of its own");
    }
  }
  return found;
}

void MetadataBuilder::finish_keys(EntityMetadata& entity) {
  if (entity.type->kind != TypeKind::object) return;
  if (entity.parent != nullptr) {
    if (entity.columns.size() >= entity.parent->columns.size()) {  // else it was faulty before
      std::copy(entity.parent->columns.begin(), entity.parent->columns.end(),
                entity.columns.begin());
    }
    entity.primary_key = entity.parent->primary_key;
    entity.identity_column = entity.parent->identity_column;
    entity.key_block = entity.parent->key_block;
    entity.uniques = entity.parent->uniques;
  }
  for (const reflect::Annotation& annotation : entity.type->object->annotations) {
    if (annotation.kind == &reflect::annotation_kind<PrimaryKeyWord>) {
      const auto& key = *static_cast<const PrimaryKeyWord*>(annotation.value);
      entity.primary_key = columns_of(entity, key.members, "primary_key");
      for (const std::uint16_t index : entity.primary_key) {
        entity.columns[index].in_primary_key = true;
        entity.columns[index].nullable = false;
      }
      if (entity.primary_key.size() == 1 && !key.natural) {
        ColumnMetadata& column = entity.columns[entity.primary_key.front()];
        if (column.access != ColumnAccess::plain) continue;
        const db::ValueType type = column.value_type;
        column.identity = column.type->kind == TypeKind::integer &&
                          (type == db::ValueType::int16 || type == db::ValueType::int32 ||
                           type == db::ValueType::int64);
        column.client_uuid = type == db::ValueType::uuid;
        if (column.identity) {
          entity.identity_column = column.index;
          entity.key_block = key.block;
        }
      }
    } else if (annotation.kind == &reflect::annotation_kind<UniqueWord>) {
      entity.uniques.push_back({columns_of(
          entity, static_cast<const UniqueWord*>(annotation.value)->members, "unique")});
    } else if (annotation.kind == &reflect::annotation_kind<IndexWord>) {
      entity.indexes.push_back(
          {columns_of(entity, static_cast<const IndexWord*>(annotation.value)->members, "index")});
    } else if (annotation.kind == &reflect::annotation_kind<CheckWord>) {
      const auto& check = *static_cast<const CheckWord*>(annotation.value);
      entity.checks.push_back({std::string{check.name}, std::string{check.condition}});
    }
  }
  for (const RelationMetadata& relation : entity.relations) {
    if (relation.kind == RelationKind::one_to_one && relation.owning && relation.owner == &entity) {
      entity.uniques.push_back({relation.columns});
    }
  }
  for (const ColumnMetadata& column : entity.columns) {
    if (column.role == ColumnRole::version) entity.version_column = column.index;
    if (column.role == ColumnRole::version || column.concurrency_check) {
      entity.guards.push_back(column.index);
    }
    if (column.role == ColumnRole::creation_time) entity.creation_column = column.index;
    if (column.role == ColumnRole::update_time) entity.update_column = column.index;
    if (column.role == ColumnRole::soft_delete) entity.soft_delete_column = column.index;
    if (!column.lazy) {
      entity.read_columns |= std::uint64_t{1} << (column.index % EntityMetadata::most_columns);
    }
  }
}

void MetadataBuilder::link(EntityMetadata& entity) {
  for (RelationMetadata& relation : entity.relations) {
    if (!relation.owning && relation.owner == &entity) link_inverse(entity, relation);
    if (relation.owning && !relation.to_many() && relation.owner == &entity) {
      relation.is_any() ? link_choices(entity, relation) : link_target(entity, relation);
    }
    const std::string_view order[] = {relation.sorted_by};
    const RelationMetadata& owning =
        relation.owning || relation.other_side == nullptr ? relation : *relation.other_side;
    const EntityMetadata* pivot = owning.pivot_entity;
    if (!relation.sorted_by.empty() && relation.target->find_column(order) == nullptr &&
        (pivot == nullptr || pivot->find_column(order) == nullptr)) {
      fault(entity, std::string{relation.name} + " is sorted by " +
                        std::string{relation.sorted_by} + ", which is no column of " +
                        std::string{relation.target->name});
    }
  }
  for (RelationMetadata& relation : entity.relations) {
    if (relation.kind == RelationKind::many_to_many && relation.owning &&
        relation.owner == &entity) {
      if (relation.pivot_entity != nullptr) {
        link_pivot(entity, relation);
      } else {
        name_pivot(entity, relation);
      }
    }
  }
}

void MetadataBuilder::link_inverse(EntityMetadata& entity, RelationMetadata& relation) {
  const std::string_view member = word<MappedByWord>(*relation.field)->member;
  EntityMetadata& target = *entities_[relation.target->index];
  auto* other = const_cast<RelationMetadata*>(target.find_relation(member));
  const std::string where = std::string{relation.name} + " is mapped by " +
                            std::string{target.name} + "::" + std::string{member};
  if (other == nullptr) return fault(entity, where + ", which is no relation");
  const RelationKind expected =
      relation.kind == RelationKind::one_to_many ? RelationKind::many_to_one : relation.kind;
  if (!other->owning || other->kind != expected) {
    return fault(entity, where + ", which does not own a relation of the fitting kind");
  }
  if (other->owner != &target) {
    return fault(entity, where + ", which " + std::string{target.name} + " inherits from " +
                             std::string{other->owner->name} + ": make it a relation to that");
  }
  if (other->is_any()) {
    const std::string names = other->target_names();
    other = const_cast<RelationMetadata*>(other->choice_for(entity));
    if (other == nullptr || other->target != &entity) {
      return fault(entity, where + ", which refers to " + names);
    }
  }
  if (other->target != &entity) {
    return fault(entity, where + ", which refers to " + std::string{other->target->name});
  }
  if (other->other_side != nullptr) {
    return fault(entity, where + ", which is the other side of " +
                             std::string{other->other_side->name} + " already");
  }
  // What goes with its owner in memory goes with it in the database: items need not be loaded.
  const bool goes_along = relation.cascade_remove || relation.orphan_removal;
  if (goes_along && word<OnDeleteWord>(*other->field) == nullptr) {
    other->on_delete = ReferentialAction::cascade;
  }
  if (relation.with_key && (relation.to_many() || target.primary_key.size() != 1)) {
    return fault(
        entity, std::string{relation.name} + ": with_key is for one_to_one with a key of one part");
  }
  relation.other_side = other;
  other->other_side = &relation;
  relation.nullable = true;
  // The pairs may have been named before, or are named later.
  if (relation.kind == RelationKind::many_to_many) tell_other_side(*other);
}

void MetadataBuilder::name_pivot(EntityMetadata& entity, RelationMetadata& relation) {
  if (relation.pivot_table.empty()) {
    relation.pivot_table = naming_.pivot_table(entity.table, relation.name);
  }
  if (relation.keeps_order) relation.pivot_sequence = "position";
  const bool to_itself = relation.target == &entity;
  const auto names = [this](const EntityMetadata& of, int side) {
    std::vector<std::string> columns;
    for (const std::uint16_t index : of.primary_key) {
      columns.push_back(naming_.pivot_column(of.name, of.columns[index].name, side));
    }
    return columns;
  };
  relation.pivot_owner_columns = names(entity, to_itself ? 1 : 0);
  relation.pivot_target_columns = names(*relation.target, to_itself ? 2 : 0);
  if (word<SharedPivotWord>(*relation.field) != nullptr) share_pivot(entity, relation);
  tell_other_side(relation);
}

void MetadataBuilder::tell_other_side(const RelationMetadata& relation) {
  if (relation.other_side == nullptr) return;
  auto& other = const_cast<RelationMetadata&>(*relation.other_side);
  other.pivot_table = relation.pivot_table;
  other.pivot_owner_columns = relation.pivot_target_columns;
  other.pivot_target_columns = relation.pivot_owner_columns;
  other.pivot_entity = relation.pivot_entity;
  other.pivot_kind_column = relation.pivot_kind_column;
  other.pivot_kind = relation.pivot_kind;
  other.pivot_owner = relation.pivot_target;
  other.pivot_target = relation.pivot_owner;
}

/// The pairs are rows of an entity: its references are the columns of the pairs.
void MetadataBuilder::link_pivot(EntityMetadata& entity, RelationMetadata& relation) {
  EntityMetadata& pivot = *entities_[relation.pivot_entity->index];
  const auto& through = *word<ThroughWord>(*relation.field);
  auto* to_owner = const_cast<RelationMetadata*>(pivot.find_relation(through.owner_member));
  auto* to_target = const_cast<RelationMetadata*>(pivot.find_relation(through.target_member));
  const std::string where = std::string{relation.name} + " goes through " + std::string{pivot.name};
  const auto fits = [](const RelationMetadata* reference, const EntityMetadata& target) {
    return reference != nullptr && reference->kind == RelationKind::many_to_one &&
           reference->target == &target && !reference->by_unique && !reference->nullable;
  };
  if (to_owner == to_target || !fits(to_owner, entity) || !fits(to_target, *relation.target)) {
    return fault(entity, where + "::" + std::string{through.owner_member} +
                             " and ::" + std::string{through.target_member} +
                             ": these are to be many_to_one references to " +
                             std::string{entity.name} + " and " +
                             std::string{relation.target->name} +
                             ", by their keys and never empty");
  }
  for (RelationMetadata* reference : {to_owner, to_target}) {
    // As those of a table of pairs: they go with what they connect.
    if (word<OnDeleteWord>(*reference->field) == nullptr) {
      reference->on_delete = ReferentialAction::cascade;
    }
  }
  const auto names = [&](const RelationMetadata& reference) {
    std::vector<std::string> columns;
    for (const std::uint16_t index : reference.columns)
      columns.push_back(pivot.columns[index].name);
    return columns;
  };
  relation.pivot_table = pivot.table;
  relation.pivot_owner_columns = names(*to_owner);
  relation.pivot_target_columns = names(*to_target);
  relation.pivot_owner = to_owner;
  relation.pivot_target = to_target;
  pivot.pivot_of.push_back(&relation);
  tell_other_side(relation);
  check_pivot(entity, relation, where);
}

/// A pair that is added to the collection is a row of which only the references are given.
void MetadataBuilder::check_pivot(EntityMetadata& entity, const RelationMetadata& relation,
                                  const std::string& where) {
  const EntityMetadata& pivot = *relation.pivot_entity;
  std::vector<std::uint16_t> pair = relation.pivot_owner->columns;
  pair.insert(pair.end(), relation.pivot_target->columns.begin(),
              relation.pivot_target->columns.end());
  const auto is_pair = [&](std::vector<std::uint16_t> columns) {
    std::sort(columns.begin(), columns.end());
    std::vector<std::uint16_t> sorted = pair;
    std::sort(sorted.begin(), sorted.end());
    return columns == sorted;
  };
  const bool unique = is_pair(pivot.primary_key) ||
                      std::any_of(pivot.uniques.begin(), pivot.uniques.end(),
                                  [&](const UniqueMetadata& key) { return is_pair(key.columns); });
  if (!unique) {
    fault(entity, where +
                      ", where a pair may stand twice: say unique<…>() with both references in "
                      "its meta, or make them its primary_key");
  }
  if (pivot.soft_delete_column != EntityMetadata::none || pivot.has_family()) {
    fault(entity, where +
                      ", whose rows are deleted softly or of several classes: such rows are no "
                      "pairs; refer to them with one_to_many");
  }
  for (const ColumnMetadata& column : pivot.columns) {
    if (std::find(pair.begin(), pair.end(), column.index) != pair.end()) continue;
    const bool reference = column.access == ColumnAccess::reference && !column.nullable;
    const bool key = column.in_primary_key && !column.identity && !column.client_uuid;
    if (!reference && !key) continue;
    fault(entity, where + ", where " + column.name +
                      " has to be given: pairs that are added have default values beside their two "
                      "references");
  }
}

void MetadataBuilder::check_conversion(const EntityMetadata& entity, const ColumnMetadata& column) {
  if (!column.is_converted()) return;
  for (const std::string* sql : {&column.written_as, &column.read_as}) {
    const std::size_t hole = sql->find("{}");
    const bool once = hole != std::string::npos && sql->find("{}", hole + 1) == std::string::npos;
    if (!sql->empty() && !once) {
      fault(entity, column.name +
                        ": written_as and read_as say with one {} where the value or "
                        "column stands, as in \"lower({})\"");
    }
  }
  if (column.in_primary_key || column.is_of_reference() || column.computed ||
      column.role != ColumnRole::ordinary) {
    fault(entity, column.name +
                      ": written_as and read_as are for columns of values, not for "
                      "keys, references, computed columns, versions and times");
  }
}

void MetadataBuilder::check_guard(const EntityMetadata& entity, const ColumnMetadata& column) {
  if (!column.concurrency_check) return;
  const bool compares = column.access == ColumnAccess::plain && !column.is_converted() &&
                        column.value_type != db::ValueType::array;
  if (!compares || column.computed || column.lazy || column.in_primary_key ||
      column.role == ColumnRole::version) {
    fault(entity, column.name +
                      ": concurrency_check is for columns whose old value is at hand and "
                      "can be compared: no keys, references, lazy, computed or converted "
                      "columns, JSON documents, lists and versions");
  }
}

void MetadataBuilder::check(EntityMetadata& entity) {
  if (entity.columns.size() > EntityMetadata::most_columns) {
    fault(entity, "it has " + std::to_string(entity.columns.size()) + " columns and " +
                      std::to_string(EntityMetadata::most_columns) +
                      " is the limit; put some into an orm::Json<…> or an entity of their own");
  }
  for (const ColumnMetadata& column : entity.columns) {
    for (const ColumnMetadata& other : entity.columns) {
      if (other.index < column.index && other.name == column.name) {
        fault(entity, "two members are stored in the column " + column.name);
      }
    }
    check_conversion(entity, column);
    check_guard(entity, column);
    const bool is_time = column.value_type == db::ValueType::timestamp;
    if (column.role == ColumnRole::version && column.type->kind != TypeKind::integer) {
      fault(entity, column.name + " counts versions: make it an integer");
    }
    if ((column.role == ColumnRole::creation_time || column.role == ColumnRole::update_time) &&
        !is_time) {
      fault(entity, column.name + " is a time: make it a Timestamp");
    }
    if (column.role == ColumnRole::soft_delete && !(is_time && column.nullable)) {
      fault(entity, column.name +
                        " says when a row was deleted: make it a "
                        "std::optional<Timestamp>");
    }
  }
  for (const auto& other : entities_) {
    if (other->index < entity.index && other->table == entity.table &&
        other->schema_name == entity.schema_name && (other->root != entity.root || entity.joined)) {
      fault(entity, "its table " + entity.table + " is that of " + std::string{other->name});
    }
  }
}

}  // namespace roost::orm::detail
