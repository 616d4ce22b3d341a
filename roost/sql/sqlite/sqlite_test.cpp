// SQLite through the public interfaces: reading, group commit, transactions, failures.
#include <roost/async/deadline.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/async/timers.hpp>
#include <roost/async/when_all.hpp>
#include <roost/base/date.hpp>
#include <roost/base/decimal.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/raw_sql.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace roost::db {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Clock = std::chrono::steady_clock;

/// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "roost-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// Runs one coroutine on a loop of its own.
template <class Body>
void run(Body&& body) {
  EventLoop loop;
  loop.block_on(body());
}

/// Both kinds of database: one in memory, one in a file.
class Sqlite : public ::testing::TestWithParam<bool> {
 protected:
  std::unique_ptr<Database> open(DatabaseOptions options = DatabaseOptions{}) {
    options.url = GetParam() ? "sqlite::memory:" : "sqlite:" + folder_.file("test.db");
    return sqlite::open(std::move(options));
  }
  Folder folder_;
};
INSTANTIATE_TEST_SUITE_P(Both, Sqlite, ::testing::Values(true, false),
                         [](const auto& instance) { return instance.param ? "memory" : "file"; });

/// The DatabaseError of class E that `task` throws.
template <class E, class T>
Task<ErrorDetails> error_of(Task<T> task) {
  ErrorDetails details;
  try {
    co_await std::move(task);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const E& error) {
    details = error.details();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "another exception: " << error.what();
  }
  co_return details;
}

/// Waits for all of them; the error of the one that failed.
Task<std::exception_ptr> settle(std::vector<Task<Result>> tasks) {
  std::exception_ptr failure;
  int failures = 0;
  std::vector<Task<void>> caught;
  for (Task<Result>& task : tasks) {
    auto guard = [](Task<Result> one, std::exception_ptr& error, int& count) -> Task<void> {
      try {
        co_await std::move(one);
      } catch (...) {
        error = std::current_exception();
        ++count;
      }
    };
    caught.push_back(guard(std::move(task), failure, failures));
  }
  co_await when_all(std::move(caught));
  EXPECT_EQ(failures, 1);
  co_return failure;
}

struct User {
  std::int64_t id{};
  std::string name;
  std::optional<int> age;
  bool operator==(const User&) const = default;
};

constexpr std::string_view schema =
    "create table users (id integer primary key, name text not null, age integer check (age >= 0));"
    "create unique index users_name on users (name);"
    "create table posts (id integer primary key, user_id integer not null references users (id),"
    "  title text)";

TEST_P(Sqlite, WritesAndReadsBack) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema);
    const Result inserted = co_await database->execute(
        sql("insert into users (name, age) values ({}, {}) returning id", "Zoë", 41));
    EXPECT_EQ(inserted.affected_rows(), 1U);
    EXPECT_EQ(inserted[0].get<std::int64_t>(0), 1);
    const std::optional<int> none;
    co_await database->execute(sql("insert into users (name, age) values ({}, {})", "Ann", none));
    const std::vector<User> users =
        co_await database->query<User>(sql("select id, name, age from users order by name"));
    std::vector<User> expected;
    expected.push_back(User{2, "Ann", std::nullopt});
    expected.push_back(User{1, "Zoë", 41});
    EXPECT_EQ(users, expected);
    const auto count = co_await database->query_one<int>(sql("select count(*) from users"));
    EXPECT_EQ(count, 2);
    const auto pair = co_await database->query_one<std::tuple<std::string, std::int64_t>>(
        sql("select name, id from users where name = {}", std::string{"Zoë"}));
    EXPECT_EQ(std::get<0>(pair), "Zoë");
    const auto nobody =
        co_await database->query_optional<User>(sql("select * from users where id = {}", 99));
    EXPECT_FALSE(nobody.has_value());
  });
}

