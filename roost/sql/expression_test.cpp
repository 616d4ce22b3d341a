// Expressions and queries as text in both dialects, their values, shapes and refusals.
#include <roost/base/decimal.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/modify.hpp>
#include <roost/sql/select.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace roost::db {
namespace {

using ::testing::HasSubstr;

enum class Status : std::uint8_t { draft, live };

struct Details {
  std::optional<std::string> email;
  std::int64_t seats = 0;
};
class Counted {
 public:
  std::int32_t count_ = 0;
  static constexpr auto meta = roost::meta(roost::field<&Counted::count_>());
};
struct Event {
  std::int64_t id{};
  std::string title;
  std::int16_t small = 0;
  float ratio = 0;
  Decimal price;
  std::optional<std::string> description;
  Status status{};
  Timestamp starts_at;
  Uuid key;
  bool open = false;
  std::vector<std::string> tags;
  Details details;
};

struct Rendered {
  std::string text;
  std::string values;
};

Rendered render(const Expression& expression, const Dialect& dialect) {
  Rendered out;
  PlainPathResolver resolver{dialect};
  std::vector<ValueType> types;
  Renderer renderer{dialect, resolver, out.text, types};
  renderer.append(expression);
  std::vector<ValueView> values;
  expression.append_values(values);
  EXPECT_EQ(values.size(), types.size()) << out.text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(values[i].type(), types[i]) << out.text;
    if (i > 0) out.values += ", ";
    append_readable(values[i], out.values);
  }
  return out;
}

void expect(const Expression& expression, const std::string& postgresql, const std::string& sqlite,
            const std::string& values) {
  const Rendered on_postgresql = render(expression, Dialect::postgresql());
  EXPECT_EQ(on_postgresql.text, postgresql);
  EXPECT_EQ(on_postgresql.values, values);
  const Rendered on_sqlite = render(expression, Dialect::sqlite());
  EXPECT_EQ(on_sqlite.text, sqlite);
  EXPECT_EQ(on_sqlite.values, values);
}

TEST(Path, IsOneObjectPerChain) {
  const Path& path = f<&Event::details, &Details::email>.path();
  EXPECT_EQ(&path, (&path_of<&Event::details, &Details::email>()));
  EXPECT_NE(&path, (&path_of<&Event::details>()));
  ASSERT_EQ(path.count, 2U);
  EXPECT_EQ(path.first->member, "details");
  EXPECT_EQ(&path.first->owner(), &reflect::type_of<Event>());
  EXPECT_EQ(path.back().member, "email");
  EXPECT_EQ(&path.back().type(), &reflect::type_of<std::optional<std::string>>());
  EXPECT_EQ(f<&Counted::count_>.path().back().member, "count");
}

