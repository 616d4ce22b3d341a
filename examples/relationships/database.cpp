#include "database.hpp"

#include "events/event.hpp"
#include "registrations/registration.hpp"
#include "tags/tag.hpp"
#include "users/user.hpp"
#include "venues/venue.hpp"
#include <roost/roost.hpp>
#include <roost/sql/postgres/postgres.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

#include <string>
#include <utility>
#include <vector>

namespace {

struct DatabaseConfig {
  std::string database_url = "sqlite:relationships.db";
};

std::string database_url() { return roost::load_config<DatabaseConfig>().database_url; }

std::vector<roost::orm::EntityEntry> all_entities() {
  return roost::orm::entities<Event, Registration, User, Profile, Venue, Tag>();
}

}  // namespace

roost::DynamicModule<roost::OrmModule> open_database() {
  return roost::OrmModule::for_root(
      roost::OrmOptions{database_url()}.on_start(roost::orm::SchemaAction::create_missing),
      all_entities());
}

std::unique_ptr<roost::orm::DataSource> open_data_source() {
  auto database = roost::db::open(roost::db::DatabaseOptions{database_url()},
                                  {&roost::db::sqlite::driver(), &roost::db::postgres::driver()});
  return std::make_unique<roost::orm::DataSource>(std::move(database), all_entities());
}