enum class Color { red, green };
struct Everything {
  bool flag{};
  std::int16_t small{};
  std::int64_t large{};
  double floating{};
  Decimal decimal;
  std::string text;
  std::vector<std::byte> bytes;
  Date date;
  TimeOfDay time;
  Timestamp timestamp;
  Uuid uuid;
  JsonText json;
  Color color{};
  std::vector<std::int64_t> numbers;
  std::vector<std::optional<std::string>> words;
  std::optional<Timestamp> absent;
  bool operator==(const Everything&) const = default;
};

TEST_P(Sqlite, EveryTypeComesBackAsItWent) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(
        "create table everything (flag, small, large, floating, decimal text, text text, bytes "
        "blob, date text, time text, timestamp text, uuid text, json text, color text, numbers "
        "text, words text, absent text)");
    Everything row;
    row.flag = true;
    row.small = -32768;
    row.large = INT64_MIN;
    row.floating = 0.1;
    row.decimal = *Decimal::parse("-12345678901234567890.1200");
    row.text = "a'b\"c\\ \u20ac \U0001F600";
    row.bytes = Bytes{std::byte{0}, std::byte{255}, std::byte{39}};
    row.date = *Date::parse("0000-02-29");
    row.time = *TimeOfDay::parse("23:59:59.999999");
    row.timestamp = *Timestamp::parse("1969-12-31T23:59:59.999Z");
    row.uuid = Uuid::random();
    row.json = JsonText{R"({"a":[1,2,{"b":null}]})"};
    row.color = Color::green;
    row.numbers = std::vector<std::int64_t>{1, -2, INT64_MAX};
    row.words.emplace_back("x,\"y\"\n");
    row.words.emplace_back(std::nullopt);
    co_await database->execute(sql(
        "insert into everything values ({},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{})", row.flag,
        row.small, row.large, row.floating, row.decimal, row.text, row.bytes, row.date, row.time,
        row.timestamp, row.uuid, row.json, row.color, row.numbers, row.words, row.absent));
    const auto read = co_await database->query_one<Everything>(sql("select * from everything"));
    EXPECT_EQ(read, row);
    const auto stored = co_await database->query_one<std::tuple<std::string, std::string>>(
        sql("select timestamp, date from everything"));
    EXPECT_EQ(std::get<0>(stored), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(std::get<1>(stored), "0000-02-29");
  });
}

TEST_P(Sqlite, RefusesWhatItCannotStore) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await error_of<InvalidValue>(
        database->execute(sql("select {}", std::numeric_limits<double>::quiet_NaN())));
    co_await error_of<InvalidValue>(database->execute(sql("select {}", std::string("a\0b", 3))));
    const Timestamp far{Timestamp::Duration{INT64_MAX / 2000}};
    co_await error_of<InvalidValue>(database->execute(sql("select {}", far)));
    const Result empty = co_await database->execute(sql("select {}, {}", std::string{}, Bytes{}));
    EXPECT_FALSE(empty.value(0, 0).is_null());
    EXPECT_FALSE(empty.value(0, 1).is_null());
  });
}

