// What a data source does about its tables.
#include <roost/orm/data_source.hpp>
#include <roost/orm/detail/plans.hpp>
#include <roost/orm/detail/result_cache.hpp>
#include <roost/orm/errors.hpp>
#include <roost/orm/schema_of.hpp>
#include <roost/schema/compare.hpp>
#include <roost/schema/create.hpp>

#include <utility>

namespace roost::orm {

namespace {

ChosenTables tables_of(const db::Database& database, const std::string& name) {
  const bool has_schemas = database.dialect().supports(db::Feature::schemas);
  if (!has_schemas && !name.empty()) {
    throw UsageError("SQLite has no schemas such as \"" + name +
                     "\": open a data source, with a file of its own, for each");
  }
  return ChosenTables{name, !has_schemas || !name.empty()};
}

}  // namespace

DataSource::DataSource(Owned<db::Database> database, std::vector<EntityEntry> entities,
                       SchemaAction action, const NamingStrategy& naming)
    : database_{std::move(database)},
      metadata_{std::move(entities), naming},
      plans_{std::make_unique<detail::Plans>(*database_, metadata_)},
      cache_{std::make_unique<detail::ResultCache>()},
      action_{action} {}
DataSource::~DataSource() = default;

void DataSource::clear_cache(std::string_view name) const { cache_->clear(name); }
void DataSource::clear_cache() const { cache_->clear(); }

Task<std::vector<std::string>> DataSource::create_schema(std::string name) {
  const schema::Schema schema = schema_of(metadata_, tables_of(*database_, name));
  Task<std::vector<std::string>> creating = schema::create_missing(*database_, schema);
  co_return co_await std::move(creating);
}

Task<void> DataSource::verify_schema(std::string name) {
  const schema::Schema schema = schema_of(metadata_, tables_of(*database_, name));
  Task<std::vector<schema::Difference>> requiring = schema::require(*database_, schema);
  static_cast<void>(co_await std::move(requiring));
}

Task<void> DataSource::drop_schema(std::string name) {
  schema::Schema schema = schema_of(metadata_, tables_of(*database_, name));
  if (!name.empty()) {
    std::erase_if(schema.tables,
                  [&](const schema::Table& table) { return table.schema_name != name; });
  }
  Task<void> dropping = schema::drop(*database_, schema);
  co_await std::move(dropping);
  plans_->keys().clear();
}

Task<void> DataSource::on_module_init() {
  co_await database_->ping();
  if (action_ == SchemaAction::nothing) co_return;
  if (action_ == SchemaAction::create_missing) static_cast<void>(co_await create_schema());
  co_await verify_schema();
}

Task<void> DataSource::on_application_shutdown() { co_await database_->close(); }

}  // namespace roost::orm
