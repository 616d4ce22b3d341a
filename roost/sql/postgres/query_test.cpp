// The query builder on PostgreSQL.
#include <roost/sql/conformance/query_cases.hpp>
#include <roost/sql/postgres/postgres.hpp>
#include <roost/sql/postgres/testing/private_postgres.hpp>

namespace roost::db::conformance {
namespace {

std::unique_ptr<Database> open_fresh() {
  DatabaseOptions options;
  options.url = postgres::PrivatePostgres::shared().fresh_database();
  return postgres::open(std::move(options));
}

INSTANTIATE_TEST_SUITE_P(Postgres, QueryConformance, ::testing::Values(&open_fresh),
                         [](const auto&) { return "fresh"; });

}  // namespace
}  // namespace roost::db::conformance
