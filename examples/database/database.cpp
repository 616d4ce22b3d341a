#include "database.hpp"

#include "events/event.hpp"
#include <roost/roost.hpp>

#include <string>

namespace {

struct DatabaseConfig {
  std::string database_url = "sqlite:database.db";
};

}  // namespace

roost::DynamicModule<roost::OrmModule> open_database() {
  const auto config = roost::load_config<DatabaseConfig>();
  return roost::OrmModule::for_root(
      roost::OrmOptions{config.database_url}.on_start(roost::orm::SchemaAction::create_missing),
      roost::orm::entities<Event>());
}
