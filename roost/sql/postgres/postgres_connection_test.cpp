// PostgreSQL's connections: settings, deadlines, prepared statements, addresses.
#include <roost/async/deadline.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/async/timers.hpp>
#include <roost/async/when_all.hpp>
#include <roost/sql/conformance/driver_fixture.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/postgres.hpp>
#include <roost/sql/postgres/postgres_fixture_impl.hpp>
#include <roost/sql/postgres/testing/private_postgres.hpp>
#include <roost/sql/raw_sql.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

namespace roost::db {
namespace {

using namespace std::chrono_literals;
using conformance::error_of;
using conformance::run;
using conformance::settle;
using postgres::PrivatePostgres;
using ::testing::HasSubstr;

class PostgresConnections : public postgres::PostgresSuite {};

TEST_F(PostgresConnections, CancellingOneHarmsNoOther) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script("drop table if exists n; create table n (i integer primary key)");
    std::vector<Task<Result>> tasks;
    for (int i = 0; i < 10; ++i) {
      const ExecuteOptions brief{i == 4 ? 100ms : 10'000ms};
      tasks.push_back(
          i == 4 ? database->execute(sql("insert into n select 100 from pg_sleep(8)"), brief)
                 : database->execute(sql("insert into n values ({})", i), brief));
    }
    const std::exception_ptr error = co_await settle(std::move(tasks));
    const DatabaseError* timeout = database_error(error);
    EXPECT_TRUE(timeout != nullptr && timeout->kind() == ErrorKind::statement_timeout);
    const auto rows = co_await database->query_one<int>(sql("select count(*) from n"));
    EXPECT_EQ(rows, 9);
  });
}

TEST_F(PostgresConnections, ServerSideTimeout) {
  run([&]() -> Task<void> {
    DatabaseOptions options;
    options.statement_timeout = 50ms;
    const auto database = open(std::move(options));
    co_await error_of<StatementTimeout>(database->execute(sql("select pg_sleep(10)")));
  });
}

TEST_F(PostgresConnections, ConnectionHasSettingsOfItsOwn) {
  run([&]() -> Task<void> {
    DatabaseOptions options;
    options.session_connections = 1;
    const auto database = open(std::move(options));
    co_await database->run_script(schema);
    {
      const auto connection = co_await database->connect();
      co_await connection->execute(sql("set work_mem = '5MB'"));
      const auto mine = co_await connection->query_one<std::string>(sql("show work_mem"));
      EXPECT_EQ(mine, "5MB");
      co_await connection->execute(sql("vacuum"));
      co_await error_of<UsageError>(connection->execute(sql("begin")));
      const auto transaction = co_await connection->begin(TransactionOptions{});
      co_await transaction->execute(sql("insert into users (name) values ('Ann')"));
      co_await transaction->commit();
      {
        const auto forgotten = co_await connection->begin(TransactionOptions{});
        co_await forgotten->execute(sql("delete from users"));
      }
      const auto users = co_await connection->query_one<int>(sql("select count(*) from users"));
      EXPECT_EQ(users, 1);
    }
    {
      const auto connection = co_await database->connect();
      const auto theirs = co_await connection->query_one<std::string>(sql("show work_mem"));
      EXPECT_NE(theirs, "5MB");
      const auto zone = co_await connection->query_one<std::string>(sql("show timezone"));
      EXPECT_EQ(zone, "UTC");
    }
    const auto transaction = co_await database->begin();
    const ErrorDetails error =
        co_await error_of<DatabaseError>(transaction->execute(sql("vacuum")));
    EXPECT_FALSE(error.hint.empty());
  });
}

TEST_F(PostgresConnections, CloseFinishesWhatIsUnderWay) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->ping();
    std::vector<Task<Result>> tasks;
    tasks.push_back(database->execute(sql("select pg_sleep(0.05)")));
    auto close = [&]() -> Task<Result> {
      co_await database->close();
      Result nothing;
      co_return nothing;
    };
    tasks.push_back(close());
    static_cast<void>(co_await when_all(std::move(tasks)));
    co_await error_of<UsageError>(database->execute(sql("select 1")));
    co_await error_of<UsageError>(database->begin());
    EXPECT_EQ(database->statistics().open_connections, 0U);
  });
}

TEST_F(PostgresConnections, WrongUrlsAreRefusedWithoutThePassword) {
  for (const char* text :
       {"postgres://user:hunter2@host/db?nonsense=1", "postgres://user:hunter2@host:port%zz/db",
        "postgres://u:hunter2@h/d?pooler=session", "postgres://u:hunter2@h/d?prepared=maybe",
        "postgres://u:hunter2@h/d?gssencmode=require"}) {
    try {
      static_cast<void>(postgres::open(DatabaseOptions{text}));
      ADD_FAILURE() << text;
    } catch (const UsageError& error) {
      EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("hunter2")));
    }
  }
  const auto fine = db::open(DatabaseOptions{url()}, {&postgres::driver()});
  EXPECT_EQ(fine->dialect().kind(), DialectKind::postgresql);
}

TEST_F(PostgresConnections, NobodyListens) {
  run([&]() -> Task<void> {
    const auto database = postgres::open(DatabaseOptions{"postgres://nobody@127.0.0.1:1/db"});
    co_await error_of<CannotConnect>(database->execute(sql("select 1")));
    co_await error_of<CannotConnect>(database->ping());
    const auto transaction = co_await database->begin();
    co_await error_of<CannotConnect>(transaction->execute(sql("select 1")));
    const auto missing =
        postgres::open(DatabaseOptions{PrivatePostgres::shared().url("no_such_database")});
    co_await error_of<CannotConnect>(missing->ping());
  });
}