TEST_P(Sqlite, TranslatesErrors) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema);
    co_await database->execute(sql("insert into users (name) values ('Ann')"));
    ErrorDetails error = co_await error_of<UniqueViolation>(
        database->execute(sql("insert into users (name) values ('Ann')")));
    EXPECT_EQ(error.table, "users");
    EXPECT_EQ(error.column, "name");
    EXPECT_EQ(error.constraint, "users_name");
    error = co_await error_of<UniqueViolation>(
        database->execute(sql("insert into users (id, name) values (1, 'Bob')")));
    EXPECT_EQ(error.column, "id");
    error = co_await error_of<NotNullViolation>(
        database->execute(sql("insert into users (name) values (null)")));
    EXPECT_EQ(error.table, "users");
    EXPECT_EQ(error.column, "name");
    error = co_await error_of<CheckViolation>(
        database->execute(sql("insert into users (name, age) values ('Bob', -1)")));
    EXPECT_EQ(error.constraint, "age >= 0");
    co_await error_of<ForeignKeyViolation>(
        database->execute(sql("insert into posts (user_id) values (99)")));
    error = co_await error_of<SyntaxError>(database->execute(sql("selekt 1")));
    EXPECT_EQ(error.position, 1U);
    co_await error_of<UndefinedTable>(database->execute(sql("select * from nowhere")));
    co_await error_of<UndefinedColumn>(database->execute(sql("select missing from users")));
    co_await error_of<UndefinedColumn>(database->execute(sql("select \"missing\" from users")));
    co_await error_of<UndefinedFunction>(database->execute(sql("select frobnicate(1)")));
    co_await error_of<DuplicateObject>(database->execute(sql("create table users (id)")));
    error = co_await error_of<UsageError>(database->execute(sql("begin")));
    EXPECT_THAT(error.hint, HasSubstr("begin()"));
    co_await error_of<UsageError>(database->execute(sql("pragma foreign_keys = off")));
    co_await error_of<UsageError>(database->execute(sql("select 1; select 2")));
    co_await error_of<UsageError>(database->execute(sql("attach 'x.db' as x")));
    const Statement needs_one{"select ?1"};
    co_await error_of<UsageError>(database->execute(needs_one));
    const auto still = co_await database->query_one<int>(sql("select count(*) from users"));
    EXPECT_EQ(still, 1);
  });
}

TEST_P(Sqlite, BatchIsAtomicAndFillsInKeys) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema);
    const Statement& user = database->statements().add(
        "insert into users (name) values (?1) returning id", std::array{ValueType::text});
    const Statement& post =
        database->statements().add("insert into posts (user_id, title) values (?1, ?2)",
                                   std::array{ValueType::int64, ValueType::text});
    Batch batch;
    const ValueView ann = ValueView::text("Ann");
    const std::uint32_t parent = batch.add(user, std::span{&ann, 1});
    for (int i = 0; i < 3; ++i) {
      batch.begin(post);
      batch.bind(ValueView::result_cell(ResultCell{parent, 0, 0}));
      batch.bind(ValueView::text("title"));
    }
    const std::vector<Result> results = co_await database->execute(batch);
    EXPECT_EQ(results.size(), 4U);
    const auto titles = co_await database->query_one<int>(
        sql("select count(*) from posts where user_id = {}", results[0][0].get<std::int64_t>(0)));
    EXPECT_EQ(titles, 3);

    Batch bad;
    const ValueView bob = ValueView::text("Bob");
    bad.add(user, std::span{&bob, 1});
    bad.add(user, std::span{&ann, 1});
    const ErrorDetails error = co_await error_of<UniqueViolation>(database->execute(bad));
    EXPECT_EQ(error.batch_index, 1U);
    const auto bobs =
        co_await database->query_one<int>(sql("select count(*) from users where name = 'Bob'"));
    EXPECT_EQ(bobs, 0);

    Batch outdated;
    const Statement rename{"update users set name = 'Eve' where id = 77", {}};
    outdated.add(user, std::span{&bob, 1});
    outdated.add(rename, {}, 1);
    const ErrorDetails mismatch = co_await error_of<RowCountMismatch>(database->execute(outdated));
    EXPECT_EQ(mismatch.batch_index, 1U);
    const auto users = co_await database->query_one<int>(sql("select count(*) from users"));
    EXPECT_EQ(users, 1);
  });
}

TEST_P(Sqlite, DeferredForeignKeyFailsItsUnitAlone) {
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
    const auto rows = co_await database->query_one<int>(sql("select count(*) from a"));
    EXPECT_EQ(rows, 19);
    const auto bad = co_await database->query_one<int>(sql("select count(*) from b"));
    EXPECT_EQ(bad, 0);
  });
}

