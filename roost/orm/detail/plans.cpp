// Builds the statements that are kept ready.
#include <roost/orm/detail/plans.hpp>
#include <roost/orm/detail/select_builder.hpp>
#include <roost/orm/detail/write_order.hpp>

namespace roost::orm::detail {

namespace {

/// Its text is another one for each schema that managers choose.
bool depends_on_schema(const EntityMetadata& entity) {
  if (entity.schema_is_chosen) return true;
  for (const RelationMetadata* relation : entity.keyed_relations()) {
    if (relation->target->schema_is_chosen) return true;
  }
  return false;
}

}  // namespace

Plans::Plans(db::Database& database, const Metadata& metadata)
    : write_order_{detail::write_order(metadata)} {
  for (const auto& each : metadata.entities()) {
    const EntityMetadata& entity = *each;
    layouts_.emplace_back(entity, entity.read_columns);
    // SQLite tells a key at once: there is no trip to save.
    pools_keys_ = pools_keys_ || (entity.key_block != 0 &&
                                  database.dialect().kind() == db::DialectKind::postgresql);
    if (depends_on_schema(entity)) {
      by_key_.push_back(nullptr);
      continue;
    }
    SelectBuilder builder{database.dialect(), metadata, entity, {}};
    std::vector<std::string> columns;
    std::vector<const ColumnMetadata*> types;
    for (const std::uint16_t index : entity.primary_key) {
      types.push_back(&entity.columns[index]);
      columns.push_back(builder.column_of(0, entity.columns[index].name));
    }
    builder.add_key_condition(columns, types, 1);
    if (entity.soft_delete_column != EntityMetadata::none) builder.hide_deleted();
    builder.narrow_class();
    const std::string text = builder.select();
    by_key_.push_back(&database.statements().add(text, builder.types(), db::StatementKind::read));
  }
}

}  // namespace roost::orm::detail
