// Schema and table, quoted.
#include <roost/orm/detail/table_names.hpp>
#include <roost/orm/errors.hpp>

namespace roost::orm::detail {

namespace {

void append_schema(const db::Dialect& dialect, const EntityMetadata& entity,
                   std::string_view chosen, std::string& out) {
  if (!dialect.supports(db::Feature::schemas)) return;
  if (entity.schema_is_chosen && chosen.empty()) {
    throw UsageError(std::string{entity.name} +
                     " stands in a schema that the manager chooses, and this one chose none: work "
                     "with em.fork(in_schema(\"…\")), or say em.schema(\"…\") first");
  }
  const std::string_view schema = entity.schema_is_chosen ? chosen : entity.schema_name;
  if (schema.empty()) return;
  dialect.append_identifier(out, schema);
  out += '.';
}

}  // namespace

void append_table(const db::Dialect& dialect, const EntityMetadata& entity, std::string_view chosen,
                  std::string& out) {
  append_schema(dialect, entity, chosen, out);
  dialect.append_identifier(out, entity.table);
}

void append_literal(std::string_view text, std::string& out) {
  out += '\'';
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  out += '\'';
}

void append_pivot(const db::Dialect& dialect, const RelationMetadata& relation,
                  std::string_view chosen, std::string& out) {
  const EntityMetadata& owner = relation.owning ? *relation.owner : *relation.target;
  append_schema(dialect, relation.pivot_entity != nullptr ? *relation.pivot_entity : owner, chosen,
                out);
  dialect.append_identifier(out, relation.pivot_table);
}

}  // namespace roost::orm::detail
