// How units of work come to the writer: hand-over once per turn, waiting for more.
#include <roost/async/event_loop.hpp>
#include <roost/async/when_all.hpp>
#include <roost/sql/conformance/driver_fixture.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/raw_sql.hpp>
#include <roost/sql/sqlite/detail/core.hpp>
#include <roost/sql/sqlite/detail/gathering.hpp>
#include <roost/sql/sqlite/detail/outbox.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

#include <gtest/gtest.h>

namespace roost::db {
namespace {

using namespace std::chrono_literals;
using conformance::run;
using sqlite::detail::Gathering;

TEST(SqliteGathering, OneClientNeverWaits) {
  Gathering gathering;
  EXPECT_EQ(gathering.missing(1), 0U);
  for (int i = 0; i < 10; ++i) {
    gathering.answered(1, 0, 5ms);
    EXPECT_EQ(gathering.missing(1), 0U);
  }
}

TEST(SqliteGathering, WaitsForThoseWhoWereAnsweredLast) {
  Gathering gathering;
  gathering.answered(20, 40, 4ms);
  EXPECT_EQ(gathering.missing(40), 20U);
  EXPECT_EQ(gathering.missing(60), 0U);
  EXPECT_EQ(gathering.missing(70), 0U);
  EXPECT_EQ(gathering.patience(), 1ms);
  gathering.answered(60, 0, 100ms);  // the average follows slowly, the patience ends
  EXPECT_EQ(gathering.patience(), 2ms);
}

TEST(SqliteGathering, QuickCommitsAreNotWorthWaiting) {
  Gathering gathering;
  gathering.answered(20, 40, 50us);
  EXPECT_EQ(gathering.missing(1), 0U);
}

TEST(SqliteGathering, WaitingInVainGetsRarer) {
  Gathering gathering;
  gathering.answered(50, 0, 4ms);
  const auto groups_until_next_wait = [&] {
    int groups = 0;
    while (gathering.missing(10) == 0) ++groups;
    return groups;
  };
  EXPECT_EQ(groups_until_next_wait(), 0);
  for (const int groups : {1, 2, 4, 8, 16, 32, 64, 64}) {
    gathering.waited(40, 19);
    EXPECT_EQ(groups_until_next_wait(), groups);
  }
  gathering.waited(40, 20);  // half of them came
  EXPECT_EQ(groups_until_next_wait(), 0);
  gathering.waited(40, 0);
  EXPECT_EQ(groups_until_next_wait(), 1);
}

Task<void> add_one(Database& database) { co_await database.execute(sql("update t set n = n + 1")); }

std::unique_ptr<Database> counting() {
  auto database = sqlite::open(DatabaseOptions{"sqlite::memory:"});
  run([&]() -> Task<void> {
    co_await database->run_script("create table t (n); insert into t values (0)");
  });
  return database;
}

int count_of(Database& database) {
  EventLoop loop;
  return loop.block_on(database.query_one<int>(sql("select n from t")));
}

TEST(SqliteOutbox, UnitsOfOneTurnShareACommit) {
  const auto database = counting();
  const DatabaseStatistics before = database->statistics();
  run([&]() -> Task<void> {
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 500; ++i) tasks.push_back(add_one(*database));
    co_await when_all(std::move(tasks));
  });
  const DatabaseStatistics after = database->statistics();
  EXPECT_EQ(after.units - before.units, 500U);
  EXPECT_EQ(after.commits - before.commits, 1U);
  EXPECT_EQ(after.waiting, 0U);
  EXPECT_EQ(count_of(*database), 500);
}

TEST(SqliteOutbox, AUnitThatIsGivenUpInItsTurnIsNotWritten) {
  const auto database = counting();
  {
    EventLoop loop;
    loop.block_on([](Database& shared) -> Task<void> {
      for (int i = 0; i < 5; ++i) EventLoop::current().spawn(add_one(shared));
      co_return;  // before the turn ends
    }(*database));
    EXPECT_EQ(database->statistics().waiting, 5U);
  }
  EXPECT_EQ(database->statistics().waiting, 0U);
  EXPECT_EQ(count_of(*database), 0);
}

TEST(SqliteOutbox, AUnitThatIsLateForTheClosingFails) {
  sqlite::detail::Core core{DatabaseOptions{"sqlite::memory:"}};
  EventLoop loop;
  sqlite::detail::Outbox outbox{loop, core.writer};
  std::exception_ptr error;
  const auto unit = [&]() -> Task<void> {
    const Statement statement{"create table t (n)"};
    sqlite::detail::UnitCall call{outbox, statement, {}, sqlite::detail::TimePoint::max()};
    try {
      co_await call;
    } catch (...) {
      error = std::current_exception();
    }
  };
  std::vector<Task<void>> tasks;
  tasks.push_back(unit());
  tasks.push_back([](sqlite::detail::Writer& writer) -> Task<void> {
    writer.close();
    co_return;
  }(core.writer));
  loop.block_on(when_all(std::move(tasks)));
  ASSERT_NE(database_error(error), nullptr);
  EXPECT_EQ(database_error(error)->kind(), ErrorKind::usage);
  EXPECT_EQ(core.writer.counters().waiting, 0U);
}

}  // namespace
}  // namespace roost::db
