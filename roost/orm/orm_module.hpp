// OrmModule: a database with its entities for the modules of an application.
#pragma once

#include <roost/di/module.hpp>
#include <roost/orm/data_source.hpp>
#include <roost/orm/entity_manager.hpp>
#include <roost/sql/options.hpp>

#include <string>
#include <utility>
#include <vector>

namespace roost {

/// What OrmModule is told beside the entities.
class OrmOptions {
 public:
  /// `url` as in db::DatabaseOptions: "sqlite:app.db", "postgres://…".
  explicit OrmOptions(std::string url) : database{std::move(url)} {}
  explicit OrmOptions(db::DatabaseOptions database_) : database{std::move(database_)} {}

  /// What to do about the tables before the application starts; by default what is there is
  /// compared with the entities, and a difference stops the start.
  OrmOptions& on_start(orm::SchemaAction action) {
    schema_action = action;
    return *this;
  }

  /// How tables and columns are named that do not say it themselves; by default in snake_case. It
  /// outlives the application.
  OrmOptions& naming(const orm::NamingStrategy& strategy) {
    naming_strategy = &strategy;
    return *this;
  }

  db::DatabaseOptions database;
  orm::SchemaAction schema_action = orm::SchemaAction::verify;
  const orm::NamingStrategy* naming_strategy = &orm::snake_case_names();
};

/// Provides `orm::EntityManager&`, one for each request, and `const orm::DataSource&`, to all
/// modules:
///
///     imports(OrmModule::for_root(OrmOptions{"sqlite:app.db"}, orm::entities<Event, User>()))
struct OrmModule {
  using exports = roost::exports<orm::DataSource, orm::EntityManager>;
  [[nodiscard]] static DynamicModule<OrmModule> for_root(OrmOptions options,
                                                         std::vector<orm::EntityEntry> entities);
};

}  // namespace roost
