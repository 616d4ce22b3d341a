// PostgreSQL's own ways with units of work and transactions.
#include <roost/async/deadline.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/async/timers.hpp>
#include <roost/async/when_all.hpp>
#include <roost/sql/conformance/driver_fixture.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/postgres.hpp>
#include <roost/sql/postgres/postgres_fixture_impl.hpp>
#include <roost/sql/postgres/testing/breaking_proxy.hpp>
#include <roost/sql/postgres/testing/private_postgres.hpp>
#include <roost/sql/raw_sql.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace roost::db {
namespace {

using namespace std::chrono_literals;
using conformance::error_of;
using conformance::run;
using conformance::settle;
using postgres::PrivatePostgres;

class PostgresUnits : public postgres::PostgresSuite {};

TEST_F(PostgresUnits, ABatchTakesOneRoundTripForEachLevelOfKeys) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema);
    const Statement& user = database->statements().add(
        "insert into users (name) values ($1) returning id", std::array{ValueType::text});
    const Statement& post = database->statements().add(
        "insert into posts (user_id, title) values ($1, $2) returning id",
        std::array{ValueType::int64, ValueType::text});
    Batch batch;
    const ValueView ann = ValueView::text("Ann");
    const std::uint32_t parent = batch.add(user, std::span{&ann, 1});
    for (int i = 0; i < 3; ++i) {
      batch.begin(post);
      batch.bind(ValueView::result_cell(ResultCell{parent, 0, 0}));
      batch.bind(ValueView::text("title"));
    }
    co_await database->ping();
    co_await sleep_for(50ms);  // the script's session is tidied up in the background
    const std::uint64_t before = database->statistics().commits;
    const std::vector<Result> results = co_await database->execute(batch);
    EXPECT_EQ(results.size(), 4U);
    EXPECT_EQ(database->statistics().commits - before, 1U);
  });
}

TEST_F(PostgresUnits, CheckedRowCountsNeedNoTripOfTheirOwn) {
  run([&]() -> Task<void> {
    const postgres::BreakingProxy proxy{PrivatePostgres::shared().port(),
                                        postgres::BreakingProxy::Break::never};
    std::string through = url();
    const std::size_t colon = through.rfind(':');
    const std::size_t slash = through.find('/', colon);
    through.replace(colon + 1, slash - colon - 1, std::to_string(proxy.port()));
    const auto database =
        postgres::open(DatabaseOptions{through + "?sslmode=disable&gssencmode=disable"});
    const auto direct = open();
    co_await direct->run_script(schema);
    co_await direct->execute(sql("insert into users (name) values ('Ann'), ('Bob')"));
    Batch batch;
    batch.add(Statement{"update users set age = 1 where name = 'Ann'"}, {}, 1);
    batch.add(Statement{"update users set age = 2 where name = 'Bob'"}, {}, 1);
    static_cast<void>(co_await database->execute(batch));
    const std::uint64_t before = proxy.turns();
    static_cast<void>(co_await database->execute(batch));
    EXPECT_EQ(proxy.turns() - before, 1U);
    Batch returning;
    returning.add(Statement{"update users set age = 3 where name = 'Ann' returning id"}, {}, 1);
    returning.add(Statement{"update users set age = 4 where name = 'Bob' returning id"}, {}, 1);
    static_cast<void>(co_await database->execute(returning));
    const std::uint64_t between = proxy.turns();
    static_cast<void>(co_await database->execute(returning));
    EXPECT_EQ(proxy.turns() - between, 2U);  // else its rows would be lost
  });
}

TEST_F(PostgresUnits, SettingsOfATransactionAreLocal) {
  run([&]() -> Task<void> {
    const auto database = open();
    const auto transaction = co_await database->begin();
    co_await error_of<UsageError>(transaction->execute(sql("set work_mem = '1MB'")));
    co_await transaction->execute(sql("set local work_mem = '1MB'"));
    co_await transaction->commit();
    co_await database->run_script("set work_mem = '3MB'; create table if not exists t (v text)");
    const auto theirs = co_await database->query_one<std::string>(sql("show work_mem"));
    EXPECT_NE(theirs, "3MB");
  });
}

TEST_F(PostgresUnits, ReadsOfOneTurnShareASyncAndNoErrors) {
  run([&]() -> Task<void> {
    const auto database = open();
    const Statement& good = database->statements().add(
        "select $1::int", std::array{ValueType::int32}, StatementKind::read);
    const Statement& bad = database->statements().add(
        "select 1 / $1::int", std::array{ValueType::int32}, StatementKind::read);
    co_await database->ping();
    const std::uint64_t before = database->statistics().commits;
    std::vector<ValueView> values;
    for (int i = 0; i < 20; ++i) values.push_back(ValueView::int32(i));
    std::vector<Task<Result>> fine;
    for (int i = 0; i < 20; ++i) {
      fine.push_back(
          database->execute(good, std::span{values}.subspan(static_cast<std::size_t>(i), 1)));
    }
    const std::vector<Result> results = co_await when_all(std::move(fine));
    EXPECT_EQ(results[19].value(0, 0).integer(), 19);
    EXPECT_EQ(database->statistics().commits - before, 1U);
    std::vector<Task<Result>> mixed;
    for (int i = 0; i < 20; ++i) {
      const Statement& statement = i == 5 ? bad : good;
      const std::size_t index = i == 5 ? 0 : static_cast<std::size_t>(i);
      mixed.push_back(database->execute(statement, std::span{values}.subspan(index, 1)));
    }
    const std::exception_ptr error = co_await settle(std::move(mixed));
    EXPECT_EQ(database_error(error)->kind(), ErrorKind::invalid_value);
  });
}

