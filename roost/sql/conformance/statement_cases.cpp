// Statements, batches, scripts and the log on both databases: each driver's tests run all of this.
#include <roost/base/date.hpp>
#include <roost/base/decimal.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/sql/conformance/driver_fixture.hpp>

#include <tuple>

namespace roost::db::conformance {
namespace {

TEST_P(DriverConformance, WritesAndReadsBack) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema());
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
    const int count = co_await count_of(*database, sql("select count(*) from users"));
    EXPECT_EQ(count, 2);
    const auto pair = co_await database->query_one<std::tuple<std::string, std::int64_t>>(
        sql("select name, id from users where name = {}", std::string{"Zoë"}));
    EXPECT_EQ(std::get<0>(pair), "Zoë");
    const auto nobody =
        co_await database->query_optional<User>(sql("select * from users where id = {}", 99));
    EXPECT_FALSE(nobody.has_value());
    const Result changed = co_await database->execute(sql("update users set age = 1"));
    EXPECT_EQ(changed.affected_rows(), 2U);
    EXPECT_EQ(changed.row_count(), 0U);
  });
}

TEST_P(DriverConformance, TruthValuesAreScalarsLikeAllOthers) {
  run([&]() -> Task<void> {
    const auto database = open();
    const auto all = co_await database->query<bool>(
        sql("select {} union all select {} union all select {}", true, false, true));
    EXPECT_THAT(all, ElementsAre(true, false, true));
    const bool one = co_await database->query_one<bool>(sql("select {}", true));
    EXPECT_TRUE(one);
    const auto some = co_await database->query_optional<bool>(sql("select {}", false));
    EXPECT_EQ(some, std::optional{false});
    const auto none = co_await database->query_optional<bool>(sql("select {} where 1 = 2", true));
    EXPECT_EQ(none, std::nullopt);
    const auto absent =
        co_await database->query<std::optional<bool>>(sql("select {} union all select null", true));
    EXPECT_THAT(absent, ElementsAre(std::optional{true}, std::nullopt));
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

Everything everything() {
  Everything row;
  row.flag = true;
  row.small = -32768;
  row.large = INT64_MIN;
  row.floating = 0.1;
  row.decimal = Decimal::parse("-12345678901234567890.1200").value();
  row.text = "a'b\"c\\ \u20ac \U0001F600";
  row.bytes = Bytes{std::byte{0}, std::byte{255}, std::byte{39}};
  row.date = Date::parse("1600-02-29").value();
  row.time = TimeOfDay::parse("23:59:59.999999").value();
  row.timestamp = Timestamp::parse("1969-12-31T23:59:59.999Z").value();
  row.uuid = Uuid::random();
  row.json = JsonText{R"({"a": [1, 2, {"b": null}]})"};
  row.color = Color::green;
  row.numbers = std::vector<std::int64_t>{1, -2, INT64_MAX};
  row.words.emplace_back("x,\"y\"\n");
  row.words.emplace_back(std::nullopt);
  return row;
}

TEST_P(DriverConformance, EveryTypeComesBackAsItWent) {
  run([&]() -> Task<void> {
    const auto database = open();
    const std::string types =
        postgresql() ? "flag boolean, small smallint, large bigint, floating double precision, "
                       "decimal numeric, text text, bytes bytea, date date, time time, timestamp "
                       "timestamptz, uuid uuid, json jsonb, color text, numbers bigint[], words "
                       "text[], absent timestamptz"
                     : "flag, small, large, floating, decimal text, text text, bytes blob, date "
                       "text, time text, timestamp text, uuid text, json text, color text, numbers "
                       "text, words text, absent text";
    co_await database->run_script("create table everything (" + types + ")");
    const Everything row = everything();
    co_await database->execute(sql(
        "insert into everything values ({},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{})", row.flag,
        row.small, row.large, row.floating, row.decimal, row.text, row.bytes, row.date, row.time,
        row.timestamp, row.uuid, row.json, row.color, row.numbers, row.words, row.absent));
    for (int i = 0; i < 3; ++i) {  // PostgreSQL first in text, then in binary
      const auto read = co_await database->query_one<Everything>(sql("select * from everything"));
      EXPECT_EQ(read, row) << i;
    }
  });
}

TEST_P(DriverConformance, TranslatesErrors) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema());
    co_await database->execute(sql("insert into users (name) values ('Ann')"));
    ErrorDetails error = co_await error_of<UniqueViolation>(
        database->execute(sql("insert into users (name) values ('Ann')")));
    EXPECT_EQ(error.table, "users");
    EXPECT_EQ(error.column, "name");
    EXPECT_EQ(error.constraint, "users_name");
    EXPECT_THAT(error.statement, HasSubstr("insert"));
    error = co_await error_of<UniqueViolation>(
        database->execute(sql("insert into users (id, name) values (1, 'Bob')")));
    EXPECT_EQ(error.column, "id");
    error = co_await error_of<NotNullViolation>(
        database->execute(sql("insert into users (name) values (null)")));
    EXPECT_EQ(error.table, "users");
    EXPECT_EQ(error.column, "name");
    error = co_await error_of<CheckViolation>(
        database->execute(sql("insert into users (name, age) values ('Bob', -1)")));
    EXPECT_EQ(error.constraint, "users_age");
    co_await error_of<ForeignKeyViolation>(
        database->execute(sql("insert into posts (user_id) values (99)")));
    error = co_await error_of<SyntaxError>(database->execute(sql("selekt 1")));
    EXPECT_EQ(error.position, 1U);
    co_await error_of<UndefinedTable>(database->execute(sql("select * from nowhere")));
    co_await error_of<UndefinedColumn>(database->execute(sql("select missing from users")));
    co_await error_of<UndefinedColumn>(database->execute(sql("select \"missing\" from users")));
    co_await error_of<UndefinedFunction>(database->execute(sql("select frobnicate(1)")));
    co_await error_of<DuplicateObject>(database->execute(sql("create table users (id int)")));
    error = co_await error_of<UsageError>(database->execute(sql("begin")));
    EXPECT_THAT(error.hint, HasSubstr("begin()"));
    co_await error_of<UsageError>(database->execute(sql("select 1; select 2")));
    const std::string needs_one = numbered("select cast($1 as integer)");
    co_await error_of<UsageError>(database->execute(Statement{needs_one}));
    const int still = co_await count_of(*database, sql("select count(*) from users"));
    EXPECT_EQ(still, 1);
  });
}

