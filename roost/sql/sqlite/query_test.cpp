// The query builder on SQLite.
#include <roost/sql/conformance/query_fixture.hpp>
#include <roost/sql/fuzz/query_program.hpp>
#include <roost/sql/sqlite/fuzz/prepared.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

#include <random>

namespace roost::db::conformance {
namespace {

std::unique_ptr<Database> open_memory() {
  DatabaseOptions options;
  options.url = "sqlite::memory:";
  return sqlite::open(std::move(options));
}

INSTANTIATE_TEST_SUITE_P(Sqlite, QueryConformance, ::testing::Values(&open_memory),
                         [](const auto&) { return "memory"; });

/// What the fuzzer does, for a while.
TEST(QueryProgram, IsSqlOrRefused) {
  const fuzz::Prepared prepared;
  std::mt19937 random{20261122};
  std::vector<std::uint8_t> bytes;
  int built = 0;
  for (int i = 0; i < 1500; ++i) {
    bytes.resize(random() % 200);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    const std::string complaint = prepared.check(bytes);
    ASSERT_EQ(complaint, "") << "program " << i;
    if (fuzz::QueryProgram{bytes}.build(Dialect::sqlite())) ++built;
  }
  EXPECT_GT(built, 150);  // else it finds nothing out
}

}  // namespace
}  // namespace roost::db::conformance
