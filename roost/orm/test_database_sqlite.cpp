// The cases of the ORM run on SQLite.
#include <roost/orm/test_database_impl.hpp>
#include <roost/orm/test_url_impl.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

#include <string>

std::string roost::orm::fresh_database_url() { return "sqlite::memory:"; }

std::unique_ptr<roost::db::Database> roost::orm::open_database(db::DatabaseOptions options) {
  options.url = fresh_database_url();
  return db::sqlite::open(std::move(options));
}
