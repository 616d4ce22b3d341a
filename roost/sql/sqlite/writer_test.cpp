// How units of work come to the writer: hand-over once per turn, waiting for more.
#include <roost/async/event_loop.hpp>
#include <roost/async/when_all.hpp>
#include <roost/sql/conformance/driver_fixture.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/raw_sql.hpp>
#include <roost/sql/sqlite/detail/checkpointer.hpp>
#include <roost/sql/sqlite/detail/core.hpp>
#include <roost/sql/sqlite/detail/gathering.hpp>
#include <roost/sql/sqlite/detail/outbox.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>
#include <unistd.h>

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

class SqliteCheckpointer : public ::testing::Test {
 protected:
  static constexpr sqlite::detail::LogLimits limits{
      .due = 20, .tail = 5, .pace = 1'000, .patience = 2'000, .most = 3'000};

  SqliteCheckpointer() {
    std::string name = (std::filesystem::temp_directory_path() / "roost-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    location_ = sqlite::detail::parse_url("sqlite:" + folder_ + "/test.db");
    writer_.emplace(location_, sqlite::detail::Role::writer, 10);
    write("create table t (v)");
  }
  ~SqliteCheckpointer() override {
    writer_.reset();
    std::filesystem::remove_all(folder_);
  }

  void write(std::string_view text) { writer_->run(Statement{std::string{text}}, {}, {}, {}); }
  /// A commit of two pages or so, and what the writer does after it; the pages in the log.
  int commit() {
    write("insert into t values (zeroblob(3000))");
    checkpointer_.after_commit(*writer_);
    return writer_->log_pages();
  }
  void wait_for_passes(int passes) const {
    while (checkpointer_.passes() < passes) std::this_thread::sleep_for(1ms);
  }

  std::string folder_;
  sqlite::detail::Location location_;
  std::optional<sqlite::detail::Handle> writer_;
  sqlite::detail::Checkpointer checkpointer_{location_, limits};
};

TEST_F(SqliteCheckpointer, TheLogBeginsAnewAfterAPass) {
  for (int round = 1; round <= 3; ++round) {
    while (commit() < limits.due) EXPECT_EQ(checkpointer_.passes(), round - 1);
    wait_for_passes(round);
    EXPECT_LT(commit(), limits.tail);
  }
}

TEST_F(SqliteCheckpointer, TheWriterMovesWhatIsLittle) {
  while (commit() < limits.due) continue;
  write("insert into t values (1)");  // a pass may have missed it
  wait_for_passes(1);
  write("insert into t values (2)");
  checkpointer_.after_commit(*writer_);
  EXPECT_LT(commit(), limits.tail);
  EXPECT_EQ(checkpointer_.passes(), 1);
}

TEST_F(SqliteCheckpointer, AReaderKeepsTheLogAndIsNotAskedEachTime) {
  sqlite::detail::Handle reader{location_, sqlite::detail::Role::reader, 10};
  reader.begin();
  static_cast<void>(reader.run(Statement{"select count(*) from t"}, {}, {}, {}));
  int pages = 0;
  while (pages < 20 * limits.due) pages = commit();
  wait_for_passes(1);
  EXPECT_LE(checkpointer_.passes(), pages / limits.due);
  reader.rollback();
  while (commit() > limits.due) std::this_thread::sleep_for(1ms);
}

TEST_F(SqliteCheckpointer, ClosesDuringAPass) {
  while (commit() < limits.due) continue;
  checkpointer_.close();
  EXPECT_LE(checkpointer_.passes(), 1);
}

}  // namespace
}  // namespace roost::db
