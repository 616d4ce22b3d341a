// Transactions, streams and deadlines on both databases: each driver's tests run all of this.
#include <roost/async/deadline.hpp>
#include <roost/async/timers.hpp>
#include <roost/sql/conformance/driver_fixture.hpp>

namespace roost::db::conformance {
namespace {

TEST_P(DriverConformance, DeferredForeignKeyFailsItsUnitAlone) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(
        "create table a (id integer primary key);"
        "create table b (a integer references a deferrable initially deferred)");
    std::vector<Task<Result>> tasks;
    for (int i = 0; i < 20; ++i) {
      tasks.push_back(i == 7 ? database->execute(sql("insert into b values (99)"))
                             : database->execute(sql("insert into a values ({})", i)));
    }
    const std::exception_ptr error = co_await settle(std::move(tasks));
    EXPECT_NE(database_error(error), nullptr);
    EXPECT_EQ(database_error(error)->kind(), ErrorKind::foreign_key_violation);
    const int rows = co_await count_of(*database, sql("select count(*) from a"));
    EXPECT_EQ(rows, 19);
    const int bad = co_await count_of(*database, sql("select count(*) from b"));
    EXPECT_EQ(bad, 0);
  });
}

struct InsertsAnn {
  Database& database;
  Task<void> operator()(Transaction& transaction) const {
    co_await transaction.execute(sql("insert into users (name) values ('Ann')"));
    const int inside = co_await count_of(transaction, sql("select count(*) from users"));
    EXPECT_EQ(inside, 1);
    const int outside = co_await count_of(database, sql("select count(*) from users"));
    EXPECT_EQ(outside, 0);
  }
};
struct FailsAfterBob {
  Task<void> operator()(Transaction& transaction) const {
    co_await transaction.execute(sql("insert into users (name) values ('Bob')"));
    throw UnsupportedError("stop");
  }
};

TEST_P(DriverConformance, TransactionCommitsAndRollsBack) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema());
    const InsertsAnn inserts{*database};
    co_await database->transactional(inserts);
    const FailsAfterBob fails;
    Task<void> failing = database->transactional(fails);
    co_await error_of<UnsupportedError>(std::move(failing));
    {
      const auto dropped = co_await database->begin();
      co_await dropped->execute(sql("insert into users (name) values ('Eve')"));
    }
    const int users = co_await count_of(*database, sql("select count(*) from users"));
    EXPECT_EQ(users, 1);
    co_await database->execute(sql("insert into users (name) values ('Eve')"));
  });
}

TEST_P(DriverConformance, SavepointsAndAbortedTransactions) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema());
    const auto transaction = co_await database->begin();
    co_await transaction->execute(sql("insert into users (name) values ('Ann')"));
    const Savepoint savepoint = co_await transaction->savepoint();
    co_await transaction->execute(sql("insert into users (name) values ('Bob')"));
    co_await error_of<UniqueViolation>(
        transaction->execute(sql("insert into users (name) values ('Ann')")));
    EXPECT_EQ(transaction->state(), TransactionState::aborted);
    co_await error_of<TransactionAborted>(transaction->execute(sql("select 1")));
    co_await transaction->rollback_to(savepoint);
    EXPECT_EQ(transaction->state(), TransactionState::active);
    co_await transaction->release(savepoint);
    co_await transaction->commit();
    EXPECT_EQ(transaction->state(), TransactionState::committed);
    co_await error_of<UsageError>(transaction->execute(sql("select 1")));
    const auto names = co_await database->query<std::string>(sql("select name from users"));
    EXPECT_EQ(names.size(), 1U);

    const auto second = co_await database->begin();
    co_await error_of<UndefinedTable>(second->execute(sql("delete from nowhere")));
    co_await error_of<TransactionAborted>(second->commit());
    EXPECT_EQ(second->state(), TransactionState::rolled_back);

    // Refused before it was sent: the transaction goes on.
    const auto third = co_await database->begin();
    co_await error_of<UsageError>(third->execute(sql("commit")));
    co_await third->execute(sql("insert into users (name) values ('Bob')"));
    co_await third->commit();
  });
}

TEST_P(DriverConformance, CommitWithLastBatch) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema());
    const auto transaction = co_await database->begin();
    Batch last;
    const Statement insert{"insert into users (name) values ('Ann') returning id"};
    last.add(insert, {});
    const auto results = co_await transaction->commit(last, ExecuteOptions{});
    EXPECT_EQ(results[0].row_count(), 1U);
    const int users = co_await count_of(*database, sql("select count(*) from users"));
    EXPECT_EQ(users, 1);
    const auto bad = co_await database->begin();
    co_await error_of<UniqueViolation>(bad->commit(last, ExecuteOptions{}));
    EXPECT_EQ(bad->state(), TransactionState::rolled_back);
    const auto nothing = co_await database->begin();
    co_await nothing->commit();
    EXPECT_EQ(nothing->state(), TransactionState::committed);
  });
}

TEST_P(DriverConformance, TransactionEndsAtItsDeadline) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema());
    TransactionOptions options;
    options.timeout = 100ms;
    const auto transaction = co_await database->begin(options);
    co_await transaction->execute(sql("insert into users (name) values ('Ann')"));
    // Whoever wants the same row waits for it, then goes on.
    co_await database->execute(sql("insert into users (name) values ('Ann')"));
    co_await error_of<TransactionTimeout>(
        transaction->execute(sql("insert into users (name) values ('Eve')")));
    EXPECT_EQ(transaction->state(), TransactionState::rolled_back);
    const auto names = co_await database->query<std::string>(sql("select name from users"));
    EXPECT_THAT(names, ElementsAre("Ann"));
  });
}

