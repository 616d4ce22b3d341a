// PostgreSQL's own values and errors; what holds for every driver is in sql/conformance.
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
#include <roost/sql/postgres/postgres.hpp>
#include <roost/sql/postgres/postgres_fixture_impl.hpp>
#include <roost/sql/postgres/testing/private_postgres.hpp>
#include <roost/sql/raw_sql.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace roost::db {
namespace {

using namespace std::chrono_literals;
using conformance::error_of;
using conformance::run;
using postgres::PrivatePostgres;
using ::testing::HasSubstr;

class Postgres : public postgres::PostgresSuite {};

enum class Color { red, green };
struct OwnTypes {
  std::int32_t medium{};
  float narrow{};
  Timestamp timestamp;
  Uuid uuid;
  Color color{};
  std::vector<std::optional<std::string>> words;
  std::vector<Uuid> uuids;
  bool operator==(const OwnTypes&) const = default;
};

OwnTypes sample() {
  OwnTypes row;
  row.medium = -2147483647 - 1;
  row.narrow = 1.1F;
  row.timestamp = *Timestamp::parse("1969-12-31T23:59:59.999Z");
  row.uuid = Uuid::random();
  row.color = Color::green;
  row.words.emplace_back("x,\"y\"\n{}\\ NULL");
  row.words.emplace_back(std::nullopt);
  row.words.emplace_back("NULL");
  row.words.emplace_back("");
  row.uuids = std::vector<Uuid>{row.uuid, Uuid::random()};
  return row;
}

/// With an enumeration as text, so that every column has a binary form, and as a type of its own.
/// What both databases have is in sql/conformance.
class PostgresTypes : public Postgres, public ::testing::WithParamInterface<bool> {};
INSTANTIATE_TEST_SUITE_P(Both, PostgresTypes, ::testing::Values(true, false),
                         [](const auto& one) { return one.param ? "enum" : "text"; });

TEST_P(PostgresTypes, OwnTypesComeBackAsTheyWent) {
  run([&]() -> Task<void> {
    const auto database = open();
    std::string script =
        "drop table if exists own; drop type if exists color;"
        "create type color as enum ('red', 'green');"
        "create table own (medium integer, narrow real, timestamp timestamptz, uuid uuid, color ";
    script += GetParam() ? "color" : "text";
    script += ", words text[], uuids uuid[])";
    co_await database->run_script(script);
    const OwnTypes row = sample();
    co_await database->execute(sql("insert into own values ({},{},{},{},{},{},{})", row.medium,
                                   row.narrow, row.timestamp, row.uuid, row.color, row.words,
                                   row.uuids));
    for (int i = 0; i < 3; ++i) {  // first in text, then in binary
      const auto read = co_await database->query_one<OwnTypes>(sql("select * from own"));
      EXPECT_EQ(read, row) << i;
    }
    std::vector<std::int64_t> some_numbers{1, INT32_MIN};
    std::vector<std::string> some_texts{"NULL", "z"};
    const auto found = co_await database->query_one<int>(
        sql("select count(*) from own where color = {} and uuid = {} and medium = any({}) and "
            "words[3] = any({})",
            row.color, row.uuid, some_numbers, some_texts));
    EXPECT_EQ(found, 1);
    // The server agrees about what they are.
    const auto stored = co_await database->query_one<std::tuple<std::string, std::string>>(
        sql("select timestamp::text, {}::date::text || ' ' || {}::time::text from own",
            *Date::parse("1600-02-29"), *TimeOfDay::parse("23:59:59.999999")));
    EXPECT_EQ(std::get<0>(stored), "1969-12-31 23:59:59.999+00");
    EXPECT_EQ(std::get<1>(stored), "1600-02-29 23:59:59.999999");
  });
}

constexpr std::array<std::string_view, 9> expected_numbers{"0",
                                                           "10000",
                                                           "0.0001",
                                                           "NaN",
                                                           "-Infinity",
                                                           "100000000.500",
                                                           "-0.00000001",
                                                           "0.00000000000000000001",
                                                           "123456789012345678901234567890"};

TEST_F(Postgres, EdgesOfTypes) {
  run([&]() -> Task<void> {
    const auto database = open();
    for (int i = 0; i < 2; ++i) {  // in text, then in binary
      const Result numbers = co_await database->execute(
          sql("select 0::numeric, 10000::numeric, 0.0001::numeric, 'NaN'::numeric, "
              "'-Infinity'::numeric, 100000000.5::numeric(20,3), -0.00000001::numeric, "
              "1e-20::numeric, 123456789012345678901234567890::numeric"));
      for (std::size_t column = 0; column < expected_numbers.size(); ++column) {
        EXPECT_EQ(numbers.value(0, column).characters(), expected_numbers[column]) << i;
        EXPECT_EQ(numbers.value(0, column).type(), ValueType::decimal);
      }
      const Result others = co_await database->execute(sql(
          "select 'infinity'::float8, 'NaN'::float4, '{{}}'::int[], '{{{{1,2}},{{3,4}}}}'::int[], "
          "null::int, ''::bytea, ''::text, 'x'::char(3), 4294967295::oid, "
          "interval '1 day', '{{t,f,NULL}}'::bool[], '0044-03-15 BC'::date, 'name'::name"));
      EXPECT_TRUE(std::isinf(others.value(0, 0).floating()));
      EXPECT_TRUE(std::isnan(others.value(0, 1).floating()));
      EXPECT_EQ(others.value(0, 2).elements().size(), 0U);
      EXPECT_EQ(others.value(0, 3).elements().size(), 2U);
      EXPECT_EQ(others.value(0, 3).elements()[1].elements()[0].integer(), 3);
      EXPECT_TRUE(others.value(0, 4).is_null());
      EXPECT_FALSE(others.value(0, 5).is_null());
      EXPECT_EQ(others.value(0, 5).type(), ValueType::bytes);
      EXPECT_FALSE(others.value(0, 6).is_null());
      EXPECT_EQ(others.value(0, 7).characters(), "x  ");
      EXPECT_EQ(others.value(0, 8).integer(), 4294967295);
      EXPECT_EQ(others.value(0, 9).characters(), "1 day");
      EXPECT_TRUE(others.value(0, 10).elements()[2].is_null());
      EXPECT_EQ(others.value(0, 12).characters(), "name");
    }
  });
}

constexpr std::array<ValueType, 1> one_int16{ValueType::int16};

TEST_F(Postgres, RefusesWhatItCannotSend) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await error_of<UnstorableText>(database->execute(sql("select {}::text", "\xff")));
    const std::vector<std::string> texts(1, std::string("a\0b", 3));
    co_await error_of<UnstorableText>(database->execute(sql("select {}::text[]", texts)));
    const Statement small{"select $1", one_int16};
    const ValueView large = ValueView::int64(70'000);
    co_await error_of<InvalidValue>(database->execute(small, std::span{&large, 1}));
    // It was prepared before its value was found wrong: with another one it runs.
    const ValueView fits = ValueView::int64(7);
    const Result seven = co_await database->execute(small, std::span{&fits, 1});
    EXPECT_EQ(seven.value(0, 0).integer(), 7);
    EXPECT_EQ(database->statistics().reconnects, 0U);
    const Timestamp far{Timestamp::Duration{INT64_MIN / 1000}};
    co_await error_of<InvalidValue>(database->execute(sql("select {}", far)));
    const Statement needs_one{"select $1::int"};
    co_await error_of<UsageError>(database->execute(needs_one));
    co_await error_of<UsageError>(database->execute(small, {}));
    co_await error_of<InvalidValue>(database->execute(sql("select {}::text::int", "x")));
    const Result nan = co_await database->execute(
        sql("select {}, {}", std::numeric_limits<double>::quiet_NaN(), Bytes{}));
    EXPECT_TRUE(std::isnan(nan.value(0, 0).floating()));
    EXPECT_FALSE(nan.value(0, 1).is_null());
  });
}

