// The query builder on PostgreSQL.
#include <roost/sql/conformance/query_cases.hpp>
#include <roost/sql/fuzz/query_program.hpp>
#include <roost/sql/postgres/postgres.hpp>
#include <roost/sql/postgres/testing/private_postgres.hpp>

#include <random>

namespace roost::db::conformance {
namespace {

std::unique_ptr<Database> open_fresh() {
  DatabaseOptions options;
  options.url = postgres::PrivatePostgres::shared().fresh_database();
  return postgres::open(std::move(options));
}

INSTANTIATE_TEST_SUITE_P(Postgres, QueryConformance, ::testing::Values(&open_fresh),
                         [](const auto&) { return "fresh"; });

/// What the fuzzer builds is SQL to PostgreSQL as well: tables that are missing, types that do not
/// fit and names that are no UTF-8 are no fault of the builder.
TEST(QueryProgram, IsSqlToPostgresql) {
  const std::unique_ptr<Database> database = open_fresh();
  std::mt19937 random{20261122};
  std::vector<std::uint8_t> bytes;
  int executed = 0;
  EventLoop loop;
  for (int i = 0; i < 1000; ++i) {
    bytes.resize(random() % 150);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    const std::optional<BoundSql> sql = fuzz::QueryProgram{bytes}.build(database->dialect());
    if (!sql) continue;
    ASSERT_EQ(fuzz::complaint(*sql), "") << sql->text;
    ++executed;
    const auto execute = [&]() -> Task<void> {
      const Statement statement = sql->statement();
      const std::vector<ValueView> parameters = sql->parameters();
      co_await database->execute(statement, parameters);
    };
    try {
      loop.block_on(execute());
    } catch (const DatabaseError& error) {
      ASSERT_EQ(error.message().find("syntax error"), std::string::npos)
          << "program " << i << ": " << error.what();
    }
  }
  EXPECT_GT(executed, 100);
  loop.block_on(database->close());
}

}  // namespace
}  // namespace roost::db::conformance