TEST(Expression, BindsValuesAsTheColumnsType) {
  expect(f<&Event::id> == 5, "\"id\" = $1", "\"id\" = ?1", "5");
  const auto type_of_value = [](const Expression& expression) {
    std::vector<ValueView> values;
    expression.append_values(values);
    return values.at(0).type();
  };
  EXPECT_EQ(type_of_value(f<&Event::id> == 5), ValueType::int64);
  EXPECT_EQ(type_of_value(f<&Event::small> == 5), ValueType::int16);
  EXPECT_EQ(type_of_value(f<&Event::small> == 100'000), ValueType::int64);  // never cut
  EXPECT_EQ(type_of_value(f<&Event::id> < 1.5), ValueType::float64);
  EXPECT_EQ(type_of_value(f<&Event::ratio> < 1.5), ValueType::float32);
  EXPECT_EQ(type_of_value(f<&Event::ratio> < 1), ValueType::float64);
  EXPECT_EQ(type_of_value(f<&Event::price> == 3), ValueType::decimal);
  EXPECT_EQ(type_of_value(f<&Event::status> == Status::live), ValueType::text);
  EXPECT_EQ(type_of_value(f<&Event::key> == Uuid{}), ValueType::uuid);
  EXPECT_EQ(type_of_value(f<&Event::title> == std::string_view{"x"}), ValueType::text);
  EXPECT_EQ(type_of_value(f<&Event::starts_at> == Timestamp{}), ValueType::timestamp);
  EXPECT_EQ(type_of_value(f<&Event::id>.in(1, 2)), ValueType::array);
  EXPECT_THROW(static_cast<void>(f<&Event::id> == UINT64_MAX), ConversionError);
}

TEST(Expression, IsWrittenInBothDialects) {
  expect(f<&Event::title> == "a" && (f<&Event::id> > 5 || f<&Event::description> != nullptr),
         "\"title\" = $1 and (\"id\" > $2 or \"description\" is not null)",
         "\"title\" = ?1 and (\"id\" > ?2 or \"description\" is not null)", "'a', 5");
  expect(!(f<&Event::id> == 1) && !f<&Event::open>, "not (\"id\" = $1) and not \"open\"",
         "not (\"id\" = ?1) and not \"open\"", "1");
  expect(f<&Event::id>.in(1, 2), "\"id\" = any($1)", "\"id\" in (select value from json_each(?1))",
         "[1, 2]");
  expect(f<&Event::id>.not_in(1, 2), "\"id\" <> all($1)",
         "\"id\" not in (select value from json_each(?1))", "[1, 2]");
  expect(f<&Event::id>.in(std::vector<int>{}), "false", "false", "");
  expect(f<&Event::id>.not_in(std::vector<int>{}), "true", "true", "");
  expect(f<&Event::price>.in(Decimal{3}), "\"price\" = any($1)",
         "cast(\"price\" as real) in (select cast(value as real) from json_each(?1))", "[3]");
  expect(f<&Event::title>.icontains("A_b"), "strpos(lower(\"title\" collate \"C\"), $1) > 0",
         "instr(lower(\"title\"), ?1) > 0", "'a_b'");
  expect(f<&Event::title>.ilike("a%"), "\"title\" ilike $1", "\"title\" like ?1 escape '\\'",
         "'a%'");
  expect((f<&Event::id> + 1) * 2 - 3 > -f<&Event::id>, "(\"id\" + $1) * $2 - $3 > - \"id\"",
         "(\"id\" + ?1) * ?2 - ?3 > - \"id\"", "1, 2, 3");
  expect(f<&Event::id> - (f<&Event::id> - 1) == 1, "\"id\" - (\"id\" - $1) = $2",
         "\"id\" - (\"id\" - ?1) = ?2", "1, 1");
  expect(f<&Event::details, &Details::seats> == 5, "(\"details\" ->> 'seats')::numeric = $1",
         "json_extract(\"details\", '$.\"seats\"') = ?1", "5");
  expect(f<&Event::details>.key("it's")[0] == "x", "(\"details\" -> 'it''s' ->> 0) = $1",
         "json_extract(\"details\", '$.\"it''s\"[0]') = ?1", "'x'");
  expect(sql("a = {} and b = {{", 1) && f<&Event::id> == 2, "(a = $1 and b = {) and \"id\" = $2",
         "(a = ?1 and b = {) and \"id\" = ?2", "1, 2");
  expect(column("weird \"table\"", "column") == "x", "\"weird \"\"table\"\"\".\"column\" = $1",
         "\"weird \"\"table\"\"\".\"column\" = ?1", "'x'");
  expect(case_when(f<&Event::id> == 1, "a", "b") == "a",
         "case when \"id\" = $1 then $2 else $3 end = $4",
         "case when \"id\" = ?1 then ?2 else ?3 end = ?4", "1, 'a', 'b', 'a'");
  expect(over(sum(f<&Event::id>),
              window().partition_by(f<&Event::status>).order_by(desc<&Event::id>)) > 3,
         "sum(\"id\") over (partition by \"status\" order by \"id\" desc) > $1",
         "sum(\"id\") over (partition by \"status\" order by \"id\" desc) > ?1", "3");
  expect(f<&Event::title>.collate("C") < "x", "\"title\" collate \"C\" < $1",
         "\"title\" collate \"C\" < ?1", "'x'");
}

TEST(Expression, FlattensConditions) {
  Expression all;
  for (int i = 0; i < 1000; ++i) all &= f<&Event::id> != i;
  const Rendered text = render(all, Dialect::postgresql());
  EXPECT_EQ(text.text.find('('), std::string::npos);
  EXPECT_THAT(text.text, HasSubstr("\"id\" <> $1000"));
  const Expression both = all && (f<&Event::id> > 5 && f<&Event::open> == true);
  EXPECT_EQ(render(both, Dialect::postgresql()).text.find('('), std::string::npos);
}

TEST(Expression, EmptyMeansNoCondition) {
  const Expression none;
  const Expression one = f<&Event::id> == 1;
  EXPECT_TRUE((none && none).empty());
  EXPECT_TRUE((!none).empty());
  EXPECT_TRUE((none && one).same_shape(one));
  EXPECT_TRUE((one || none).same_shape(one));
  EXPECT_THROW(static_cast<void>(none == 1), UsageError);
  EXPECT_THROW(static_cast<void>(lower(none)), UsageError);
  EXPECT_THROW(static_cast<void>(render(none, Dialect::sqlite())), UsageError);
}

TEST(Expression, RefusesNullWhereNothingWouldMatch) {
  EXPECT_THROW(static_cast<void>(column("a") < Value{}), UsageError);
  EXPECT_THROW(static_cast<void>(column("a").in(std::vector<Value>{Value{}})), UsageError);
  EXPECT_THROW(static_cast<void>(column("a").between(Value{}, 1)), UsageError);
  expect(column("a") == Value{}, "\"a\" is null", "\"a\" is null", "");
  EXPECT_THROW(static_cast<void>(
                   column("a").in(std::vector<Value>{to_value(1), to_value(std::string{"x"})})),
               UsageError);
}

TEST(Expression, StopsAtEndlessDepth) {
  Expression deep = f<&Event::id> == 1;
  EXPECT_THROW(for (int i = 0; i < 1000; ++i) deep = !std::move(deep), UsageError);
}

TEST(Expression, ShapeLeavesOutValues) {
  const auto shape = [](std::int64_t id, const char* title) {
    return f<&Event::id> == id && f<&Event::title>.contains(title);
  };
  EXPECT_TRUE(shape(1, "a").same_shape(shape(2, "other")));
  EXPECT_EQ(shape(1, "a").shape_hash(), shape(2, "other").shape_hash());
  EXPECT_TRUE(f<&Event::id>.in(1).same_shape(f<&Event::id>.in(1, 2, 3)));
  const std::vector<Expression> all = {
      f<&Event::id> == 1,
      f<&Event::id> != 1,
      f<&Event::small> == 1,
      f<&Event::small> == 100'000,
      f<&Event::id>.in(1),
      f<&Event::id>.in(std::vector<int>{}),
      f<&Event::title> == "1",
      f<&Event::description> == nullptr,
      f<&Event::details>.key("a") == "x",
      f<&Event::details>.key("b") == "x",
      f<&Event::details>[1] == "x",
      f<&Event::details>[2] == "x",
      column("id") == 1,
      column("e", "id") == 1,
      sql("id = {}", 1),
      sql("id = {}", "x"),
      sql("id > {}", 1),
      exists(select().from("a").where(column("x") == 1)),
      exists(select().from("b").where(column("x") == 1)),
      exists(select().from("a").where(column("x") == "1")),
      asc<&Event::id>().as_expression(),
      desc<&Event::id>().as_expression(),
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t k = 0; k < all.size(); ++k) {
      EXPECT_EQ(all[i].same_shape(all[k]), i == k) << i << " and " << k;
      EXPECT_EQ(all[i].shape_hash() == all[k].shape_hash(), i == k) << i << " and " << k;
    }
  }
  EXPECT_TRUE(Expression(sql("id = {}", 1)).same_shape(sql("id = {}", 2)));
}

TEST(Expression, KeepsItsValues) {
  Expression moved;
  {
    std::string text(100, 'x');
    Expression original = f<&Event::title> == text && f<&Event::title> != "short";
    const Expression copy = original;
    moved = std::move(original);
    text.assign(100, 'y');
    EXPECT_EQ(render(copy, Dialect::sqlite()).values, render(moved, Dialect::sqlite()).values);
  }
  EXPECT_THAT(render(moved, Dialect::sqlite()).values, HasSubstr("xxx"));
}

/// What a dialect cannot say, and what nobody can.
TEST(Renderer, Refuses) {
  const auto refused = [](const Expression& expression, const Dialect& dialect) -> std::string {
    try {
      static_cast<void>(render(expression, dialect));
    } catch (const DatabaseError& error) {
      return error.what();
    }
    return "rendered";
  };
  EXPECT_THAT(refused(f<&Event::title>.matches("a"), Dialect::sqlite()),
              HasSubstr("SQLite does not support regular expression operators"));
  EXPECT_THAT(
      refused(f<&Event::tags>.array_contains(std::vector<std::string>{"a"}), Dialect::sqlite()),
      HasSubstr("SQLite does not support array columns"));
  EXPECT_EQ(
      render(f<&Event::tags>.array_overlaps(std::vector<std::string>{"a"}), Dialect::postgresql())
          .text,
      "\"tags\" && $1");
  EXPECT_THAT(refused(f<&Event::details>.key("a\"b") == 1, Dialect::sqlite()),
              HasSubstr("JSON key"));
  EXPECT_THAT(refused(call("now(); drop table x", 1), Dialect::postgresql()),
              HasSubstr("is no name of an SQL function"));
  EXPECT_THAT(refused(f<&Event::tags>.some(), Dialect::postgresql()), HasSubstr("need the ORM"));
  EXPECT_THAT(
      refused(f<&Event::details>.key(std::string_view{"a\0b", 3}) == 1, Dialect::postgresql()),
      HasSubstr("NUL"));
}

TEST(Names, AreInSnakeCase) {
  EXPECT_EQ(snake_case("EventDetails"), "event_details");
  EXPECT_EQ(snake_case("HTTPServer2Go"), "http_server2_go");
  EXPECT_EQ(snake_case("starts_at"), "starts_at");
  EXPECT_EQ(snake_case("A"), "a");
  EXPECT_EQ(snake_case(""), "");
}

/// A resolver as the ORM has one: it renders the inner condition where it likes.
class TagResolver final : public PathResolver {
 public:
  void append_path(const Path& path, std::string& out) override {
    out += std::string{prefix_} + "." + std::string{path.back().member};
  }
  void append_quantified(Quantifier kind, const Path& path, ExpressionCursor* inner,
                         Renderer& renderer) override {
    renderer.append_text(kind == Quantifier::some ? "some " : "other ");
    append_path(path, renderer.text());
    if (inner == nullptr) return;
    prefix_ = "t";
    renderer.append_text(" (");
    renderer.append(*inner);
    renderer.append_text(")");
    prefix_ = "e";
  }

 private:
  const char* prefix_ = "e";
};

TEST(Renderer, LeavesQuantifiersToTheResolver) {
  TagResolver resolver;
  std::string text;
  std::vector<ValueType> types;
  Renderer renderer{Dialect::postgresql(), resolver, text, types};
  const Expression condition =
      f<&Event::id> == 1 &&
      f<&Event::tags>.some(f<&Details::seats> > 2 && f<&Details::seats> < 4) &&
      f<&Event::tags>.none() && f<&Event::id> != 5;
  renderer.append(condition);
  EXPECT_EQ(text,
            "e.id = $1 and some e.tags (t.seats > $2 and t.seats < $3) and other e.tags and e.id "
            "<> $4");
  std::vector<ValueView> values;
  condition.append_values(values);
  ASSERT_EQ(values.size(), 4U);
  EXPECT_EQ(values[3].integer(), 5);
}

TEST(Query, RefusesWhatNobodyMeans) {
  const Dialect& dialect = Dialect::postgresql();
  const auto text = [&](const Query& query) { return query.to_sql(dialect).text; };
  EXPECT_THROW(text(update("t").set("a", 1)), UsageError);
  EXPECT_THROW(text(update("t").set("a", 1).where(Expression{})), UsageError);
  EXPECT_THROW(text(delete_from("t")), UsageError);
  EXPECT_EQ(text(delete_from("t").all_rows()), "delete from \"t\"");
  EXPECT_THROW(text(update("t").where(column("a") == 1)), UsageError);
  EXPECT_THROW(text(insert_into("t")), UsageError);
  EXPECT_THROW(text(insert_into("t").columns("a", "b").values(1)), UsageError);
  EXPECT_THROW(static_cast<void>(insert_into("t").values(1, 2).values(1)), UsageError);
  EXPECT_THROW(text(insert_into("t").values(1).on_conflict("a")), UsageError);
  EXPECT_THROW(text(insert_into("t").values(1).merge("a")), UsageError);
  EXPECT_THROW(text(insert_into("t").columns("a").values(1).on_conflict().merge()), UsageError);
  EXPECT_THROW(text(select()), UsageError);
  EXPECT_THROW(static_cast<void>(select().from("t").limit(-1)), UsageError);
  EXPECT_THROW(static_cast<void>(select().from("t").page(0, 10)), UsageError);
  EXPECT_THROW(static_cast<void>(select().from("t").join("u", "u", Expression{})), UsageError);
  EXPECT_THROW(text(select().from(select().from("t"), "")), UsageError);
  EXPECT_THROW(text(select().from(table("a", ""))), UsageError);
  EXPECT_THROW(text(select(column("x").as(std::string_view{"a\0b", 3}))), UsageError);
  EXPECT_THROW(static_cast<void>(after({}, {})), UsageError);
}

TEST(Query, AllColumnsAreSelectedButAreNoValue) {
  const Expression all = column("t", "*");
  for (const Dialect* dialect : {&Dialect::postgresql(), &Dialect::sqlite()}) {
    EXPECT_EQ(select(all, column("*")).from("t").to_sql(*dialect).text,
              "select \"t\".*, * from \"t\"");
    EXPECT_EQ(insert_into("t").columns("a").values(1).returning(column("*")).to_sql(*dialect).text,
              dialect == &Dialect::sqlite() ? "insert into \"t\" (\"a\") values (?1) returning *"
                                            : "insert into \"t\" (\"a\") values ($1) returning *");
    for (const Expression& value : {all, column("*")}) {
      EXPECT_THROW(select(value + 1).from("t").to_sql(*dialect), UsageError);
      EXPECT_THROW(select(value.as("x")).from("t").to_sql(*dialect), UsageError);
      EXPECT_THROW(select().from("t").where(value == 1).to_sql(*dialect), UsageError);
      EXPECT_THROW(select().from("t").order_by(value.asc()).to_sql(*dialect), UsageError);
      EXPECT_THROW(select().from("t").where(value.ends_with("x")).to_sql(*dialect), UsageError);
    }
  }
  Insert returning = insert_into("t");
  returning.columns("a").values(1).returning(all);
  EXPECT_THROW(returning.to_sql(Dialect::sqlite()), UnsupportedError);
  EXPECT_EQ(returning.to_sql(Dialect::postgresql()).text,
            "insert into \"t\" (\"a\") values ($1) returning \"t\".*");
}

TEST(Query, KnowsReads) {
  EXPECT_EQ(select().from("t").to_sql(Dialect::sqlite()).kind, StatementKind::read);
  EXPECT_NE(select(sql("nextval('s')")).to_sql(Dialect::postgresql()).kind, StatementKind::read);
  EXPECT_NE(select().from("t").for_update().to_sql(Dialect::postgresql()).kind,
            StatementKind::read);
  EXPECT_NE(delete_from("t").all_rows().to_sql(Dialect::sqlite()).kind, StatementKind::read);
}

TEST(Query, SetOperationsGoFromLeftToRight) {
  const auto from = [](const char* name) { return select().from(name); };
  Select query = from("a");
  query.union_with(from("b")).intersect(from("c")).except(from("d")).intersect(from("e"));
  EXPECT_EQ(query.to_sql(Dialect::postgresql()).text,
            "((select * from \"a\" union select * from \"b\") intersect select * from \"c\" except "
            "select * from \"d\") intersect select * from \"e\"");
  EXPECT_EQ(query.to_sql(Dialect::sqlite()).text,
            "select * from \"a\" union select * from \"b\" intersect select * from \"c\" except "
            "select * from \"d\" intersect select * from \"e\"");
}

}  // namespace
}  // namespace roost::db