/// Beyond what every driver says.
TEST_F(Postgres, TranslatesErrors) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema);
    co_await database->execute(sql("insert into users (name) values ('Ann')"));
    ErrorDetails error = co_await error_of<UniqueViolation>(
        database->execute(sql("insert into users (name) values ('Ann')")));
    EXPECT_EQ(error.code, "23505");
    EXPECT_THAT(error.detail, HasSubstr("Ann"));
    error = co_await error_of<ForeignKeyViolation>(
        database->execute(sql("insert into posts (user_id) values (99)")));
    EXPECT_EQ(error.constraint, "posts_user");
    EXPECT_EQ(error.column, "user_id");
    error = co_await error_of<SyntaxError>(database->execute(sql("select * form users")));
    EXPECT_EQ(error.position, 10U);
    co_await error_of<InvalidValue>(database->execute(sql("select 1 / 0")));
    error = co_await error_of<UsageError>(database->execute(sql("set work_mem = '1MB'")));
    EXPECT_THAT(error.hint, HasSubstr("connect()"));
    co_await error_of<UnsupportedError>(database->execute(sql("copy users to stdout")));
    const Statement lie{"delete from users", {}, StatementKind::read};
    co_await error_of<ReadOnly>(database->execute(lie));
    const auto still = co_await database->query_one<int>(sql("select count(*) from users"));
    EXPECT_EQ(still, 1);
  });
}

