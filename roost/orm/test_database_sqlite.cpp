// The cases of the ORM run on SQLite.
#include <roost/orm/test_database_impl.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

std::unique_ptr<roost::db::Database> roost::orm::open_database(db::DatabaseOptions options) {
  options.url = "sqlite::memory:";
  return db::sqlite::open(std::move(options));
}
