// Many loops and tasks on one SQLite database.
#include <roost/async/event_loop.hpp>
#include <roost/async/timers.hpp>
#include <roost/async/when_all.hpp>
#include <roost/sql/batch.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/raw_sql.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

// SQLite is not instrumented: its lock-free reads of the log's index look like races from outside.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "called_from_lib:libsqlite3.so\n"; }

namespace roost::db {
namespace {

using namespace std::chrono_literals;

constexpr int threads = 4;
constexpr int tasks_per_thread = 12;
constexpr int rounds = 25;

/// Adds one to a counter in each way that there is; some attempts fail on purpose.
Task<void> work(Database& database, int id, std::atomic<int>& added) {
  const Statement& add = database.statements().add("update counters set n = n + 1 where id = ?1",
                                                   std::array{ValueType::int32});
  const ValueView row = ValueView::int32(id % 5);
  for (int round = 0; round < rounds; ++round) {
    switch ((id + round) % 6) {
      case 0:
      case 1:
        co_await database.execute(add, std::span{&row, 1});
        ++added;
        break;
      case 2: {
        Batch batch;
        batch.add(add, std::span{&row, 1}, 1);
        batch.add(add, std::span{&row, 1}, 1);
        co_await database.execute(batch);
        added += 2;
        break;
      }
      case 3: {
        Batch failing;
        const Statement wrong{"insert into counters (id, n) values (0, 0)"};
        failing.add(add, std::span{&row, 1});
        failing.add(wrong, {});
        bool failed = false;
        try {
          co_await database.execute(failing);
        } catch (const UniqueViolation&) {
          failed = true;
        }
        EXPECT_TRUE(failed);
        break;
      }
      case 4:
        co_await database.transactional([&](Transaction& transaction) -> Task<void> {
          co_await transaction.execute(add, std::span{&row, 1});
          const auto seen =
              co_await transaction.query_one<int>(sql("select count(*) from counters"));
          EXPECT_EQ(seen, 5);
        });
        ++added;
        break;
      default: {
        const auto sum =
            co_await database.query_one<std::int64_t>(sql("select sum(n) from counters"));
        const auto again =
            co_await database.query_one<std::int64_t>(sql("select sum(n) from counters"));
        EXPECT_LE(sum, again);
        break;
      }
    }
  }
}

/// Is destroyed while its statements are under way.
Task<void> abandoned(Database& database) {
  const Statement nothing{"update counters set n = n where id = 1"};
  for (;;) co_await database.execute(nothing);
}

TEST(SqliteConcurrency, EveryUnitCountsOnce) {
  std::atomic<int> added{0};
  const auto database = sqlite::open(DatabaseOptions{"sqlite::memory:"});
  {
    EventLoop loop;
    loop.block_on(
        database->run_script("create table counters (id integer primary key, n integer not null);"
                             "insert into counters values (0, 0), (1, 0), (2, 0), (3, 0), (4, 0)"));
  }
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      EventLoop loop;
      std::vector<Task<void>> tasks;
      for (int j = 0; j < tasks_per_thread; ++j) {
        tasks.push_back(work(*database, i * tasks_per_thread + j, added));
      }
      for (int j = 0; j < 4; ++j) loop.spawn(abandoned(*database));
      loop.block_on(when_all(std::move(tasks)));
    });
  }
  for (std::thread& thread : running) thread.join();
  EventLoop loop;
  const auto sum = loop.block_on(database->query_one<int>(sql("select sum(n) from counters")));
  EXPECT_EQ(sum, added.load());
  EXPECT_EQ(database->statistics().waiting, 0U);
}

/// So much that the log is moved to the database many times meanwhile.
TEST(SqliteConcurrency, ReadersAndWritersGoOnDuringCheckpoints) {
  std::string folder = (std::filesystem::temp_directory_path() / "roost-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  {
    const auto database = sqlite::open(DatabaseOptions{"sqlite:" + folder + "/test.db"});
    EventLoop loop;
    loop.block_on(database->run_script("create table blobs (thread, v)"));
    const auto write = [&](int thread) -> Task<void> {
      for (int i = 0; i < 15; ++i) {
        co_await database->execute(sql("insert into blobs values ({}, zeroblob(20000))", thread));
        const auto seen = co_await database->query_one<int>(
            sql("select count(*) from blobs where thread = {}", thread));
        EXPECT_EQ(seen, i + 1);
      }
    };
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i) {
      running.emplace_back([&, i] {
        EventLoop own;
        std::vector<Task<void>> tasks;
        for (int j = 0; j < tasks_per_thread; ++j) tasks.push_back(write(i * tasks_per_thread + j));
        own.block_on(when_all(std::move(tasks)));
      });
    }
    for (std::thread& thread : running) thread.join();
    const auto integrity =
        loop.block_on(database->query_one<std::string>(sql("pragma integrity_check")));
    EXPECT_EQ(integrity, "ok");
  }
  std::filesystem::remove_all(folder);
}

TEST(SqliteConcurrency, ClosesUnderLoad) {
  for (int i = 0; i < 10; ++i) {
    const auto database = sqlite::open(DatabaseOptions{"sqlite::memory:"});
    EventLoop loop;
    loop.block_on(database->run_script("create table counters (id, n)"));
    for (int j = 0; j < 8; ++j) {
      loop.spawn([](Database& shared) -> Task<void> {
        try {
          co_await abandoned(shared);
        } catch (const UsageError&) {
        }
      }(*database));
    }
    loop.block_on(sleep_for(2ms));
    loop.block_on(database->close());
  }
}

}  // namespace
}  // namespace roost::db