TEST_P(DriverConformance, NoTextHoldsNul) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema());
    const std::string name{"a\0b", 3};
    co_await error_of<UnstorableText>(
        database->execute(sql("insert into users (name) values ({})", name)));
    co_await error_of<UnstorableText>(
        database->execute(sql("select * from users where name = {}", name)));
    const int users = co_await count_of(*database, sql("select count(*) from users"));
    EXPECT_EQ(users, 0);
  });
}

TEST_P(DriverConformance, BatchIsAtomicAndFillsInKeys) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema());
    const Statement& user = database->statements().add(
        numbered("insert into users (name) values ($1) returning id"), std::array{ValueType::text});
    const Statement& post = database->statements().add(
        numbered("insert into posts (user_id, title) values ($1, $2) returning id"),
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
    const int titles = co_await count_of(
        *database,
        sql("select count(*) from posts where user_id = {}", results[0][0].get<std::int64_t>(0)));
    EXPECT_EQ(titles, 3);

    Batch bad;
    const ValueView bob = ValueView::text("Bob");
    bad.add(user, std::span{&bob, 1});
    bad.add(user, std::span{&ann, 1});
    const ErrorDetails error = co_await error_of<UniqueViolation>(database->execute(bad));
    EXPECT_EQ(error.batch_index, 1U);

    // Children that fail take their parents with them.
    Batch family;
    family.add(user, std::span{&bob, 1});
    family.begin(post);
    family.bind(ValueView::result_cell(ResultCell{0, 0, 0}));
    family.bind(ValueView::text("title"));
    family.add(user, std::span{&ann, 1});
    co_await error_of<UniqueViolation>(database->execute(family));

    // A key that no statement returned.
    Batch missing;
    const Statement nobody{"select id from users where 1 = 2"};
    missing.add(user, std::span{&bob, 1});
    missing.add(nobody, {});
    missing.begin(post);
    missing.bind(ValueView::result_cell(ResultCell{1, 0, 0}));
    missing.bind(ValueView::text("title"));
    co_await error_of<UsageError>(database->execute(missing));
    const int bobs =
        co_await count_of(*database, sql("select count(*) from users where name = 'Bob'"));
    EXPECT_EQ(bobs, 0);
  });
}

