// One database, many event loops.
#include <roost/async/event_loop.hpp>
#include <roost/async/timers.hpp>
#include <roost/async/when_all.hpp>
#include <roost/sql/batch.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/postgres.hpp>
#include <roost/sql/postgres/testing/private_postgres.hpp>
#include <roost/sql/raw_sql.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

namespace roost::db {
namespace {

using namespace std::chrono_literals;
using postgres::PrivatePostgres;

Task<void> work(Database& database, int id) {
  const Statement& insert = database.statements().add("insert into rows (id, v) values ($1, 0)",
                                                      std::array{ValueType::int32});
  const Statement& read = database.statements().add(
      "select v from rows where id = $1", std::array{ValueType::int32}, StatementKind::read);
  const ValueView key = ValueView::int32(id);
  Batch batch;
  batch.add(insert, std::span{&key, 1}, 1);
  static_cast<void>(co_await database.execute(batch));
  co_await database.transactional([&](Transaction& transaction) -> Task<void> {
    co_await transaction.execute(sql("update rows set v = v + 1 where id = {}", id));
    co_await transaction.execute(sql("update rows set v = v + 1 where id = {}", id));
  });
  const Result result = co_await database.execute(read, std::span{&key, 1});
  EXPECT_EQ(result.value(0, 0).integer(), 2);
}

Task<void> work_in_turn(Database& database, int first, int count) {
  for (int i = 0; i < count; ++i) co_await work(database, first + i);
}

TEST(PostgresConcurrency, LoopsShareADatabase) {
  constexpr int threads = 4;
  constexpr int tasks = 6;
  constexpr int rounds = 8;
  DatabaseOptions options{PrivatePostgres::shared().fresh_database()};
  options.session_connections = 3;  // fewer than there are loops
  options.acquire_timeout = 60s;
  const auto database = postgres::open(std::move(options));
  {
    EventLoop loop;
    loop.block_on(database->run_script("create table rows (id integer primary key, v integer)"));
  }
  std::atomic<int> running{threads};
  std::vector<std::thread> workers;
  for (int thread = 0; thread < threads; ++thread) {
    workers.emplace_back([&, thread] {
      EventLoop loop;
      auto body = [&]() -> Task<void> {
        std::vector<Task<void>> all;
        for (int task = 0; task < tasks; ++task) {
          const int first = (thread * tasks + task) * rounds;
          all.push_back(work_in_turn(*database, first, rounds));
        }
        co_await when_all(std::move(all));
      };
      loop.block_on(body());
      --running;
    });
  }
  while (running.load() > 0) {
    static_cast<void>(database->statistics());
    std::this_thread::sleep_for(1ms);
  }
  for (std::thread& worker : workers) worker.join();
  EventLoop loop;
  auto check = [&]() -> Task<void> {
    const auto rows =
        co_await database->query_one<int>(sql("select count(*) from rows where v = 2"));
    EXPECT_EQ(rows, threads * tasks * rounds);
    co_await database->close();
  };
  loop.block_on(check());
}

TEST(PostgresConcurrency, DestroyedWhileLoopsStillRun) {
  for (int round = 0; round < 5; ++round) {
    auto database = postgres::open(DatabaseOptions{PrivatePostgres::shared().url()});
    EventLoop loop;
    std::atomic<bool> used{false};
    std::thread other{[&] {
      auto body = [&]() -> Task<void> {
        co_await database->ping();
        used.store(true);
      };
      loop.spawn(body());
      loop.run();
    }};
    while (!used.load()) std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(5ms);
    database.reset();
    loop.stop();
    other.join();
  }
}

TEST(PostgresConcurrency, WaitersThatGiveUpLoseNoConnection) {
  DatabaseOptions options{PrivatePostgres::shared().url()};
  options.session_connections = 2;
  options.acquire_timeout = 5ms;
  const auto database = postgres::open(std::move(options));
  std::atomic<int> got{0};
  std::vector<std::thread> workers;
  for (int thread = 0; thread < 3; ++thread) {
    workers.emplace_back([&] {
      EventLoop loop;
      auto one = [&]() -> Task<void> {
        for (int i = 0; i < 10; ++i) {
          try {
            const auto transaction = co_await database->begin();
            co_await transaction->execute(sql("select 1"));
            co_await transaction->commit();
            ++got;
          } catch (const PoolTimeout&) {
          }
        }
      };
      auto body = [&]() -> Task<void> {
        std::vector<Task<void>> all;
        for (int i = 0; i < 4; ++i) all.push_back(one());
        co_await when_all(std::move(all));
      };
      loop.block_on(body());
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_GT(got.load(), 0);
  EXPECT_EQ(database->statistics().waiting, 0U);
  EventLoop loop;
  auto both = [&]() -> Task<void> {
    const auto first = co_await database->begin();
    const auto second = co_await database->begin();
    co_await first->execute(sql("select 1"));
    co_await second->execute(sql("select 1"));
  };
  loop.block_on(both());
}

}  // namespace
}  // namespace roost::db