TEST_F(PostgresUnits, RetriesSerializationFailures) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(
        "drop table if exists counter; create table counter (value integer); insert into counter "
        "values (0)");
    TransactionOptions options{Isolation::serializable};
    options.retries = 20;
    auto body = [&](Transaction& transaction) -> Task<void> {
      const auto value = co_await transaction.query_one<int>(sql("select value from counter"));
      co_await sleep_for(1ms);
      co_await transaction.execute(sql("update counter set value = {}", value + 1));
    };
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 4; ++i) tasks.push_back(database->transactional(body, options));
    co_await when_all(std::move(tasks));
    const auto value = co_await database->query_one<int>(sql("select value from counter"));
    EXPECT_EQ(value, 4);
  });
}

TEST_F(PostgresUnits, DeadlocksAreTold) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(
        "drop table if exists locks; create table locks (id integer primary key, v integer); "
        "insert "
        "into locks values (1, 0), (2, 0)");
    const auto first = co_await database->begin();
    const auto second = co_await database->begin();
    co_await first->execute(sql("update locks set v = 1 where id = 1"));
    co_await second->execute(sql("update locks set v = 2 where id = 2"));
    std::vector<Task<Result>> crossing;
    crossing.push_back(first->execute(sql("update locks set v = 1 where id = 2")));
    crossing.push_back(second->execute(sql("update locks set v = 2 where id = 1")));
    const std::exception_ptr error = co_await settle(std::move(crossing));
    EXPECT_EQ(database_error(error)->kind(), ErrorKind::deadlock_detected);
    EXPECT_TRUE(database_error(error)->is_transient());
  });
}

TEST_F(PostgresUnits, TransactionEndsAtItsDeadlineIdleAndBusy) {
  run([&]() -> Task<void> {
    const auto database = open();
    TransactionOptions options;
    options.timeout = 100ms;
    const auto idle = co_await database->begin(options);
    co_await sleep_for(350ms);  // nobody waits for anything of it
    co_await error_of<TransactionTimeout>(idle->execute(sql("select 1")));
    EXPECT_EQ(idle->state(), TransactionState::rolled_back);
    const auto busy = co_await database->begin(options);
    co_await error_of<TransactionTimeout>(busy->execute(sql("select pg_sleep(10)")));
  });
}

TEST_F(PostgresUnits, WaitingForASessionHasALimit) {
  run([&]() -> Task<void> {
    DatabaseOptions options;
    options.acquire_timeout = 100ms;
    options.session_connections = 1;
    const auto database = open(std::move(options));
    auto transaction = co_await database->begin();
    co_await error_of<PoolTimeout>(database->begin());
    std::vector<Task<Owned<Transaction>>> waiting;
    waiting.push_back(database->begin());
    auto release = [&]() -> Task<Owned<Transaction>> {
      co_await sleep_for(10ms);
      std::unique_ptr<Transaction> none;
      transaction.reset();
      co_return none;
    };
    waiting.push_back(release());
    const auto got = co_await when_all(std::move(waiting));
    co_await got[0]->execute(sql("select 1"));
  });
}

TEST_F(PostgresUnits, OneStatementAtATime) {
  run([&]() -> Task<void> {
    const auto database = open();
    const auto transaction = co_await database->begin();
    std::vector<Task<Result>> tasks;
    tasks.push_back(transaction->execute(sql("select pg_sleep(0.02)")));
    tasks.push_back(transaction->execute(sql("select 2")));
    const std::exception_ptr error = co_await settle(std::move(tasks));
    EXPECT_EQ(database_error(error)->kind(), ErrorKind::usage);
  });
}

TEST_F(PostgresUnits, RelaxedDurability) {
  run([&]() -> Task<void> {
    const auto database = open();
    ExecuteOptions options;
    options.relaxed_durability = true;
    const Result relaxed = co_await database->execute(sql("show synchronous_commit"), options);
    EXPECT_EQ(relaxed[0].get<std::string>(0), "off");
    const Result standard = co_await database->execute(sql("show synchronous_commit"));
    EXPECT_EQ(standard[0].get<std::string>(0), "on");
  });
}

}  // namespace
}  // namespace roost::db