TEST_P(Sqlite, TransactionCommitsAndRollsBack) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema);
    co_await database->transactional([&](Transaction& transaction) -> Task<void> {
      co_await transaction.execute(sql("insert into users (name) values ('Ann')"));
      const auto inside = co_await transaction.query_one<int>(sql("select count(*) from users"));
      EXPECT_EQ(inside, 1);
      const auto outside = co_await database->query_one<int>(sql("select count(*) from users"));
      EXPECT_EQ(outside, 0);
    });
    Task<void> failing = database->transactional([&](Transaction& transaction) -> Task<void> {
      co_await transaction.execute(sql("insert into users (name) values ('Bob')"));
      throw UnsupportedError("stop");
    });
    co_await error_of<UnsupportedError>(std::move(failing));
    {
      const auto dropped = co_await database->begin();
      co_await dropped->execute(sql("insert into users (name) values ('Eve')"));
    }
    const auto users = co_await database->query_one<int>(sql("select count(*) from users"));
    EXPECT_EQ(users, 1);
    co_await database->execute(sql("insert into users (name) values ('Eve')"));
  });
}

TEST_P(Sqlite, SavepointsAndAbortedTransactions) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema);
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
  });
}

TEST_P(Sqlite, CommitWithLastBatch) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema);
    const auto transaction = co_await database->begin();
    Batch last;
    const Statement insert{"insert into users (name) values ('Ann') returning id"};
    last.add(insert, {});
    const auto results = co_await transaction->commit(last, ExecuteOptions{});
    EXPECT_EQ(results[0].row_count(), 1U);
    const auto users = co_await database->query_one<int>(sql("select count(*) from users"));
    EXPECT_EQ(users, 1);
  });
}

TEST_P(Sqlite, TransactionEndsAtItsDeadline) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema);
    TransactionOptions options;
    options.timeout = 100ms;
    const auto transaction = co_await database->begin(options);
    co_await transaction->execute(sql("insert into users (name) values ('Ann')"));
    // A write of somebody else waits for it, then goes on.
    const Clock::time_point started = Clock::now();
    co_await database->execute(sql("insert into users (name) values ('Bob')"));
    EXPECT_GE(Clock::now() - started, 50ms);
    co_await error_of<TransactionTimeout>(
        transaction->execute(sql("insert into users (name) values ('Eve')")));
    EXPECT_EQ(transaction->state(), TransactionState::rolled_back);
    const auto names = co_await database->query<std::string>(sql("select name from users"));
    EXPECT_THAT(names, ::testing::ElementsAre("Bob"));
  });
}

TEST_P(Sqlite, WaitingForTheWriterHasALimit) {
  run([&]() -> Task<void> {
    DatabaseOptions options;
    options.acquire_timeout = 100ms;
    const auto database = open(std::move(options));
    co_await database->run_script(schema);
    const auto transaction = co_await database->begin();
    co_await error_of<PoolTimeout>(database->begin());
    const ExecuteOptions brief{60ms};
    co_await error_of<StatementTimeout>(
        database->execute(sql("insert into users (name) values ('Bob')"), brief));
    bool timed_out = false;
    try {
      co_await with_timeout(database->execute(sql("insert into users (name) values ('Bob')")),
                            60ms);
    } catch (const TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    co_await transaction->rollback();
    const auto users = co_await database->query_one<int>(sql("select count(*) from users"));
    EXPECT_EQ(users, 0);
  });
}

TEST_P(Sqlite, ReadOnlyTransactionSeesOneSnapshot) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema);
    co_await database->execute(sql("insert into users (name) values ('Ann')"));
    const auto snapshot = co_await database->begin(TransactionOptions::reading());
    const auto before = co_await snapshot->query_one<int>(sql("select count(*) from users"));
    co_await database->execute(sql("insert into users (name) values ('Bob')"));
    const auto after = co_await snapshot->query_one<int>(sql("select count(*) from users"));
    EXPECT_EQ(before, after);
    co_await error_of<ReadOnly>(snapshot->execute(sql("delete from users")));
    co_await snapshot->rollback();
    const auto now = co_await database->query_one<int>(sql("select count(*) from users"));
    EXPECT_EQ(now, 2);
  });
}