TEST_P(DriverConformance, UnexpectedRowCountIsNeverCommitted) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema());
    const std::string insert = numbered("insert into users (name) values ($1) returning id");
    const Statement user{insert};
    const ValueView bob = ValueView::text("Bob");
    const Statement rename{"update users set name = 'Eve' where id = 77"};
    const Statement same{"update users set name = name where name = 'Bob' -- not: returning id"};
    const Statement plain{"update users set name = name -- all"};
    const std::array nobody{rename, Statement{"delete from users where id = 77"},
                            Statement{"update users set age = 1 where id = 7 returning id"}};
    for (const Statement& none : nobody) {
      Batch outdated;
      outdated.add(user, std::span{&bob, 1});
      outdated.add(none, {}, 1);
      const ErrorDetails mismatch =
          co_await error_of<RowCountMismatch>(database->execute(outdated));
      EXPECT_EQ(mismatch.batch_index, 1U);
      EXPECT_EQ(mismatch.statement, none.text);
      EXPECT_THAT(mismatch.message, HasSubstr("0 rows instead of 1"));
    }
    int users = co_await count_of(*database, sql("select count(*) from users"));
    EXPECT_EQ(users, 0);
    Batch good;
    good.add(user, std::span{&bob, 1}, 1);
    good.add(same, {}, 1);
    good.add(plain, {}, 1);
    const std::vector<Result> results = co_await database->execute(good);
    EXPECT_EQ(results.size(), 3U);
    for (const Result& result : results) EXPECT_EQ(result.affected_rows(), 1U);
    EXPECT_EQ(results[2].row_count(), 0U);
    EXPECT_EQ(results[2].column_count(), 0U);
    // Too many is as wrong as too few; also where the statement takes values.
    const ValueView ann = ValueView::text("Ann");
    const std::string anybody = numbered("update users set age = 3 where name in ($1, $2)");
    Batch many;
    many.add(user, std::span{&ann, 1}, 1);
    many.begin(Statement{anybody}, 1);
    many.bind(ann);
    many.bind(bob);
    const ErrorDetails two = co_await error_of<RowCountMismatch>(database->execute(many));
    EXPECT_THAT(two.message, HasSubstr("2 rows instead of 1"));
    // With the commit of a transaction, too.
    Batch last;
    last.add(user, std::span{&ann, 1});
    last.add(rename, {}, 1);
    const auto transaction = co_await database->begin();
    co_await error_of<RowCountMismatch>(transaction->commit(last, ExecuteOptions{}));
    EXPECT_EQ(transaction->state(), TransactionState::rolled_back);
    users = co_await count_of(*database, sql("select count(*) from users"));
    EXPECT_EQ(users, 1);
  });
}

TEST_P(DriverConformance, ErrorsInsideOfCheckedStatementsAreTheirOwn) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema());
    co_await database->execute(sql("insert into users (name) values ('Ann'), ('Bob')"));
    Batch collides;
    collides.add(Statement{"update users set name = 'Ann'"}, {}, 2);
    collides.add(Statement{"update users set age = 1"}, {}, 2);
    const ErrorDetails unique = co_await error_of<UniqueViolation>(database->execute(collides));
    EXPECT_EQ(unique.constraint, "users_name");
    EXPECT_EQ(unique.batch_index, 0U);
    EXPECT_EQ(unique.statement, "update users set name = 'Ann'");
    Batch wrong;
    wrong.add(Statement{"update users set age = 1"}, {}, 2);
    wrong.add(Statement{"update users set age = = 1"}, {}, 2);
    const ErrorDetails syntax = co_await error_of<SyntaxError>(database->execute(wrong));
    EXPECT_EQ(syntax.batch_index, 1U);
    EXPECT_EQ(syntax.position, 24U);
    Batch fine;
    fine.add(Statement{"update users set age = 4"}, {}, 2);
    fine.add(Statement{"delete from users where name = 'Bob'"}, {}, 1);
    static_cast<void>(co_await database->execute(fine));
    const auto ages = co_await database->query<int>(sql("select age from users"));
    EXPECT_THAT(ages, ElementsAre(4));
  });
}

