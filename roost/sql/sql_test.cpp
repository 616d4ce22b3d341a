// Values, texts, scripts, raw SQL, codecs: everything that needs no database.
#include <roost/base/date.hpp>
#include <roost/base/decimal.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/sql/batch.hpp>
#include <roost/sql/detail/calendar.hpp>
#include <roost/sql/detail/flat_json.hpp>
#include <roost/sql/detail/script_lexer.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/raw_sql.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace roost::db {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(SqlValue, IsSmallAndKeepsTypeOfNull) {
  static_assert(sizeof(ValueView) == 16);
  const ValueView null = ValueView::null(ValueType::int64);
  EXPECT_TRUE(null.is_null());
  EXPECT_EQ(null.type(), ValueType::int64);
  EXPECT_FALSE(ValueView::int64(0).is_null());
  EXPECT_FALSE(ValueView::text("").is_null());
}

TEST(SqlValue, CopiesOutliveTheirSource) {
  Value copy;
  {
    std::string text = "a text that is too long for the small string optimisation";
    const std::array<ValueView, 3> elements{ValueView::text(text), ValueView::null(),
                                            ValueView::int32(7)};
    copy = Value{ValueView::array(ValueType::text, elements).as_secret()};
    text.assign(text.size(), '#');
  }
  Value moved = std::move(copy);
  const Value second = moved;
  moved = Value{};
  const auto elements = second.view().elements();
  ASSERT_EQ(elements.size(), 3U);
  EXPECT_THAT(std::string{elements[0].characters()}, HasSubstr("too long"));
  EXPECT_TRUE(elements[1].is_null());
  EXPECT_EQ(elements[2].integer(), 7);
  EXPECT_TRUE(second.view().is_secret());
}

TEST(SqlValue, IsReadable) {
  EXPECT_EQ(to_readable(ValueView::text("it's")), "'it''s'");
  EXPECT_EQ(to_readable(ValueView::text("line\nfeed")), "'line\\nfeed'");
  EXPECT_EQ(to_readable(ValueView::text("äöü"), 3), "'ä'…");
  EXPECT_EQ(to_readable(ValueView::null(ValueType::text)), "NULL");
  EXPECT_EQ(to_readable(ValueView::timestamp(-1)), "'1969-12-31T23:59:59.999999Z'");
  EXPECT_EQ(to_readable(ValueView::text("x").as_secret()), "<redacted>");
  const std::array<std::byte, 2> bytes{std::byte{0}, std::byte{255}};
  EXPECT_EQ(to_readable(ValueView::bytes(bytes)), "X'00ff'");
}