TEST_P(Sqlite, EveryReadSeesWhatWasAcknowledged) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script("create table n (v integer); insert into n values (0)");
    for (int i = 1; i <= 200; ++i) {
      // Two reads in one turn share a snapshot; the write in between must end it.
      static_cast<void>(co_await database->query_one<int>(sql("select v from n")));
      static_cast<void>(co_await database->query_one<int>(sql("select v from n")));
      co_await database->execute(sql("update n set v = {}", i));
      const auto seen = co_await database->query_one<int>(sql("select v from n"));
      const auto again = co_await database->query_one<int>(sql("select v from n"));
      EXPECT_EQ(seen, i);
      EXPECT_EQ(again, i);
    }
  });
}

TEST_P(Sqlite, StreamsManyRows) {
  run([&]() -> Task<void> {
    const auto database = open();
    const RawSql numbers =
        sql("with recursive n(i) as (select 1 union all select i + 1 from n where i < {}) "
            "select i from n",
            10'000);
    StreamOptions options{1'000};
    RowStream stream = co_await database->stream(RawSql{numbers}, options);
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
    RowStream early = co_await database->stream(RawSql{numbers}, options);
    static_cast<void>(co_await early.next());
    early.close();
    const Statement writes{"create table x (y)"};
    StreamOptions any;
    co_await error_of<DatabaseError>(database->stream(writes, {}, any));
  });
}

TEST_P(Sqlite, SlowReadMovesToAWorkerAndTimesOut) {
  run([&]() -> Task<void> {
    const auto database = open();
    const RawSql slow =
        sql("with recursive n(i) as (select 1 union all select i + 1 from n where i < {}) "
            "select count(*) from n",
            300'000);
    const RawSql endless = sql(
        "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n");
    const Result counted = co_await database->execute(RawSql{slow});
    EXPECT_EQ(counted[0].get<int>(0), 300'000);
    const ExecuteOptions brief{80ms};
    const Clock::time_point started = Clock::now();
    co_await error_of<StatementTimeout>(database->execute(RawSql{endless}, brief));
    EXPECT_LT(Clock::now() - started, 2s);
    // The loop goes on meanwhile.
    bool timed_out = false;
    try {
      co_await with_timeout(database->execute(RawSql{endless}), 80ms);
    } catch (const TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    const auto fine = co_await database->query_one<int>(sql("select 1"));
    EXPECT_EQ(fine, 1);
  });
}

TEST_P(Sqlite, SlowWriteTimesOutAndHarmsNobody) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script("create table n (i integer)");
    std::vector<Task<Result>> tasks;
    for (int i = 0; i < 10; ++i) {
      const ExecuteOptions brief{i == 4 ? 100ms : 10'000ms};
      tasks.push_back(
          i == 4 ? database->execute(
                       sql("insert into n with recursive m(i) as (select 1 union all select i + 1 "
                           "from m) select i from m"),
                       brief)
                 : database->execute(sql("insert into n values ({})", i), brief));
    }
    const std::exception_ptr error = co_await settle(std::move(tasks));
    const DatabaseError* timeout = database_error(error);
    EXPECT_TRUE(timeout != nullptr && timeout->kind() == ErrorKind::statement_timeout);
    const auto rows = co_await database->query_one<int>(sql("select count(*) from n"));
    EXPECT_EQ(rows, 9);
  });
}

TEST_P(Sqlite, ConnectionHasSettingsOfItsOwn) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema);
    {
      const auto connection = co_await database->connect();
      co_await connection->execute(sql("pragma foreign_keys = off"));
      co_await connection->execute(sql("insert into posts (user_id) values (99)"));
      co_await connection->execute(sql("vacuum"));
      const auto transaction = co_await connection->begin(TransactionOptions{});
      co_await transaction->execute(sql("delete from posts"));
      co_await transaction->commit();
    }
    co_await error_of<ForeignKeyViolation>(
        database->execute(sql("insert into posts (user_id) values (99)")));
    const ErrorDetails error = co_await error_of<DatabaseError>(database->execute(sql("vacuum")));
    EXPECT_FALSE(error.hint.empty());
  });
}