TEST_P(DriverConformance, ReadOnlyTransactionSeesOneSnapshot) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema());
    co_await database->execute(sql("insert into users (name) values ('Ann')"));
    TransactionOptions options = TransactionOptions::reading();
    options.isolation = Isolation::repeatable_read;
    const auto snapshot = co_await database->begin(options);
    const int before = co_await count_of(*snapshot, sql("select count(*) from users"));
    co_await database->execute(sql("insert into users (name) values ('Bob')"));
    const int after = co_await count_of(*snapshot, sql("select count(*) from users"));
    EXPECT_EQ(before, after);
    co_await error_of<ReadOnly>(snapshot->execute(sql("delete from users")));
    co_await snapshot->rollback();
    const int now = co_await count_of(*database, sql("select count(*) from users"));
    EXPECT_EQ(now, 2);
  });
}

TEST_P(DriverConformance, EveryReadSeesWhatWasAcknowledged) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script("create table n (v integer); insert into n values (0)");
    for (int i = 1; i <= 100; ++i) {
      // Two reads in one turn share a snapshot; the write in between must end it.
      static_cast<void>(co_await count_of(*database, sql("select v from n")));
      static_cast<void>(co_await count_of(*database, sql("select v from n")));
      co_await database->execute(sql("update n set v = {}", i));
      const int seen = co_await count_of(*database, sql("select v from n"));
      const int again = co_await count_of(*database, sql("select v from n"));
      EXPECT_EQ(seen, i);
      EXPECT_EQ(again, i);
    }
  });
}

TEST_P(DriverConformance, StreamsManyRows) {
  run([&]() -> Task<void> {
    const auto database = open();
    StreamOptions options{1'000};
    RowStream stream = co_await database->stream(numbers(10'000), options);
    std::int64_t sum = 0;
    std::size_t chunks = 0;
    for (;;) {
      const Result chunk = co_await stream.next();
      if (chunk.empty()) break;
      EXPECT_LE(chunk.row_count(), 1'000U);
      ++chunks;
      for (const Row row : chunk) sum += row.get<std::int64_t>(0);
    }
    EXPECT_EQ(sum, 50'005'000);
    EXPECT_EQ(chunks, 10U);
    const Result nothing = co_await stream.next();
    EXPECT_TRUE(nothing.empty());
    for (int i = 0; i < 15; ++i) {  // more than there are connections
      RowStream early = co_await database->stream(numbers(100'000), options);
      static_cast<void>(co_await early.next());
      early.close();
    }
    const Statement writes{"create table x (y int)"};
    StreamOptions any;
    co_await error_of<DatabaseError>(database->stream(writes, {}, any));
    const auto transaction = co_await database->begin();
    RowStream inside = co_await transaction->stream(numbers(20), StreamOptions{15});
    const Result first = co_await inside.next();
    static_cast<void>(co_await transaction->execute(sql("select 1")));
    const Result second = co_await inside.next();
    EXPECT_EQ(first.row_count() + second.row_count(), 20U);
    co_await transaction->commit();
  });
}

TEST_P(DriverConformance, TimesOutAndCancels) {
  run([&]() -> Task<void> {
    const auto database = open();
    const ExecuteOptions brief{80ms};
    co_await error_of<StatementTimeout>(database->execute(endless(), brief));
    // The loop goes on meanwhile.
    bool timed_out = false;
    try {
      co_await with_timeout(database->execute(endless()), 80ms);
    } catch (const TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    // The one behind it does not wait for the end of the other, nor is it cancelled in its place.
    const ExecuteOptions patient{20s};
    const Result fine = co_await database->execute(sql("select 1"), patient);
    EXPECT_EQ(fine.row_count(), 1U);
  });
}

TEST_P(DriverConformance, SlowWriteTimesOutAndHarmsNobody) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script("create table n (i integer)");
    std::vector<Task<Result>> tasks;
    for (int i = 0; i < 10; ++i) {
      const ExecuteOptions limits{i == 4 ? 100ms : 60'000ms};
      if (i != 4) {
        tasks.push_back(database->execute(sql("insert into n values ({})", i), limits));
      } else if (postgresql()) {
        tasks.push_back(
            database->execute(sql("insert into n select 100 from pg_sleep(30)"), limits));
      } else {
        tasks.push_back(
            database->execute(sql("insert into n with recursive m(i) as (select 1 union all select "
                                  "i + 1 from m) select i from m"),
                              limits));
      }
    }
    const std::exception_ptr error = co_await settle(std::move(tasks));
    const DatabaseError* timeout = database_error(error);
    EXPECT_TRUE(timeout != nullptr && timeout->kind() == ErrorKind::statement_timeout);
    const int rows = co_await count_of(*database, sql("select count(*) from n"));
    EXPECT_EQ(rows, 9);
  });
}

TEST_P(DriverConformance, ConnectionIsOutsideOfTransactions) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema());
    {
      const auto connection = co_await database->connect();
      co_await connection->execute(sql("vacuum"));
      const auto transaction = co_await connection->begin(TransactionOptions{});
      co_await transaction->execute(sql("insert into users (name) values ('Ann')"));
      co_await transaction->commit();
      const auto undone = co_await connection->begin(TransactionOptions{});
      co_await undone->execute(sql("delete from users"));
      co_await undone->rollback();
    }
    const int users = co_await count_of(*database, sql("select count(*) from users"));
    EXPECT_EQ(users, 1);
    const auto transaction = co_await database->begin();
    const ErrorDetails error =
        co_await error_of<DatabaseError>(transaction->execute(sql("vacuum")));
    EXPECT_FALSE(error.hint.empty());
  });
}

}  // namespace
}  // namespace roost::db::conformance
