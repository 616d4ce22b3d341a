// Tables, columns and constraints from metadata.
#include <roost/orm/errors.hpp>
#include <roost/orm/schema_of.hpp>

#include <algorithm>
#include <string>

namespace roost::orm {

namespace {

using db::ValueType;
using schema::ColumnType;

schema::ForeignKeyAction action_of(ReferentialAction action) {
  switch (action) {
    case ReferentialAction::restrict:
      return schema::ForeignKeyAction::restrict;
    case ReferentialAction::cascade:
      return schema::ForeignKeyAction::cascade;
    case ReferentialAction::set_null:
      return schema::ForeignKeyAction::set_null;
    case ReferentialAction::no_action:
      break;
  }
  return schema::ForeignKeyAction::no_action;
}

const reflect::TypeDescriptor& element_of(const reflect::TypeDescriptor& type) {
  return type.kind == reflect::TypeKind::optional ? type.optional->element() : type;
}

ColumnType scalar_type(ValueType type, std::uint32_t max_length) {
  switch (type) {
    case ValueType::boolean:
      return ColumnType::boolean();
    case ValueType::int16:
      return ColumnType::int16();
    case ValueType::int32:
      return ColumnType::int32();
    case ValueType::int64:
      return ColumnType::int64();
    case ValueType::float32:
      return ColumnType::float32();
    case ValueType::float64:
      return ColumnType::float64();
    case ValueType::decimal:
      return ColumnType::decimal();
    case ValueType::bytes:
      return ColumnType::bytes();
    case ValueType::date:
      return ColumnType::date();
    case ValueType::time:
      return ColumnType::time();
    case ValueType::timestamp:
      return ColumnType::timestamp();
    case ValueType::uuid:
      return ColumnType::uuid();
    case ValueType::json:
      return ColumnType::json();
    default:
      return ColumnType::text(max_length);
  }
}

ColumnType type_of_column(const ColumnMetadata& column) {
  if (!column.declared_type.empty()) return ColumnType::verbatim(column.declared_type);
  const reflect::TypeDescriptor& type = element_of(*column.type);
  if (column.access != ColumnAccess::json && type.kind == reflect::TypeKind::enumeration) {
    std::vector<std::string> values;
    for (const reflect::Enumerator& enumerator : type.enumeration->enumerators) {
      values.emplace_back(enumerator.name);
    }
    return ColumnType::enumeration(std::move(values));
  }
  if (column.value_type == ValueType::array) {
    const reflect::TypeDescriptor& element = element_of(type.sequence->element());
    return ColumnType::array_of(scalar_type(db::codec_of(element).type(), 0));
  }
  return scalar_type(column.value_type, column.max_length);
}

std::vector<std::string> names_of(const EntityMetadata& entity,
                                  const std::vector<std::uint16_t>& columns) {
  std::vector<std::string> names;
  for (const std::uint16_t column : columns) names.push_back(entity.columns[column].name);
  return names;
}

/// The schema that the table stands in.
const std::string& schema_of_table(const EntityMetadata& entity, const ChosenTables& chosen) {
  return entity.schema_is_chosen ? chosen.schema : entity.schema_name;
}

schema::ForeignKey foreign_key_of(const EntityMetadata& entity, const RelationMetadata& relation,
                                  const ChosenTables& chosen) {
  const EntityMetadata& target = *relation.target;
  // In joined tables each has the key; another column stands in one of them.
  const EntityMetadata& table =
      relation.by_unique ? target.table_of(target.columns[relation.target_columns.front()])
                         : target;
  schema::ForeignKey key{names_of(entity, relation.columns), table.table,
                         names_of(target, relation.target_columns)};
  key.target_schema = schema_of_table(target, chosen);
  key.on_delete = action_of(relation.on_delete);
  key.on_update = action_of(relation.on_update);
  return key;
}

schema::Column column_of(const ColumnMetadata& column) {
  schema::Column made{column.name, type_of_column(column), column.nullable};
  made.identity = column.identity;
  if (!column.server_default.empty()) {
    made.default_value = schema::Default::expression(column.server_default);
  }
  if (!column.generated.empty()) {
    made.generated = schema::GeneratedKind::stored;
    made.generated_expression = column.generated;
  }
  return made;
}

/// What a class adds to that which it extends: its columns, keys and checks.
void add_own_parts(schema::Table& table, const EntityMetadata& entity, const ChosenTables& chosen) {
  const EntityMetadata* parent = entity.parent;
  const std::size_t first_column = parent == nullptr ? 0 : parent->columns.size();
  for (std::size_t i = first_column; i < entity.columns.size(); ++i) {
    const ColumnMetadata& column = entity.columns[i];
    const bool shared = std::any_of(table.columns.begin(), table.columns.end(),
                                    [&](const auto& other) { return other.name == column.name; });
    if (!column.formula.empty() || shared) continue;
    table.columns.push_back(column_of(column));
    // In one table the rows of other classes have no value there.
    if (parent != nullptr && !entity.joined) table.columns.back().nullable = true;
  }
  const std::size_t first_unique = parent == nullptr ? 0 : parent->uniques.size();
  for (std::size_t i = first_unique; i < entity.uniques.size(); ++i) {
    table.uniques.emplace_back(names_of(entity, entity.uniques[i].columns));
  }
  for (const UniqueMetadata& index : entity.indexes) {
    std::vector<schema::IndexPart> parts;
    for (const std::string& name : names_of(entity, index.columns)) parts.emplace_back(name);
    table.indexes.emplace_back(std::move(parts));
  }
  for (const CheckMetadata& check : entity.checks) {
    table.checks.emplace_back(check.condition,
                              check.name.empty() ? "" : entity.table + "_" + check.name + "_check");
  }
  for (const RelationMetadata& relation : entity.relations) {
    if (relation.to_many() || !relation.owning || relation.owner != &entity) continue;
    if (relation.is_any()) continue;
    table.foreign_keys.push_back(foreign_key_of(entity, relation, chosen));
  }
}

schema::Table table_of(const EntityMetadata& entity, const ChosenTables& chosen) {
  schema::Table table{entity.table};
  table.schema_name = schema_of_table(entity, chosen);
  if (entity.parent != nullptr) {
    // A table of its own, with the key of the first class: a row goes with that.
    for (const std::uint16_t index : entity.primary_key) {
      table.columns.push_back(column_of(entity.columns[index]));
      table.columns.back().identity = false;
    }
    const std::vector<std::string> key = names_of(entity, entity.primary_key);
    schema::ForeignKey to_root{key, entity.root->table, key};
    to_root.target_schema = table.schema_name;
    to_root.on_delete = schema::ForeignKeyAction::cascade;
    to_root.on_update = schema::ForeignKeyAction::cascade;
    table.foreign_keys.push_back(std::move(to_root));
  }
  table.primary_key = names_of(entity, entity.primary_key);
  add_own_parts(table, entity, chosen);
  if (entity.joined) return table;
  for (const EntityMetadata* descendant : entity.descendants)
    add_own_parts(table, *descendant, chosen);
  return table;
}

void add_key_columns(schema::Table& table, const EntityMetadata& entity,
                     const std::vector<std::string>& names, const ChosenTables& chosen) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const ColumnMetadata& key = entity.columns[entity.primary_key[i]];
    table.columns.emplace_back(names[i], type_of_column(key));
    table.primary_key.push_back(names[i]);
  }
  schema::ForeignKey key{names, entity.table, names_of(entity, entity.primary_key)};
  key.target_schema = schema_of_table(entity, chosen);
  key.on_delete = schema::ForeignKeyAction::cascade;
  key.on_update = schema::ForeignKeyAction::cascade;
  table.foreign_keys.push_back(std::move(key));
}