struct StateCase {
  std::string_view code;
  ErrorKind kind;
};

/// As the server tells them; some cannot be made to happen here.
constexpr std::array states{StateCase{"53100", ErrorKind::disk_full},
                            StateCase{"58030", ErrorKind::storage_failure},
                            StateCase{"XX001", ErrorKind::corrupt},
                            StateCase{"53200", ErrorKind::out_of_memory},
                            StateCase{"40001", ErrorKind::serialization_failure},
                            StateCase{"40P01", ErrorKind::deadlock_detected},
                            StateCase{"55P03", ErrorKind::lock_timeout},
                            StateCase{"23P01", ErrorKind::exclusion_violation},
                            StateCase{"25006", ErrorKind::read_only},
                            StateCase{"42501", ErrorKind::insufficient_privilege},
                            StateCase{"22012", ErrorKind::invalid_value},
                            StateCase{"P0001", ErrorKind::other}};

TEST_F(Postgres, EveryStateHasItsClass) {
  run([&]() -> Task<void> {
    const auto database = open();
    for (const StateCase& state : states) {
      const std::string text = "do $$ begin raise exception 'full' using errcode = '" +
                               std::string{state.code} + "'; end $$";
      std::exception_ptr failure;
      try {
        co_await database->execute(trusted_sql(text));
      } catch (...) {
        failure = std::current_exception();
      }
      const DatabaseError* error = database_error(failure);
      EXPECT_TRUE(error != nullptr && error->kind() == state.kind) << state.code;
      EXPECT_TRUE(error != nullptr && error->details().code == state.code) << state.code;
    }
    const auto healthy = co_await database->query_one<int>(sql("select 1"));
    EXPECT_EQ(healthy, 1);
  });
}

TEST_F(Postgres, WaitingForALockHasALimit) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema);
    co_await database->execute(sql("insert into users (name) values ('Ann')"));
    const auto first = co_await database->begin();
    co_await first->execute(sql("update users set age = 1"));
    const auto second = co_await database->begin();
    co_await second->execute(sql("set local lock_timeout = 20"));
    const ErrorDetails error =
        co_await error_of<LockTimeout>(second->execute(sql("update users set age = 2")));
    EXPECT_EQ(error.outcome, Outcome::not_executed);
    co_await second->rollback();
    co_await first->commit();
    const auto age = co_await database->query_one<int>(sql("select age from users"));
    EXPECT_EQ(age, 1);
  });
}

/// A transaction that is asked for without retries says why it failed.
TEST_F(Postgres, SerializationFailuresAreTold) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema);
    co_await database->execute(sql("insert into users (name, age) values ('Ann', 0)"));
    const TransactionOptions options{Isolation::repeatable_read};
    const auto transaction = co_await database->begin(options);
    static_cast<void>(co_await transaction->query_one<int>(sql("select age from users")));
    co_await database->execute(sql("update users set age = 1"));
    std::exception_ptr failure;
    try {
      co_await transaction->execute(sql("update users set age = age + 1"));
    } catch (...) {
      failure = std::current_exception();
    }
    const DatabaseError* error = database_error(failure);
    EXPECT_TRUE(error != nullptr && error->kind() == ErrorKind::serialization_failure);
    EXPECT_TRUE(error != nullptr && error->is_transient());
    co_await error_of<TransactionAborted>(transaction->execute(sql("select 1")));
  });
}

}  // namespace
}  // namespace roost::db