TEST_P(Sqlite, ScriptsAreSplitAndAtomic) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(
        "-- a comment; with a semicolon\n"
        "create table t (v text); /* ; */\n"
        "create trigger tr after insert on t begin update t set v = ';'; select 1; end;\n"
        "insert into t values ('a;b'), (']'); ;;");
    const auto values = co_await database->query<std::string>(sql("select v from t"));
    EXPECT_THAT(values, ::testing::ElementsAre(";", ";"));
    co_await error_of<UndefinedTable>(
        database->run_script("delete from t; insert into nowhere values (1)"));
    const auto left = co_await database->query_one<int>(sql("select count(*) from t"));
    EXPECT_EQ(left, 2);
    co_await error_of<UsageError>(database->run_script("begin; delete from t; commit"));
    ScriptOptions loose;
    loose.transactional = false;
    co_await error_of<UndefinedTable>(
        database->run_script("delete from t; vacuum; insert into nowhere values (1)", loose));
    const auto none = co_await database->query_one<int>(sql("select count(*) from t"));
    EXPECT_EQ(none, 0);
  });
}

TEST_P(Sqlite, ReadAllRefusesWrites) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema);
    Batch reads;
    const Statement one{"select 1"};
    const Statement two{"select 2", {}, StatementKind::read};
    reads.add(one, {});
    reads.add(two, {});
    const auto results = co_await database->read_all(reads, ExecuteOptions{});
    EXPECT_EQ(results[1][0].get<int>(0), 2);
    Batch writes;
    const Statement insert{"insert into users (name) values ('x')"};
    writes.add(insert, {});
    co_await error_of<UsageError>(database->read_all(writes, ExecuteOptions{}));
    const Statement lie{"delete from users", {}, StatementKind::read};
    co_await error_of<UsageError>(database->execute(lie));
  });
}

class Collected final : public StatementLog {
 public:
  void record(const StatementEvent& event) noexcept override {
    lines.push_back(to_readable(event));
    slow += event.slow ? 1 : 0;
  }
  std::vector<std::string> lines;
  int slow = 0;
};

TEST_P(Sqlite, LogsStatementsAndHidesSecrets) {
  run([&]() -> Task<void> {
    const auto log = std::make_shared<Collected>();
    DatabaseOptions options;
    options.log = StatementLogSettings{log, 0ms};
    const auto database = open(std::move(options));
    co_await database->run_script(schema);
    co_await database->execute(sql("insert into users (name) values ({})", secret("hunter2")));
    static_cast<void>(co_await database->execute(sql("select {}, {}", 42, "it's")));
    co_await error_of<SyntaxError>(database->execute(sql("oops")));
    EXPECT_EQ(log->lines.size(), 4U);
    const std::string all = ::testing::PrintToString(log->lines);
    EXPECT_THAT(all, HasSubstr("<redacted>"));
    EXPECT_THAT(all, ::testing::Not(HasSubstr("hunter2")));
    EXPECT_THAT(log->lines[log->lines.size() - 2], HasSubstr("[42, 'it''s']"));
    EXPECT_THAT(log->lines.back(), HasSubstr("syntax error"));
    EXPECT_GT(log->slow, 0);
  });
}

TEST_P(Sqlite, CloseFinishesWhatIsQueued) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script("create table t (v)");
    co_await database->ping();
    co_await database->close();
    co_await error_of<UsageError>(database->execute(sql("select 1")));
    co_await error_of<UsageError>(database->execute(sql("insert into t values (1)")));
    co_await error_of<UsageError>(database->begin());
  });
}

}  // namespace
}  // namespace roost::db
