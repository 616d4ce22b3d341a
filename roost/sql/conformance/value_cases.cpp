// Values at the ends of their types, there and back on every driver.
#include <roost/base/date.hpp>
#include <roost/base/decimal.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/sql/conformance/driver_fixture.hpp>

#include <cmath>
#include <limits>

namespace roost::db::conformance {
namespace {

/// Through a parameter and a result; PostgreSQL answers first in text, then in binary.
template <class T>
void there_and_back(Database& database, const T& value) {
  run([&]() -> Task<void> {
    for (int i = 0; i < 3; ++i) {
      const T back = co_await database.query_one<T>(sql("select {}", value));
      EXPECT_EQ(back, value) << i;
    }
  });
}

template <class T>
void all_there_and_back(Database& database, const std::vector<std::string_view>& texts) {
  for (const std::string_view text : texts) {
    const auto value = T::parse(text);
    ASSERT_TRUE(value.has_value()) << text;
    there_and_back(database, *value);
  }
}

TEST_P(DriverConformance, NumbersAtTheirEnds) {
  const auto database = open();
  for (const std::int64_t value : {INT64_MIN, INT64_MIN + 1, std::int64_t{-1}, std::int64_t{0},
                                   (std::int64_t{1} << 53) + 1, INT64_MAX}) {
    there_and_back(*database, value);
  }
  for (const std::int32_t value : {INT32_MIN, INT32_MAX}) there_and_back(*database, value);
  for (const std::int16_t value : {std::int16_t{INT16_MIN}, std::int16_t{INT16_MAX}}) {
    there_and_back(*database, value);
  }
  using Limits = std::numeric_limits<double>;
  for (const double value : {Limits::max(), Limits::lowest(), Limits::min(), Limits::denorm_min(),
                             Limits::infinity(), -Limits::infinity(), 0.1, 1e22, 5e-324, 0.0}) {
    there_and_back(*database, value);
  }
  for (const float value : {std::numeric_limits<float>::max(), 0.1F, 1e-45F}) {
    there_and_back(*database, value);
  }
  std::exception_ptr error;
  run([&]() -> Task<void> {
    try {
      const auto nan = co_await database->query_one<double>(sql("select {}", Limits::quiet_NaN()));
      EXPECT_TRUE(std::isnan(nan));
    } catch (...) {
      error = std::current_exception();
    }
  });
  EXPECT_EQ(error == nullptr, postgresql()) << "SQLite would make NULL of NaN, so it is refused";
}

TEST_P(DriverConformance, DecimalsOfAThousandDigits) {
  const auto database = open();
  std::string digits;
  for (int i = 0; i < 1'000; ++i) digits += static_cast<char>('1' + i % 9);
  for (const std::string& text :
       {digits, "-" + digits, "0." + digits, "-" + digits + "." + digits, std::string{"0"},
        std::string{"0.000"}, "0." + std::string(400, '0') + "1", "1" + std::string(400, '0'),
        std::string{"10000"}, std::string{"-0.0001"}, std::string{"9999.9999"}}) {
    const auto value = Decimal::parse(text);
    ASSERT_TRUE(value.has_value()) << text;
    there_and_back(*database, *value);
    run([&]() -> Task<void> {
      const auto back = co_await database->query_one<Decimal>(sql("select {}", *value));
      EXPECT_EQ(back.to_string(), value->to_string());
    });
  }
}

TEST_P(DriverConformance, DaysAndTimesAtTheirEnds) {
  const auto database = open();
  all_there_and_back<Date>(*database, {"0001-01-01", "0004-02-29", "1582-10-10", "1600-02-29",
                                       "1900-02-28", "1970-01-01", "2000-02-29", "9999-12-31"});
  all_there_and_back<TimeOfDay>(*database, {"00:00:00", "00:00:00.000001", "23:59:59.999999"});
  all_there_and_back<Timestamp>(
      *database, {"0001-01-01T00:00:00Z", "1582-10-10T12:00:00Z", "1969-12-31T23:59:59.999999Z",
                  "1970-01-01T00:00:00Z", "1999-12-31T23:59:59.999Z", "2016-12-31T23:59:59Z",
                  "2026-03-29T00:59:59.999Z", "2026-03-29T01:00:00Z", "2026-10-25T00:30:00Z",
                  "2026-10-25T01:30:00Z", "2038-01-19T03:14:08Z", "9999-12-31T23:59:59.999999Z"});
  // With a zone it is the same moment.
  const auto zoned = Timestamp::parse("2026-10-25T02:30:00+02:00");
  ASSERT_TRUE(zoned.has_value());
  EXPECT_EQ(*zoned, Timestamp::parse("2026-10-25T00:30:00Z"));
  there_and_back(*database, *zoned);
}

TEST_P(DriverConformance, TextsAndBytesOfAllSizes) {
  const auto database = open();
  std::string unicode;
  for (const char* text :
       {"", "\x01", "\x7f", "'", "\"", "\\", "\r\n", "\u0080", "\u07ff", "\u0800", "\uffff",
        "\U00010000", "\U0010ffff", "e\u0301", "\u202e", "\ufeff"}) {
    there_and_back(*database, std::string{text});
    unicode += text;
  }
  std::string large;
  while (large.size() < 5'000'000) large += unicode + "0123456789abcdef";
  there_and_back(*database, large);
  std::vector<std::byte> bytes;
  there_and_back(*database, bytes);
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<std::byte>(i));
  there_and_back(*database, bytes);
  bytes.resize(5'000'000, std::byte{0});
  there_and_back(*database, bytes);
}

TEST_P(DriverConformance, DocumentsAndIdentities) {
  const auto database = open();
  constexpr std::size_t deep = 900;
  there_and_back(*database, JsonText{std::string(deep, '[') + std::string(deep, ']')});
  for (const char* text : {"null", "true", "\"\"", "0", "[]", "{}", "\"\u20ac\"", "[1, 2]"}) {
    there_and_back(*database, JsonText{text});
  }
  for (const char* text :
       {"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "01234567-89ab-cdef-0123-456789abcdef", "01234567-89AB-CDEF-0123-456789ABCDEF"}) {
    const auto uuid = Uuid::parse(text);
    ASSERT_TRUE(uuid.has_value()) << text;
    there_and_back(*database, *uuid);
  }
}

/// Through a column, from which PostgreSQL knows the type of the elements.
template <class T>
void there_and_back(Database& database, const std::string& type, const T& array) {
  const bool postgresql = database.dialect().kind() == DialectKind::postgresql;
  const std::string script = "drop table if exists arrays; create table arrays (v " +
                             (postgresql ? type + "[]" : std::string{"text"}) + ")";
  run([&]() -> Task<void> {
    co_await database.run_script(script);
    // PostgreSQL's driver sends and reads in another form from the second time on.
    for (int i = 0; i < 3; ++i) {
      co_await database.execute(sql("insert into arrays values ({})", array));
      const std::vector<T> back = co_await database.query<T>(sql("select v from arrays"));
      EXPECT_EQ(back, std::vector<T>(static_cast<std::size_t>(i) + 1, array)) << type;
    }
  });
}

TEST_P(DriverConformance, ArraysOfOddElements) {
  const auto database = open();
  using Words = std::vector<std::optional<std::string>>;
  there_and_back(*database, "text", Words{});
  there_and_back(*database, "text", Words{std::nullopt});
  there_and_back(*database, "text",
                 Words{"", "NULL", std::nullopt, "null", "{}", "{", ",", "\"", "\\", "'", " ", "\n",
                       "[]", "\u20ac", "\U0001F600", "a\\\"b"});
  there_and_back(*database, "bigint", std::vector<std::int64_t>{INT64_MIN, 0, INT64_MAX});
  there_and_back(*database, "bigint", std::vector<std::optional<std::int64_t>>{1, std::nullopt, 3});
  there_and_back(*database, "float8", std::vector<double>{0.1, -1e300, 5e-324});
  there_and_back(*database, "numeric",
                 std::vector<Decimal>{Decimal::parse("1.50").value(),
                                      Decimal::parse("-12345678901234567890").value()});
  there_and_back(*database, "uuid", std::vector<Uuid>{Uuid::random(), Uuid{}});
  there_and_back(
      *database, "date",
      std::vector<Date>{Date::parse("0001-01-01").value(), Date::parse("9999-12-31").value()});
  there_and_back(*database, "timestamptz",
                 std::vector<Timestamp>{Timestamp::parse("2026-03-29T01:00:00.123456Z").value()});
  there_and_back(*database, "timestamp",
                 std::vector<Timestamp>{Timestamp::parse("1969-12-31T23:59:59.999Z").value()});
  there_and_back(*database, "boolean", std::vector<std::optional<bool>>{true, false, std::nullopt});
  there_and_back(*database, "smallint", std::vector<std::int16_t>{INT16_MIN, INT16_MAX});
  there_and_back(*database, "int", std::vector<std::int32_t>{INT32_MIN, -1, INT32_MAX});
  there_and_back(*database, "varchar(5)", Words{"five!", std::nullopt, ""});
}

/// Elements of other types than the column's: what it takes, it takes each time.
TEST_P(DriverConformance, ArraysOfOtherTypesThanTheirColumn) {
  const auto database = open();
  there_and_back(*database, "int", std::vector<std::int64_t>{INT32_MIN, 0, INT32_MAX});
  there_and_back(*database, "bigint", std::vector<std::int16_t>{INT16_MIN, 0, INT16_MAX});
  there_and_back(*database, "float8", std::vector<std::int32_t>{-1, 0, INT32_MAX});
  there_and_back(*database, "numeric", std::vector<std::int64_t>{INT64_MIN, 0, INT64_MAX});
}

/// Values that a raw text only seems to take apart.
TEST_P(DriverConformance, RawTextTakesNoValueApart) {
  const auto database = open();
  run([&]() -> Task<void> {
    const std::string evil = "'); drop table t; --";
    const auto back = co_await database->query_one<std::string>(
        sql("select {} /* {} */ -- {}\n where {} = {} and '{{}}' = '{{' || '}}'", evil, 1, 2, evil,
            evil));
    EXPECT_EQ(back, evil);
    const auto braces = co_await database->query_one<std::string>(sql("select '{{}}' || {}", "x"));
    EXPECT_EQ(braces, "{}x");
  });
}

}  // namespace
}  // namespace roost::db::conformance
