// OrmModule: a database with its entities for the modules of an application.
#pragma once

#include <roost/di/module.hpp>
#include <roost/orm/data_source.hpp>
#include <roost/orm/entity_manager.hpp>
#include <roost/sql/options.hpp>

#include <memory>
#include <string>
#include <string_view>
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

namespace orm {

/// The data source of an application that has several: `Tag` is a class of the application's own,
/// whose name is that of its health check.
template <class Tag>
class TaggedSource : public DataSource {
 public:
  using DataSource::DataSource;

  static constexpr std::string_view health_name = type_name<Tag>;
};

/// The entity manager of that data source: one for each request, like any.
template <class Tag>
class Manager : public EntityManager {
 public:
  explicit Manager(const TaggedSource<Tag>& source) : EntityManager{source} {}
};

}  // namespace orm

/// What `OrmModule::for_root<Tag>` makes.
template <class Tag>
struct TaggedOrmModule {
  using exports = roost::exports<orm::TaggedSource<Tag>, orm::Manager<Tag>>;
};

/// Provides `orm::EntityManager&`, one for each request, and `const orm::DataSource&`, to all
/// modules:
///
///     imports(OrmModule::for_root(OrmOptions{"sqlite:app.db"}, orm::entities<Event, User>()))
struct OrmModule {
  using exports = roost::exports<orm::DataSource, orm::EntityManager>;
  [[nodiscard]] static DynamicModule<OrmModule> for_root(OrmOptions options,
                                                         std::vector<orm::EntityEntry> entities);

  /// Another database beside it, with entities, schema and health check of its own: provides
  /// `orm::Manager<Tag>&`, one for each request, and `const orm::TaggedSource<Tag>&`:
  ///
  ///     struct Reporting {};
  ///     imports(OrmModule::for_root<Reporting>(OrmOptions{url}, orm::entities<Report>()))
  template <class Tag>
  [[nodiscard]] static DynamicModule<TaggedOrmModule<Tag>> for_root(
      OrmOptions options, std::vector<orm::EntityEntry> entities) {
    using Source = orm::TaggedSource<Tag>;
    const auto open = [options = std::move(options), entities = std::move(entities)] {
      return std::make_unique<Source>(OrmModule::open(options), entities, options.schema_action,
                                      *options.naming_strategy);
    };
    return module<TaggedOrmModule<Tag>>(factory<Source>(open), providers<orm::Manager<Tag>>());
  }

 private:
  [[nodiscard]] static Owned<db::Database> open(const OrmOptions& options);
};

}  // namespace roost
