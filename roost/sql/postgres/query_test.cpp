// The query builder on PostgreSQL.
#include <roost/sql/conformance/query_fixture.hpp>
#include <roost/sql/fuzz/query_program.hpp>
#include <roost/sql/postgres/postgres.hpp>
#include <roost/sql/postgres/testing/private_postgres.hpp>

#include <chrono>
#include <random>
#include <vector>

namespace roost::db::conformance {
namespace {

std::unique_ptr<Database> open_fresh() {
  DatabaseOptions options;
  options.url = postgres::PrivatePostgres::shared().database_for(
      ::testing::UnitTest::GetInstance()->current_test_info());
  options.connect_timeout = std::chrono::minutes{2};  // a machine under load takes its time
  return postgres::open(std::move(options));
}

INSTANTIATE_TEST_SUITE_P(Postgres, QueryConformance, ::testing::Values(&open_fresh),
                         [](const auto&) { return "fresh"; });

struct Tagged {
  std::int64_t id{};
  std::vector<std::string> tags;
};

/// Arrays are PostgreSQL's alone; SQLite refuses them before anything is sent.
TEST(PostgresArrays, AreLookedInto) {
  const std::unique_ptr<Database> database = open_fresh();
  EventLoop loop;
  const auto ids = [](const Expression& condition) {
    return select(f<&Tagged::id>).from<Tagged>().where(condition).order_by(asc<&Tagged::id>());
  };
  const std::vector<std::string> both{"a", "b"};
  const auto body = [&]() -> Task<void> {
    co_await database->run_script("create table tagged (id bigint, tags text[])");
    const Insert three = insert_into<Tagged>()
                             .object(Tagged{1, both})
                             .object(Tagged{2, {"b", "c'\"{}"}})
                             .object(Tagged{3, {}});
    co_await three.execute(*database);
    const Select containing = ids(f<&Tagged::tags>.array_contains(both));
    const auto all = co_await containing.all<std::int64_t>(*database);
    EXPECT_THAT(all, ElementsAre(1));
    const Select overlapping = ids(f<&Tagged::tags>.array_overlaps(both));
    const auto some = co_await overlapping.all<std::int64_t>(*database);
    EXPECT_THAT(some, ElementsAre(1, 2));
    const Select nothing = ids(f<&Tagged::tags>.array_contains(std::vector<std::string>{}));
    const auto every = co_await nothing.all<std::int64_t>(*database);
    EXPECT_THAT(every, ElementsAre(1, 2, 3));
    const Select second = select(f<&Tagged::tags>).from<Tagged>().where(f<&Tagged::id> == 2);
    const auto tags = co_await second.one<std::vector<std::string>>(*database);
    EXPECT_THAT(tags, ElementsAre("b", "c'\"{}"));
  };
  loop.block_on(body());
  try {
    static_cast<void>(ids(f<&Tagged::tags>.array_contains(both)).to_sql(Dialect::sqlite()));
    ADD_FAILURE() << "nothing was thrown";
  } catch (const UnsupportedError& error) {
    EXPECT_THAT(error.what(), HasSubstr("SQLite"));
  }
}

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