TEST(SqlCalendar, RoundTrips) {
  for (const std::string_view text :
       {"0000-01-01", "0004-02-29", "1900-02-28", "1970-01-01", "2000-02-29", "9999-12-31"}) {
    const auto days = detail::parse_date(text);
    ASSERT_TRUE(days) << text;
    std::string again;
    detail::append_date(*days, again);
    EXPECT_EQ(again, text);
  }
  for (const std::string_view text : {"1900-02-29", "2026-13-01", "2026-1-01", "x", "2026-00-10"}) {
    EXPECT_FALSE(detail::parse_date(text)) << text;
  }
  EXPECT_EQ(detail::parse_timestamp("1970-01-01 00:00:01"), 1'000'000);
  EXPECT_EQ(detail::parse_timestamp("1970-01-01T01:00:00.5+01:00"), 500'000);
  EXPECT_EQ(detail::parse_timestamp("1970-01-01T00:00:00-0130"), 5'400'000'000);
  EXPECT_EQ(detail::parse_timestamp("1970-01-02"), detail::microseconds_per_day);
  EXPECT_FALSE(detail::parse_timestamp("1970-01-01T24:00:00Z"));
  EXPECT_FALSE(detail::parse_timestamp("1970-01-01T00:00:00+1"));
  EXPECT_FALSE(detail::parse_timestamp("1970-01-01T00:00:00Zx"));
  char buffer[24];
  EXPECT_FALSE(detail::write_timestamp_milliseconds(253402300800000, buffer));
  EXPECT_TRUE(detail::write_timestamp_milliseconds(253402300799999, buffer));
  std::string far;
  detail::append_date(4'000'000, far);
  EXPECT_EQ(far, "+012921-08-18");
}

TEST(SqlJsonArrays, AreReadStrictly) {
  Scratch scratch;
  const auto elements =
      detail::parse_flat_json(R"([1, "a\"\u00e9\ud83d\ude00", null, true, -2.5e3])", scratch);
  ASSERT_TRUE(elements);
  ASSERT_EQ(elements->size(), 5U);
  EXPECT_EQ((*elements)[0].integer(), 1);
  EXPECT_EQ((*elements)[1].characters(), "a\"é😀");
  EXPECT_TRUE((*elements)[2].is_null());
  EXPECT_EQ((*elements)[3].integer(), 1);
  EXPECT_EQ((*elements)[4].floating(), -2500);
  EXPECT_TRUE(detail::parse_flat_json(" [ ] ", scratch));
  for (const std::string_view bad : {"", "[", "[1", "[1,]", "{}", "[{}]", "[1] x", "[\"\\x\"]",
                                     "[\"\\ud800\"]", "[nul]", "[\"a]"}) {
    EXPECT_FALSE(detail::parse_flat_json(bad, scratch)) << bad;
  }
}

std::vector<std::string> split(const Dialect& dialect, std::string_view script) {
  std::vector<std::string> parts;
  for (const std::string_view part : dialect.split_script(script)) parts.emplace_back(part);
  return parts;
}

TEST(SqlScript, SplitsOutsideOfQuotes) {
  const Dialect& pg = Dialect::postgresql();
  const Dialect& lite = Dialect::sqlite();
  EXPECT_THAT(split(pg, "a; b ;; -- x;\n c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(split(pg, "/* a; /* b; */ c; */ select 1;"), ElementsAre("select 1"));
  EXPECT_THAT(split(lite, "/* a /* b */ select 1;"), ElementsAre("select 1"));
  EXPECT_THAT(split(pg, "select ';', \"x;\"\"\", 'it''s;'; b"),
              ElementsAre("select ';', \"x;\"\"\", 'it''s;'", "b"));
  EXPECT_THAT(split(pg, "select E'\\';'; b"), ElementsAre("select E'\\';'", "b"));
  EXPECT_THAT(split(lite, "select '\\'; b"), ElementsAre("select '\\'", "b"));
  EXPECT_THAT(split(pg, "do $x$ begin; $y$; end $x$; select $1;"),
              ElementsAre("do $x$ begin; $y$; end $x$", "select $1"));
  EXPECT_THAT(split(lite, "create table [a;b] (`c;d`); x"),
              ElementsAre("create table [a;b] (`c;d`)", "x"));
  EXPECT_THAT(split(lite,
                    "create temp trigger t after insert on a begin update a set b = case "
                    "when c then 1 else 2 end; delete from d; end; x"),
              ::testing::SizeIs(2));
  EXPECT_THAT(split(pg, "create function f() returns int begin atomic select 1; end; x"),
              ::testing::SizeIs(2));
  EXPECT_THAT(split(pg, " ; -- only\n /* comments */ "), IsEmpty());
  EXPECT_THAT(split(pg, "select 'open; b"), ::testing::SizeIs(1));
}

TEST(SqlScript, KnowsTransactionControl) {
  EXPECT_TRUE(detail::controls_transaction("/* x */ BEGIN immediate"));
  EXPECT_TRUE(detail::controls_transaction("Savepoint x"));
  EXPECT_TRUE(detail::controls_transaction("prepare transaction 'x'"));
  EXPECT_FALSE(detail::controls_transaction("prepare x as select 1"));
  EXPECT_FALSE(detail::controls_transaction("select 'begin'"));
  EXPECT_FALSE(detail::controls_transaction("beginning"));
}

TEST(SqlDialect, QuotesAndRefuses) {
  const Dialect& pg = Dialect::postgresql();
  EXPECT_EQ(pg.quote_identifier("a\"b"), "\"a\"\"b\"");
  EXPECT_THROW(static_cast<void>(pg.quote_identifier("")), UsageError);
  EXPECT_THROW(static_cast<void>(pg.quote_identifier(std::string_view{"a\0b", 3})), UsageError);
  std::string literal;
  pg.append_literal(literal, "it's \\");
  EXPECT_EQ(literal, "E'it''s \\\\'");
  literal.clear();
  Dialect::sqlite().append_literal(literal, "it's \\");
  EXPECT_EQ(literal, "'it''s \\'");
  try {
    Dialect::sqlite().require(Feature::row_locks);
    FAIL();
  } catch (const UnsupportedError& error) {
    EXPECT_THAT(error.what(), HasSubstr("SQLite does not support locking clauses"));
  }
}

TEST(SqlStatements, GetOneSlotEach) {
  StatementRegistry registry;
  const std::array types{ValueType::int64};
  const Statement& a = registry.add("select ?1", types);
  const Statement& b = registry.add("select ?1");
  const Statement& again = registry.add(std::string{"select ?1"}, types);
  EXPECT_EQ(&a, &again);
  EXPECT_NE(&a, &b);
  EXPECT_EQ(a.slot, 0U);
  EXPECT_EQ(b.slot, 1U);
  EXPECT_EQ(registry.size(), 2U);
}

TEST(SqlBatch, RefusesCellsOfLaterStatements) {
  Batch batch;
  EXPECT_THROW(batch.bind(ValueView::int32(1)), UsageError);
  const Statement statement{"x"};
  batch.begin(statement);
  EXPECT_THROW(batch.bind(ValueView::result_cell(ResultCell{0, 0, 0})), UsageError);
  batch.begin(statement);
  batch.bind(ValueView::result_cell(ResultCell{0, 70'000, 9}));
  const ResultCell cell = batch.parameters(batch.entries()[1])[0].cell();
  EXPECT_EQ(cell.statement, 0U);
  EXPECT_EQ(cell.row, 70'000U);
  EXPECT_EQ(cell.column, 9U);
}

std::string text_of(const RawSql& raw, const Dialect& dialect = Dialect::postgresql()) {
  return raw.render(dialect).text;
}

TEST(RawSqlTest, BindsValues) {
  const RawSql raw = sql("select {} where a = {} and b = '{{x}}'", 1, std::string{"it's; --"});
  EXPECT_EQ(text_of(raw), "select $1 where a = $2 and b = '{x}'");
  EXPECT_EQ(text_of(raw, Dialect::sqlite()), "select ?1 where a = ?2 and b = '{x}'");
  const RenderedSql rendered = raw.render(Dialect::postgresql());
  EXPECT_THAT(rendered.types, ElementsAre(ValueType::int32, ValueType::text));
  EXPECT_EQ(rendered.parameters[1].characters(), "it's; --");
  EXPECT_EQ(text_of(sql("{{}}")), "{}");
  EXPECT_EQ(text_of(sql("{}{}", 1, 2)), "$1$2");
  EXPECT_EQ(text_of(sql("")), "");
  EXPECT_EQ(text_of(sql("{{{}}}", 1)), "{$1}");
}

TEST(RawSqlTest, NestsAndGrows) {
  RawSql query = sql("select * from {} where {}", identifier("we\"ird"), sql("x = {}", 1));
  query += sql(" and y in ({})", list(std::vector<int>{2, 3}));
  query += trusted_sql(" order by {}");
  EXPECT_EQ(text_of(query),
            "select * from \"we\"\"ird\" where x = $1 and y in ($2, $3) order by {}");
  EXPECT_THROW(static_cast<void>(sql("x in ({})", list(std::vector<int>{}))), UsageError);
}

enum class Mood { happy, sad_ };

TEST(SqlCodec, DeclaresTypes) {
  EXPECT_EQ(codec<bool>().type(), ValueType::boolean);
  EXPECT_EQ(codec<std::uint8_t>().type(), ValueType::int16);
  EXPECT_EQ(codec<int>().type(), ValueType::int32);
  EXPECT_EQ(codec<std::uint32_t>().type(), ValueType::int64);
  EXPECT_EQ(codec<float>().type(), ValueType::float32);
  EXPECT_EQ(codec<Decimal>().type(), ValueType::decimal);
  EXPECT_EQ(codec<Timestamp>().type(), ValueType::timestamp);
  EXPECT_EQ(codec<Uuid>().type(), ValueType::uuid);
  EXPECT_EQ(codec<Bytes>().type(), ValueType::bytes);
  EXPECT_EQ(codec<JsonText>().type(), ValueType::json);
  EXPECT_EQ(codec<Mood>().type(), ValueType::text);
  EXPECT_EQ(codec<std::vector<int>>().type(), ValueType::array);
  EXPECT_TRUE(codec<std::optional<int>>().nullable());
  EXPECT_EQ(to_value(std::optional<int>{}).view().type(), ValueType::int32);
  EXPECT_THROW(static_cast<void>(codec_of(reflect::type_of<std::optional<std::optional<int>>>())),
               UsageError);
}

template <class T>
T read(const ValueView& value) {
  T object{};
  codec<T>().read(value, &object);
  return object;
}

TEST(SqlCodec, ConvertsOnlyWhatFits) {
  EXPECT_EQ(read<std::int8_t>(ValueView::int64(-128)), -128);
  EXPECT_THROW(read<std::int8_t>(ValueView::int64(128)), ConversionError);
  EXPECT_THROW(read<std::uint64_t>(ValueView::int64(-1)), ConversionError);
  EXPECT_THROW(read<int>(ValueView::float64(1.5)), ConversionError);
  EXPECT_EQ(read<int>(ValueView::decimal("42")), 42);
  EXPECT_THROW(read<int>(ValueView::text("42")), ConversionError);
  EXPECT_THROW(read<int>(ValueView::null()), ConversionError);
  EXPECT_EQ(read<std::optional<int>>(ValueView::null()), std::nullopt);
  EXPECT_EQ(read<double>(ValueView::int64(3)), 3.0);
  EXPECT_THROW(read<bool>(ValueView::int64(2)), ConversionError);
  EXPECT_THROW(read<std::string>(ValueView::int64(2)), ConversionError);
  EXPECT_EQ(read<Mood>(ValueView::text("sad")), Mood::sad_);
  EXPECT_THROW(read<Mood>(ValueView::text("angry")), ConversionError);
  EXPECT_THROW(to_value(static_cast<Mood>(17)), ConversionError);
  EXPECT_THROW(to_value(std::uint64_t{1} << 63U), ConversionError);
  EXPECT_EQ(read<Timestamp>(ValueView::timestamp(-1)).milliseconds_since_epoch(), -1);
  EXPECT_EQ(read<Timestamp>(ValueView::text("1970-01-01 00:00:01")).milliseconds_since_epoch(),
            1000);
  EXPECT_THROW(read<Timestamp>(ValueView::int64(1)), ConversionError);
  EXPECT_EQ((read<std::vector<std::optional<int>>>(ValueView::text("[1,null]")).size()), 2U);
  try {
    read<int>(ValueView::text("password").as_secret());
    FAIL();
  } catch (const ConversionError& error) {
    EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("password")));
  }
}

TEST(SqlErrors, SayEverythingAndKeepTheirClass) {
  ErrorDetails details;
  details.message = "duplicate key";
  details.table = "users";
  details.constraint = "users_name";
  details.code = "23505";
  details.statement = "insert into users …";
  const std::exception_ptr error = make_error(ErrorKind::unique_violation, details);
  EXPECT_THROW(std::rethrow_exception(error), UniqueViolation);
  EXPECT_THROW(std::rethrow_exception(error), ConstraintViolation);
  EXPECT_THROW(std::rethrow_exception(error), Error);
  const std::string text = database_error(error)->what();
  for (const char* part : {"duplicate key", "users", "users_name", "23505", "insert into"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::other); ++kind) {
    const auto one = static_cast<ErrorKind>(kind);
    EXPECT_EQ(database_error(make_error(one, ErrorDetails{}))->kind(), one);
  }
  EXPECT_TRUE(database_error(make_error(ErrorKind::deadlock_detected, {}))->is_transient());
  EXPECT_EQ(database_error(std::make_exception_ptr(Error{"x"})), nullptr);
}

TEST(SqlOpen, NamesTheKnownDrivers) {
  try {
    static_cast<void>(open(DatabaseOptions{"mysql://x"}, {}));
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("mysql:"));
  }
  EXPECT_THROW(static_cast<void>(open(DatabaseOptions{"nothing"}, {})), UsageError);
}

TEST(DecimalTest, ReadsAndCompares) {
  for (const std::string_view text : {"0", "-1", "12.50", "123456789012345678901234567890.1"}) {
    EXPECT_EQ(Decimal::parse(text)->to_string(), text);
  }
  EXPECT_EQ(Decimal::parse("+007.10")->to_string(), "7.10");
  EXPECT_EQ(Decimal::parse("-0.00")->to_string(), "0.00");
  for (const std::string_view text : {"", "-", ".5", "5.", "1e3", "1 ", "NaN", "1.2.3"}) {
    EXPECT_FALSE(Decimal::parse(text)) << text;
  }
  EXPECT_EQ(*Decimal::parse("12.5"), *Decimal::parse("12.500"));
  EXPECT_LT(*Decimal::parse("-12.5"), *Decimal::parse("-12.49"));
  EXPECT_LT(*Decimal::parse("9"), *Decimal::parse("10"));
  EXPECT_LT(*Decimal::parse("-1"), *Decimal::parse("0.1"));
  EXPECT_EQ(Decimal::parse("12.50")->scale(), 2U);
  EXPECT_EQ(Decimal::parse("-0.5")->to_double(), -0.5);
}

}  // namespace
}  // namespace roost::db
