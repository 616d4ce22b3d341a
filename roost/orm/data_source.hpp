// A database together with the entities that are stored in it: what entity managers work on.
#pragma once

#include <roost/async/task.hpp>
#include <roost/base/owned.hpp>
#include <roost/di/scope.hpp>
#include <roost/orm/metadata.hpp>
#include <roost/orm/subscriber.hpp>
#include <roost/sql/driver.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace roost::orm {

namespace detail {
class Plans;
class ResultCache;
}  // namespace detail

/// What is done about the tables when an application starts.
enum class SchemaAction : std::uint8_t {
  nothing,
  verify,          // compare with the entities; a difference that would break them stops the start
  create_missing,  // create what is not there, then verify
};

/// Thread-safe; outlives every entity manager that is made from it.
class DataSource {
 public:
  using visibility = roost::global;

  /// Throws MetadataError when the entities contradict themselves or each other.
  DataSource(Owned<db::Database> database, std::vector<EntityEntry> entities,
             SchemaAction action = SchemaAction::nothing,
             const NamingStrategy& naming = snake_case_names());
  DataSource(const DataSource&) = delete;
  DataSource& operator=(const DataSource&) = delete;
  ~DataSource();

  [[nodiscard]] db::Database& database() const { return *database_; }
  [[nodiscard]] const Metadata& metadata() const { return metadata_; }
  [[nodiscard]] detail::Plans& plans() const { return *plans_; }

  /// Tells it of every flush of every manager from now on. It outlives the data source, or the last
  /// use of it; not to be called while managers work.
  void subscribe(Subscriber& subscriber) { subscribers_.push_back(&subscriber); }
  [[nodiscard]] const std::vector<Subscriber*>& subscribers() const { return subscribers_; }

  /// Forgets what finds with `cache_for(…, name)` left here.
  void clear_cache(std::string_view name) const;
  /// Forgets what any find with `cache_for` left here.
  void clear_cache() const;
  [[nodiscard]] detail::ResultCache& result_cache() const { return *cache_; }

  /// Creates the tables that do not exist yet; returns the statements that did. `name`: with those
  /// of classes that say in_schema("*"), in that schema, which is created as well; without it these
  /// are left out (PostgreSQL).
  Task<std::vector<std::string>> create_schema(std::string name = {});
  /// Throws schema::SchemaMismatch when the tables do not fit the entities.
  Task<void> verify_schema(std::string name = {});
  /// Drops the tables; with `name` those of that schema only.
  Task<void> drop_schema(std::string name = {});

  /// For /health/ready.
  static constexpr std::string_view health_name = "database";
  Task<void> check_health() const { return database_->ping(); }

  /// Called when an application starts and ends: see SchemaAction.
  Task<void> on_module_init();
  Task<void> on_application_shutdown();

 private:
  Owned<db::Database> database_;
  Metadata metadata_;
  Owned<detail::Plans> plans_;
  Owned<detail::ResultCache> cache_;
  SchemaAction action_;
  std::vector<Subscriber*> subscribers_;
};

}  // namespace roost::orm
