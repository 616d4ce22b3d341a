// The query builder on SQLite.
#include <roost/sql/conformance/query_cases.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

namespace roost::db::conformance {
namespace {

std::unique_ptr<Database> open_memory() {
  DatabaseOptions options;
  options.url = "sqlite::memory:";
  return sqlite::open(std::move(options));
}

INSTANTIATE_TEST_SUITE_P(Sqlite, QueryConformance, ::testing::Values(&open_memory),
                         [](const auto&) { return "memory"; });

}  // namespace
}  // namespace roost::db::conformance