TEST_F(PostgresConnections, AttemptsGetRarer) {
  run([&]() -> Task<void> {
    const auto database = postgres::open(DatabaseOptions{"postgres://nobody@127.0.0.1:1/db"});
    const TimePoint started = Clock::now();
    for (int i = 0; i < 5; ++i) co_await error_of<CannotConnect>(database->ping());
    EXPECT_GE(Clock::now() - started, 25ms + 50ms + 100ms + 200ms);
  });
}

TEST_F(PostgresConnections, OutdatedPlansAreMadeAnew) {
  run([&]() -> Task<void> {
    const auto database = open();
    const auto other = open();
    co_await database->run_script("drop table if exists d; create table d (a int)");
    const Statement& all = database->statements().add("select * from d", {}, StatementKind::read);
    Result rows = co_await database->execute(all);
    EXPECT_EQ(rows.column_count(), 1U);
    co_await other->run_script("alter table d add column b text; insert into d values (1, 'x')");
    rows = co_await database->execute(all);
    EXPECT_EQ(rows.column_count(), 2U);
    // Somebody else has thrown the session's statements away.
    const Statement& writing = database->statements().add("update d set a = 2");
    co_await database->execute(writing);
    co_await database->execute(sql("do $$ begin execute 'deallocate all'; end $$"));
    rows = co_await database->execute(writing);
    EXPECT_EQ(rows.affected_rows(), 1U);
  });
}

TEST_F(PostgresConnections, ColumnsOfAFetchAreThoseOfItsCursor) {
  run([&]() -> Task<void> {
    const auto database = open();
    const auto transaction = co_await database->begin(TransactionOptions{});
    for (int round = 0; round < 2; ++round) {
      co_await transaction->execute(sql("declare c cursor for select 7 as a"));
      const Result one = co_await transaction->execute(sql("fetch all from c"));
      EXPECT_EQ(one[0].get<int>("a"), 7);
      co_await transaction->execute(sql("close c"));
      co_await transaction->execute(
          sql("declare c cursor for select 'x'::text as b, 8::bigint as d"));
      const Result two = co_await transaction->execute(sql("fetch all from c"));
      EXPECT_EQ(two[0].get<std::string>("b"), "x");
      EXPECT_EQ(two[0].get<std::int64_t>("d"), 8);
      co_await transaction->execute(sql("close c"));
    }
    co_await transaction->rollback();
  });
}

/// In how many sessions of the server several statements that wait ran.
Task<std::size_t> sessions_of(Database& database, StatementKind kind) {
  const Statement waiting{"select pg_backend_pid() from pg_sleep(0.02)", {}, kind};
  std::vector<Task<Result>> tasks;
  for (int i = 0; i < 8; ++i) {
    tasks.push_back(database.execute(waiting));
  }
  const std::vector<Result> results = co_await when_all(std::move(tasks));
  std::set<std::int64_t> sessions;
  for (const Result& result : results) sessions.insert(result.value(0, 0).integer());
  co_return sessions.size();
}

TEST_F(PostgresConnections, ThereAreMoreWhenOneIsBusy) {
  run([&]() -> Task<void> {
    DatabaseOptions options;
    options.connections_per_loop = 3;
    const auto database = open(std::move(options));
    for (int i = 0; i < 5; ++i) co_await database->ping();
    EXPECT_EQ(database->statistics().open_connections, 2U);  // one that writes, one that reads
    std::size_t sessions = 0;
    for (int round = 0; round < 100 && sessions < 3; ++round) {
      sessions = co_await sessions_of(*database, StatementKind::unknown);
    }
    EXPECT_EQ(sessions, 3U);
    // Reads of one turn travel together, however many connections there are.
    const std::size_t together = co_await sessions_of(*database, StatementKind::read);
    EXPECT_EQ(together, 1U);
  });
}

TEST_F(PostgresConnections, KeepsOnlySoManyStatementsPrepared) {
  run([&]() -> Task<void> {
    DatabaseOptions options;
    options.statement_cache = 10;
    const auto database = open(std::move(options));
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < 50; ++i) {
        const std::string text = "select " + std::to_string(i);
        static_cast<void>(co_await database->execute(trusted_sql(text)));
      }
    }
    const auto kept =
        co_await database->query_one<int>(sql("select count(*) from pg_prepared_statements"));
    EXPECT_LE(kept, 12);
  });
}

TEST_F(PostgresConnections, ThroughAUnixSocket) {
  run([&]() -> Task<void> {
    const auto probe = open();
    const auto folder = co_await probe->query_one<std::string>(
        sql("select split_part(current_setting('unix_socket_directories'), ',', 1)"));
    const std::string text = "postgresql://postgres@/postgres?host=" + folder +
                             "&port=" + std::to_string(PrivatePostgres::shared().port());
    const auto database = postgres::open(DatabaseOptions{text});
    co_await database->ping();
  });
}

TEST_F(PostgresConnections, HostNamesAreLookedUp) {
  run([&]() -> Task<void> {
    std::string text = url();
    text.replace(text.find("127.0.0.1"), 9, "localhost");
    const auto database = postgres::open(DatabaseOptions{text});
    co_await database->ping();
  });
}

}  // namespace
}  // namespace roost::db
