// Opens the database and registers what requests need.
#include <roost/orm/orm_module.hpp>
#include <roost/sql/postgres/postgres.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

#include <memory>

namespace roost {

Owned<db::Database> OrmModule::open(const OrmOptions& options) {
  return db::open(options.database, {&db::sqlite::driver(), &db::postgres::driver()});
}

DynamicModule<OrmModule> OrmModule::for_root(OrmOptions options,
                                             std::vector<orm::EntityEntry> entities) {
  const auto open = [options = std::move(options), entities = std::move(entities)] {
    return std::make_unique<orm::DataSource>(OrmModule::open(options), entities,
                                             options.schema_action, *options.naming_strategy);
  };
  return module<OrmModule>(factory<orm::DataSource>(open), providers<orm::EntityManager>());
}

}  // namespace roost
