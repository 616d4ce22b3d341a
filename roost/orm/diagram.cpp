#include <roost/orm/diagram.hpp>
#include <roost/sql/value.hpp>

#include <algorithm>

namespace roost::orm {

namespace {

/// Mermaid's names are of letters, digits, `_` and `-`.
std::string identifier(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    name += letter || (c >= '0' && c <= '9' && !name.empty()) ? c : '_';
  }
  return name;
}

bool is_unique(const EntityMetadata& entity, const ColumnMetadata& column) {
  return std::any_of(entity.uniques.begin(), entity.uniques.end(), [&](const UniqueMetadata& key) {
    return key.columns.size() == 1 && key.columns.front() == column.index;
  });
}

/// Mermaid's types are words that begin with a letter.
std::string_view type_name_of(db::ValueType type) {
  switch (type) {
    case db::ValueType::int16:
      return "int16";
    case db::ValueType::int32:
      return "int32";
    case db::ValueType::int64:
      return "int64";
    case db::ValueType::float32:
      return "float32";
    case db::ValueType::float64:
      return "float64";
    default:
      return db::name_of(type);
  }
}

void append_column(std::string& out, const EntityMetadata& entity, const ColumnMetadata& column) {
  out += "    ";
  out += column.access == ColumnAccess::json ? "json" : identifier(type_name_of(column.value_type));
  out += ' ';
  out += identifier(column.name);
  std::string keys;
  const auto add = [&](bool is, std::string_view key) {
    if (!is) return;
    if (!keys.empty()) keys += ", ";
    keys += key;
  };
  add(column.in_primary_key, "PK");
  const bool foreign =
      column.access == ColumnAccess::reference && !entity.relations[column.relation].is_any();
  add(foreign, "FK");
  add(is_unique(entity, column), "UK");
  if (!keys.empty()) out += ' ' + keys;
  if (column.nullable) out += " \"may be null\"";
  out += '\n';
}

/// How many of the other side one row has, as Mermaid draws it.
std::string_view line_of(const RelationMetadata& relation) {
  switch (relation.kind) {
    case RelationKind::many_to_many:
      return "}o--o{";
    case RelationKind::one_to_one:
      return relation.nullable ? "|o--o|" : "||--o|";
    default:
      return relation.nullable || relation.is_choice() ? "|o--o{" : "||--o{";
  }
}

void append_relation(std::string& out, const RelationMetadata& relation) {
  const EntityMetadata& one = *relation.target;
  const EntityMetadata& many = *relation.owner;
  out += "  ";
  out += identifier(one.table);
  out += ' ';
  out += line_of(relation);
  out += ' ';
  out += identifier(many.table);
  out += " : \"";
  out += relation.name;
  out += "\"\n";
}

}  // namespace

std::string mermaid_diagram(const Metadata& metadata) {
  std::string out = "erDiagram\n";
  for (const auto& entity : metadata.entities()) {
    out += "  " + identifier(entity->table) + " {\n";
    for (const ColumnMetadata& column : entity->columns) {
      if (column.formula.empty()) append_column(out, *entity, column);
    }
    out += "  }\n";
  }
  for (const auto& entity : metadata.entities()) {
    for (const RelationMetadata& relation : entity->relations) {
      for (const RelationMetadata& choice : relation.choices) append_relation(out, choice);
      if (relation.owning && !relation.is_any()) append_relation(out, relation);
    }
  }
  return out;
}

}  // namespace roost::orm