schema::Table pivot_of(const RelationMetadata& relation, const ChosenTables& chosen) {
  schema::Table table{relation.pivot_table};
  table.schema_name = schema_of_table(*relation.owner, chosen);
  if (relation.keeps_order) {
    schema::Column sequence{relation.pivot_sequence, ColumnType::int64()};
    sequence.identity = true;
    table.columns.push_back(std::move(sequence));
  }
  if (relation.shares_pivot()) {
    // What the key refers to stands in one table or another: nothing can watch it.
    const EntityMetadata& owner = *relation.owner;
    table.columns.emplace_back(relation.pivot_kind_column, ColumnType::text(0));
    table.columns.emplace_back(relation.pivot_owner_columns.front(),
                               type_of_column(owner.columns[owner.primary_key.front()]));
    table.primary_key = {relation.pivot_kind_column, relation.pivot_owner_columns.front()};
  } else {
    add_key_columns(table, *relation.owner, relation.pivot_owner_columns, chosen);
  }
  add_key_columns(table, *relation.target, relation.pivot_target_columns, chosen);
  if (relation.keeps_order) {
    table.uniques.emplace_back(table.primary_key);
    table.primary_key = {relation.pivot_sequence};
  }
  return table;
}

/// As the strategy names them; what it leaves is named by rule.
void name_constraints(schema::Table& table, const NamingStrategy& naming) {
  for (schema::Unique& key : table.uniques) {
    if (key.name.empty()) {
      key.name = naming.constraint(ConstraintKind::unique, table.name, key.columns);
    }
  }
  for (schema::Index& index : table.indexes) {
    std::vector<std::string> columns;
    for (const schema::IndexPart& part : index.parts) columns.push_back(part.column);
    if (index.name.empty()) {
      index.name = naming.constraint(ConstraintKind::index, table.name, columns);
    }
  }
  for (schema::ForeignKey& key : table.foreign_keys) {
    if (key.name.empty()) {
      key.name = naming.constraint(ConstraintKind::foreign_key, table.name, key.columns);
    }
  }
  for (schema::Check& check : table.checks) {
    if (check.name.empty()) {
      check.name = naming.constraint(ConstraintKind::check, table.name, {});
    }
  }
}

}  // namespace

schema::Schema schema_of(const Metadata& metadata, const ChosenTables& chosen) {
  schema::Schema schema;
  const auto is_left_out = [&](const EntityMetadata& entity) {
    return entity.schema_is_chosen && !chosen.included;
  };
  for (const auto& entity : metadata.entities()) {
    if (is_left_out(*entity)) continue;
    if (entity->parent == nullptr || entity->joined) {
      schema.tables.push_back(table_of(*entity, chosen));
    }
  }
  for (const auto& entity : metadata.entities()) {
    if (is_left_out(*entity)) continue;
    for (const RelationMetadata& relation : entity->relations) {
      if (relation.kind == RelationKind::many_to_many && relation.owning &&
          relation.owner == entity.get() && relation.pivot_entity == nullptr) {
        schema::Table table = pivot_of(relation, chosen);
        const bool shared =
            relation.shares_pivot() && std::any_of(schema.tables.begin(), schema.tables.end(),
                                                   [&](const schema::Table& other) {
                                                     return other.name == table.name &&
                                                            other.schema_name == table.schema_name;
                                                   });
        if (!shared) schema.tables.push_back(std::move(table));
      }
    }
  }
  for (schema::Table& table : schema.tables) name_constraints(table, metadata.naming());
  return schema;
}

}  // namespace roost::orm
