// introspect(): one batch of reads, then plain code over the rows.
#include <roost/schema/detail/catalog.hpp>
#include <roost/schema/introspect.hpp>

#include <algorithm>

namespace roost::schema {

IntrospectOptions IntrospectOptions::for_schema(const Schema& schema) {
  IntrospectOptions options;
  for (const Table& table : schema.tables) {
    const bool known = std::find(options.schemas.begin(), options.schemas.end(),
                                 table.schema_name) != options.schemas.end();
    if (!known) options.schemas.push_back(table.schema_name);
  }
  return options;
}

Task<Schema> introspect(db::Executor& executor, IntrospectOptions options) {
  db::Batch batch;
  const bool sqlite = executor.dialect().kind() == db::DialectKind::sqlite;
  if (options.schemas.empty()) options.schemas.emplace_back();
  std::vector<db::ValueView> schemas;
  for (const std::string& name : options.schemas) schemas.push_back(db::ValueView::text(name));
  if (sqlite) {
    detail::add_sqlite_queries(batch);
  } else {
    detail::add_postgresql_queries(batch, db::ValueView::array(db::ValueType::text, schemas));
  }
  const std::vector<db::Result> results = co_await executor.read_all(batch, db::ExecuteOptions{});
  co_return sqlite ? detail::read_sqlite_catalog(results)
                   : detail::read_postgresql_catalog(results);
}

Task<Schema> introspect(db::Executor& executor) {
  return introspect(executor, IntrospectOptions{});
}

}  // namespace roost::schema
