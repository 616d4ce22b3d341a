// SQLite through the public interfaces: reading, group commit, transactions, failures.
#include <roost/async/deadline.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/async/timers.hpp>
#include <roost/async/when_all.hpp>
#include <roost/base/date.hpp>
#include <roost/base/decimal.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/sql/conformance/driver_fixture.hpp>
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
using conformance::error_of;
using conformance::run;
using ::testing::HasSubstr;

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

constexpr std::string_view schema =
    "create table users (id integer primary key, name text not null, age integer check (age >= 0));"
    "create unique index users_name on users (name);"
    "create table posts (id integer primary key, user_id integer not null references users (id),"
    "  title text)";

TEST_P(Sqlite, StoresWhatPeopleCanRead) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script("create table moments (timestamp text, date text)");
    const Timestamp timestamp = Timestamp::parse("1969-12-31T23:59:59.999Z").value();
    const Date date = Date::parse("0000-02-29").value();
    co_await database->execute(sql("insert into moments values ({}, {})", timestamp, date));
    const auto stored = co_await database->query_one<std::tuple<std::string, std::string>>(
        sql("select timestamp, date from moments"));
    EXPECT_EQ(std::get<0>(stored), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(std::get<1>(stored), "0000-02-29");
    const auto read = co_await database->query_one<std::tuple<Timestamp, Date>>(
        sql("select timestamp, date from moments"));
    EXPECT_EQ(std::get<0>(read), timestamp);
    EXPECT_EQ(std::get<1>(read), date);
  });
}

TEST_P(Sqlite, RefusesWhatItCannotStore) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await error_of<InvalidValue>(
        database->execute(sql("select {}", std::numeric_limits<double>::quiet_NaN())));
    co_await error_of<UnstorableText>(database->execute(sql("select {}", std::string("a\0b", 3))));
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
    const ErrorDetails error = co_await error_of<CheckViolation>(
        database->execute(sql("insert into users (name, age) values ('Bob', -1)")));
    EXPECT_EQ(error.constraint, "age >= 0");  // a check without a name is its own
    co_await error_of<UsageError>(database->execute(sql("pragma foreign_keys = off")));
    co_await error_of<UsageError>(database->execute(sql("attach 'x.db' as x")));
    const Statement lie{"delete from users", {}, StatementKind::read};
    co_await error_of<UsageError>(database->execute(lie));
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

TEST_P(Sqlite, SlowReadMovesToAWorker) {
  run([&]() -> Task<void> {
    const auto database = open();
    const RawSql slow =
        sql("with recursive n(i) as (select 1 union all select i + 1 from n where i < {}) "
            "select count(*) from n",
            300'000);
    // A task of the same loop gets its turns meanwhile.
    bool over = false;
    int turns = 0;
    auto counting = [&]() -> Task<Result> {
      Result counted = co_await database->execute(RawSql{slow});
      over = true;
      co_return counted;
    };
    auto other = [&]() -> Task<Result> {
      while (!over) {
        ++turns;
        co_await sleep_for(1ms);
      }
      Result nothing;
      co_return nothing;
    };
    std::vector<Task<Result>> both;
    both.push_back(counting());
    both.push_back(other());
    const std::vector<Result> results = co_await when_all(std::move(both));
    EXPECT_EQ(results[0][0].get<int>(0), 300'000);
    EXPECT_GT(turns, 1);
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

}  // namespace
}  // namespace roost::db