TEST_P(DriverConformance, ScriptsAreSplitAndAtomic) {
  run([&]() -> Task<void> {
    const auto database = open();
    const std::string trigger =
        postgresql() ? "create function f() returns trigger language plpgsql as $$ begin new.v = "
                       "';'; return new; end; $$;\n"
                       "create trigger tr before insert on t for each row execute function f();\n"
                     : "create trigger tr after insert on t begin update t set v = ';'; select 1; "
                       "end;\n";
    co_await database->run_script(
        "-- a comment; with a semicolon\n"
        "create table t (v text); /* ; */\n" +
        trigger + "insert into t values ('a;b'), (']'); ;;");
    const auto values = co_await database->query<std::string>(sql("select v from t"));
    EXPECT_THAT(values, ElementsAre(";", ";"));
    co_await error_of<UndefinedTable>(
        database->run_script("delete from t; insert into nowhere values (1)"));
    const int left = co_await count_of(*database, sql("select count(*) from t"));
    EXPECT_EQ(left, 2);
    co_await error_of<UsageError>(database->run_script("begin; delete from t; commit"));
    ScriptOptions loose;
    loose.transactional = false;
    co_await error_of<UndefinedTable>(
        database->run_script("delete from t; vacuum; insert into nowhere values (1)", loose));
    const int none = co_await count_of(*database, sql("select count(*) from t"));
    EXPECT_EQ(none, 0);
    co_await database->run_script("");
    // Within a transaction it is a part of it.
    const auto transaction = co_await database->begin();
    co_await transaction->run_script("insert into t values ('x'); create table other (v text)");
    co_await transaction->rollback();
    const int gone = co_await count_of(*database, sql("select count(*) from t"));
    EXPECT_EQ(gone, 0);
    co_await error_of<UndefinedTable>(database->execute(sql("select * from other")));
  });
}

TEST_P(DriverConformance, ReadAllRefusesWrites) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script(schema());
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
  });
}

TEST_P(DriverConformance, LogsStatementsAndHidesSecrets) {
  run([&]() -> Task<void> {
    const auto log = std::make_shared<Collected>();
    DatabaseOptions options;
    options.log = StatementLogSettings{log, 0ms};
    const auto database = open(std::move(options));
    co_await database->run_script(schema());
    co_await database->execute(sql("insert into users (name) values ({})", secret("hunter2")));
    static_cast<void>(co_await database->execute(sql("select {}, {}", 42, "it's")));
    co_await error_of<SyntaxError>(database->execute(sql("oops")));
    EXPECT_EQ(log->lines.size(), 4U);
    const std::string all = ::testing::PrintToString(log->lines);
    EXPECT_THAT(all, HasSubstr("<redacted>"));
    EXPECT_THAT(all, Not(HasSubstr("hunter2")));
    EXPECT_THAT(log->lines[log->lines.size() - 2], HasSubstr("[42, 'it''s']"));
    EXPECT_THAT(log->lines.back(), HasSubstr("syntax error"));
    EXPECT_GT(log->slow, 0);
  });
}

TEST_P(DriverConformance, OnlySlowStatementsAreSlow) {
  run([&]() -> Task<void> {
    const auto log = std::make_shared<Collected>();
    DatabaseOptions options;
    options.log = StatementLogSettings{log, 1h};
    const auto database = open(std::move(options));
    co_await database->run_script(schema());
    co_await database->execute(sql("insert into users (name) values ('Ann')"));
    EXPECT_EQ(log->slow, 0);
  });
}

TEST_P(DriverConformance, CountsErrorsWithAndWithoutALog) {
  run([&]() -> Task<void> {
    const auto database = open();
    const std::uint64_t before = database->statistics().errors;
    co_await error_of<UndefinedTable>(database->execute(sql("select * from nowhere")));
    EXPECT_EQ(database->statistics().errors - before, 1U);
    co_await error_of<UndefinedTable>(database->execute(sql("delete from nowhere")));
    EXPECT_EQ(database->statistics().errors - before, 2U);
    Batch batch;
    batch.add(Statement{"delete from nowhere"}, {});
    co_await error_of<UndefinedTable>(database->execute(batch));
    EXPECT_EQ(database->statistics().errors - before, 3U);
  });
}

TEST_P(DriverConformance, CloseIsTheEnd) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script("create table t (v integer)");
    co_await database->ping();
    co_await database->close();
    co_await error_of<UsageError>(database->execute(sql("select 1")));
    co_await error_of<UsageError>(database->execute(sql("insert into t values (1)")));
    co_await error_of<UsageError>(database->begin());
  });
}

}  // namespace
}  // namespace roost::db::conformance
