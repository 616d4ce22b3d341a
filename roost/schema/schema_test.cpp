// The model and its rules; DDL, introspection, comparison and additions on SQLite.
#include <roost/async/event_loop.hpp>
#include <roost/schema/additions.hpp>
#include <roost/schema/compare.hpp>
#include <roost/schema/create.hpp>
#include <roost/schema/ddl.hpp>
#include <roost/schema/detail/sql_tokens.hpp>
#include <roost/schema/detail/sqlite_parser.hpp>
#include <roost/schema/introspect.hpp>
#include <roost/schema/schema_cases_impl.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/raw_sql.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace roost::schema {
namespace {

using namespace cases;
using db::Dialect;
using ::testing::HasSubstr;

template <class Body>
void run(Body&& body) {
  EventLoop loop;
  loop.block_on(body());
}

std::unique_ptr<db::Database> open_sqlite() {
  return db::sqlite::open(db::DatabaseOptions{"sqlite::memory:"});
}

std::string error_of(const Schema& schema, const Dialect& dialect) {
  try {
    static_cast<void>(resolved(schema, dialect));
  } catch (const db::DatabaseError& error) {
    return error.message();
  }
  return "no error";
}

/// One table `t` with an `id` and whatever else.
Schema one(Table table) { return Schema{{std::move(table)}}; }

// ---- names

TEST(ConstraintName, FollowsTheRule) {
  EXPECT_EQ(constraint_name("registrations", {"event_id", "user_id"}, "unique"),
            "registrations_event_id_user_id_unique");
  EXPECT_EQ(constraint_name("t", {}, "check"), "t_check");
}

TEST(ConstraintName, IsShortenedWithAHashThatNeverChanges) {
  const std::string table(40, 'a');
  const std::string first = constraint_name(table, {std::string(30, 'b'), "c"}, "foreign");
  const std::string second = constraint_name(table, {std::string(30, 'b'), "d"}, "foreign");
  EXPECT_EQ(first.size(), longest_name);
  EXPECT_NE(first, second);
  EXPECT_EQ(first, std::string(40, 'a') + "_bbbbb_79609a0e_foreign");
  // At the limit nothing is cut.
  EXPECT_EQ(constraint_name(std::string(57, 'a'), {}, "index"), std::string(57, 'a') + "_index");
  EXPECT_EQ(constraint_name(std::string(58, 'a'), {}, "index").size(), longest_name);
}

TEST(ConstraintName, IsNotCutInsideACharacter) {
  for (std::size_t offset = 0; offset < 4; ++offset) {
    std::string table(offset, 'x');
    for (int i = 0; i < 30; ++i) table += "🎉";
    const std::string name = constraint_name(table, {"id"}, "index");
    EXPECT_LE(name.size(), longest_name);
    const std::string head = name.substr(0, name.find('_'));
    EXPECT_EQ((head.size() - offset) % 4, 0U) << name;
  }
}

// ---- what contradicts itself

TEST(Resolved, RefusesWhatContradictsItself) {
  const Dialect& sqlite = Dialect::sqlite();
  EXPECT_THAT(error_of(one(Table{"t"}), sqlite), HasSubstr("table t has no columns"));
  EXPECT_THAT(error_of(one(table("", {identity()})), sqlite), HasSubstr("has no name"));
  EXPECT_THAT(error_of(one(table("t", {identity(), identity()})), sqlite),
              HasSubstr("two columns named id"));
  EXPECT_THAT(error_of(Schema{{table("t", {identity()}), table("t", {identity()})}}, sqlite),
              HasSubstr("two tables named t"));
  Table broken = table("t", {identity()});
  broken.primary_key = {"id", "nothing"};
  EXPECT_THAT(error_of(one(broken), sqlite), HasSubstr("the column nothing, which it does not"));
  broken.primary_key = {"id", "id"};
  EXPECT_THAT(error_of(one(broken), sqlite), HasSubstr("names the column id twice"));
  broken = table("t", {identity()});
  broken.indexes.push_back(Index{{"nothing"}});
  EXPECT_THAT(error_of(one(broken), sqlite), HasSubstr("the column nothing"));
  broken = table("t", {identity()});
  broken.uniques.push_back(Unique{{}});
  EXPECT_THAT(error_of(one(broken), sqlite), HasSubstr("without columns"));
  broken = table("t", {identity(), column("a", ColumnType::int32())});
  broken.uniques = {Unique{{"a"}, "same"}};
  broken.indexes.push_back(Index{{"a"}});
  broken.indexes[0].name = "same";
  EXPECT_THAT(error_of(one(broken), sqlite), HasSubstr("two constraints or indexes named same"));
}

TEST(Resolved, RefusesColumnsThatCannotBe) {
  const Dialect& postgresql = Dialect::postgresql();
  Column text{"id", ColumnType::text()};
  text.identity = true;
  EXPECT_THAT(error_of(one(table("t", {text})), postgresql), HasSubstr("must be an integer"));
  Column both = identity();
  both.default_value = Default::expression("1");
  EXPECT_THAT(error_of(one(table("t", {both})), postgresql), HasSubstr("cannot have a default"));
  Column generated = column("g", ColumnType::int32());
  generated.generated = GeneratedKind::stored;
  EXPECT_THAT(error_of(one(table("t", {generated})), postgresql), HasSubstr("by no expression"));
  EXPECT_THAT(
      error_of(one(table("t", {with_default(column("a", ColumnType::text()), Default::now())})),
               postgresql),
      HasSubstr("only timestamps and dates"));
  EXPECT_THAT(
      error_of(one(table("t", {column(std::string(64, 'x'), ColumnType::text())})), postgresql),
      HasSubstr("longer than 63 bytes"));
  Table two = table("t", {identity(), column("b", ColumnType::int64())});
  two.primary_key = {"id", "b"};
  EXPECT_EQ(error_of(one(two), postgresql), "no error");
  EXPECT_THAT(error_of(one(two), Dialect::sqlite()), HasSubstr("primary keys of one column only"));
}

TEST(Resolved, RefusesForeignKeysThatLeadNowhere) {
  Schema schema = events();
  find(schema, "events").foreign_keys[0].target_columns = {"name"};
  EXPECT_THAT(error_of(schema, Dialect::sqlite()), HasSubstr("neither its primary key nor unique"));
  find(schema, "events").foreign_keys[0].target_columns = {"nothing"};
  EXPECT_THAT(error_of(schema, Dialect::sqlite()), HasSubstr("venues.nothing, which does not"));
  find(schema, "events").foreign_keys[0].target_columns = {"id", "name"};
  EXPECT_THAT(error_of(schema, Dialect::sqlite()), HasSubstr("1 columns to 2 columns"));
  schema = events();
  find(schema, "events", "venue_id").nullable = false;
  EXPECT_THAT(error_of(schema, Dialect::sqlite()), HasSubstr("sets venue_id to NULL"));
  // A table of somebody else is the database's to judge.
  schema = events();
  find(schema, "events").foreign_keys[0].target_table = "elsewhere";
  EXPECT_EQ(error_of(schema, Dialect::sqlite()), "no error");
}

TEST(Resolved, RefusesOnSqliteWhatOnlyPostgresqlCanHold) {
  const auto refused = [](const auto& change) {
    Schema schema = events();
    change(find(schema, "events"));
    EXPECT_EQ(error_of(schema, Dialect::postgresql()), "no error");
    return error_of(schema, Dialect::sqlite());
  };
  EXPECT_THAT(refused([](Table& t) { t.uniques[0].deferral = Deferral::initially_deferred; }),
              HasSubstr("SQLite does not support deferrable unique constraints"));
  const auto with_index = [&](const auto& change) {
    return refused([&](Table& t) {
      t.indexes.push_back(Index{{"title"}});
      change(t.indexes[0]);
    });
  };
  EXPECT_THAT(with_index([](Index& index) { index.method = "gin"; }), HasSubstr("method gin"));
  EXPECT_THAT(with_index([](Index& index) { index.include = {"status"}; }),
              HasSubstr("included columns"));
  EXPECT_THAT(with_index([](Index& i) { i.parts[0].operator_class = "text_pattern_ops"; }),
              HasSubstr("text_pattern_ops"));
  EXPECT_THAT(with_index([](Index& i) { i.parts[0].nulls = IndexPart::Nulls::first; }),
              HasSubstr("order of NULLs"));
  Schema schema = events();
  schema.tables[2].schema_name = "shop";
  EXPECT_THAT(error_of(schema, Dialect::sqlite()), HasSubstr("SQLite does not support schemas"));
}

TEST(Resolved, FindsTheSchemaOfTargets) {
  Table child = table("child", {identity(), column("parent_id", ColumnType::int64())});
  child.schema_name = "shop";
  child.foreign_keys.emplace_back(std::vector<std::string>{"parent_id"}, "parent",
                                  std::vector<std::string>{"id"});
  Table parent = table("parent", {identity()});
  const auto target = [&](const std::vector<Table>& tables) {
    const Schema whole = resolved(Schema{tables}, Dialect::postgresql());
    EXPECT_EQ(whole, resolved(whole, Dialect::postgresql()));
    return whole.tables[0].foreign_keys[0].target_schema;
  };
  EXPECT_EQ(target({child}), "shop");
  EXPECT_EQ(target({child, parent}), "");
  Table beside = parent;
  beside.schema_name = "shop";
  EXPECT_EQ(target({child, beside}), "shop");
  EXPECT_EQ(target({child, parent, beside}), "shop");
  child.foreign_keys[0].target_schema = "other";
  EXPECT_EQ(target({child, parent, beside}), "other");
}

TEST(Resolved, KeepsNamesApart) {
  Table both = table("t", {identity(), column("kind", ColumnType::enumeration({"a"}))});
  both.checks.push_back(Check{"kind <> 'b'", "t_kind_check"});
  for (const Dialect* dialect : {&Dialect::sqlite(), &Dialect::postgresql()}) {
    const Schema whole = resolved(one(both), *dialect);
    EXPECT_EQ(whole.tables[0].checks.size(), 2U);
    EXPECT_EQ(whole.tables[0].checks[1].name, "t_kind_2_check");
    EXPECT_EQ(whole, resolved(whole, *dialect));
  }
}

TEST(Resolved, RefusesOneNativeTypeWithTwoLists) {
  const Table twice = table("t", {identity(), column("a", ColumnType::enumeration({"x"}, "mood")),
                                  column("b", ColumnType::enumeration({"y"}, "mood"))});
  EXPECT_THAT(error_of(one(twice), Dialect::postgresql()), HasSubstr("column t.b has an enum"));
  EXPECT_EQ(error_of(one(twice), Dialect::sqlite()), "no error");
}

TEST(Resolved, ChangesNothingTheSecondTime) {
  for (const Dialect* dialect : {&Dialect::sqlite(), &Dialect::postgresql()}) {
    for (const Named& each : schemas()) {
      const Schema once = resolved(each.schema, *dialect);
      EXPECT_EQ(once, resolved(once, *dialect)) << each.name;
      EXPECT_EQ(once.dump(), resolved(once, *dialect).dump());
    }
  }
}

TEST(Resolved, IndexesForeignKeysUnlessSomethingBeginsWithThem) {
  const auto indexes = [](const auto& change) {
    Table child = table(
        "child", {identity(), column("a", ColumnType::int64()), column("b", ColumnType::int64())});
    child.foreign_keys.emplace_back(std::vector<std::string>{"a"}, "p",
                                    std::vector<std::string>{"id"});
    change(child);
    std::string names;
    const Schema whole = resolved(one(child), Dialect::postgresql());
    for (const Index& index : whole.tables[0].indexes) {
      names += index.name + " ";
    }
    return names;
  };
  EXPECT_EQ(indexes([](Table&) {}), "child_a_index ");
  EXPECT_EQ(indexes([](Table& t) { t.foreign_keys[0].with_index = false; }), "");
  EXPECT_EQ(indexes([](Table& t) { t.primary_key = {"a", "b"}; }), "");
  EXPECT_EQ(indexes([](Table& t) { t.primary_key = {"b", "a"}; }), "child_a_index ");
  EXPECT_EQ(indexes([](Table& t) { t.uniques.push_back(Unique{{"a", "b"}}); }), "");
  EXPECT_EQ(indexes([](Table& t) { t.indexes.push_back(Index{{"a", "b"}}); }), "child_a_b_index ");
  EXPECT_EQ(indexes([](Table& t) {
              t.indexes.push_back(Index{{"a"}});
              t.indexes[0].where = "b > 0";
              t.indexes[0].name = "partial";
            }),
            "partial child_a_index ");
  EXPECT_EQ(indexes([](Table& t) {
              t.foreign_keys[0].columns = {"b", "a"}, t.foreign_keys[0].target_columns = {"x", "y"},
              t.primary_key = {"a", "b", "id"};
            }),
            "");
}

// ---- expressions

TEST(CanonicalExpression, IsTheSameForTheSameWords) {
  const auto same = [](std::string_view a, std::string_view b) {
    EXPECT_EQ(detail::canonical_expression(a), detail::canonical_expression(b)) << a << " | " << b;
  };
  same("a  >\n1", "A>1");
  same("(a > 1)", "a > 1");
  same("((\"a\")) > (1)", "a>1");
  same("a > 1 /* why */ -- because", "a > 1");
  same("'x'::text", "'x'");
  same("'x'::character varying(10)", "'x'");
  same("status = ANY (ARRAY['a'::text, 'b'::text])", "\"status\" = any(array['a','b'])");
  same("'2026-01-01 00:00:00+00'::timestamp with time zone", "'2026-01-01 00:00:00+00'");
  same("'{1,2}'::integer[]", "'{1,2}'");
  same("E'a\\\\b'", "'a\\b'");
  same("a != 1", "a <> 1");
}

TEST(CanonicalExpression, DiffersWhereTheMeaningMay) {
  const auto differ = [](std::string_view a, std::string_view b) {
    EXPECT_NE(detail::canonical_expression(a), detail::canonical_expression(b)) << a << " | " << b;
  };
  differ("'A'", "'a'");
  differ("'a'", "a");
  differ("\"A\" > 1", "a > 1");
  differ("(a or b) and c", "a or (b and c)");
  differ("(a + b) * c", "a + b * c");
  differ("(a) = (b) or (c)", "(a = b or c) is null");
  differ("lower(a)", "lower a");
  differ("a::int > 0", "a > 0");
  differ("'it''s'", "'its'");
  differ("a in (1)", "a in (2)");
  differ("f((1), 2)", "f(1, (3))");
}

TEST(Parsers, EndWithTextsThatEndTooEarly) {
  const std::string table =
      create_statements(keys(), Dialect::sqlite())[0] +
      " /* x */ [a b] `c` E'\\\\' X'00' 1.5e-3 \"\"\"\" '' :: numeric(1) [] (((";
  const std::string index = "create index i on t (lower(a) collate nocase desc, b) where a > (1)";
  for (const std::string& text : {table, index}) {
    for (std::size_t size = 0; size <= text.size(); ++size) {
      // Copies, so that a step beyond the end is one beyond the memory.
      const std::vector<char> head(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
      const std::string_view view{head.data(), head.size()};
      static_cast<void>(detail::canonical_expression(view));
      static_cast<void>(detail::parse_create_table(view));
      static_cast<void>(detail::parse_create_index(view));
    }
  }
  EXPECT_EQ(detail::parse_create_index(index).parts, (std::vector<std::string>{"lower(a)", "b"}));
  EXPECT_EQ(detail::parse_create_index(index).where, "a > (1)");
}

// ---- DDL

TEST(Ddl, CreatesTablesAfterThoseThatTheyReferTo) {
  const auto position = [](const std::vector<std::string>& statements, std::string_view start) {
    for (std::size_t i = 0; i < statements.size(); ++i) {
      if (statements[i].rfind(start, 0) == 0) return i;
    }
    ADD_FAILURE() << "no statement begins with " << start;
    return statements.size();
  };
  for (const Dialect* dialect : {&Dialect::sqlite(), &Dialect::postgresql()}) {
    const auto statements = create_statements(events(), *dialect);
    EXPECT_LT(position(statements, "create table \"venues\""),
              position(statements, "create table \"events\""));
    EXPECT_LT(position(statements, "create table \"events\""),
              position(statements, "create table \"registrations\""));
  }
  const auto circle = create_statements(circles(), Dialect::postgresql());
  EXPECT_THAT(circle.back(), HasSubstr("alter table \"owners\" add constraint "
                                       "\"owners_home_id_foreign\" foreign key (\"home_id\") "
                                       "references \"nodes\" (\"id\")"));
}

TEST(Ddl, SaysOnEachDatabaseWhatItUnderstands) {
  Table all = table(
      "t", {identity(), column("name", ColumnType::text(10)), column("at", ColumnType::timestamp()),
            column("ok", ColumnType::boolean()), column("doc", ColumnType::json(), true),
            column("kind", ColumnType::enumeration({"a", "b'c"}))});
  all.columns[1].collation = "default";
  all.columns[5].default_value = literal(db::ValueView::text("b'c"));
  EXPECT_EQ(script_of(create_statements(one(all), Dialect::postgresql())),
            R"(create table "t" (
  "id" bigint generated by default as identity not null,
  "name" varchar(10) not null,
  "at" timestamptz(3) not null,
  "ok" boolean not null,
  "doc" jsonb,
  "kind" text collate "C" not null default 'b''c',
  primary key ("id"),
  constraint "t_kind_check" check ("kind" = any (array['a', 'b''c']))
);
)");
  EXPECT_EQ(script_of(create_statements(one(all), Dialect::sqlite())),
            R"(create table "t" (
  "id" INTEGER primary key autoincrement,
  "name" TEXT not null,
  "at" TEXT not null,
  "ok" INTEGER not null,
  "doc" TEXT,
  "kind" TEXT not null default 'b''c',
  constraint "t_name_check" check (length("name") <= 10),
  constraint "t_ok_check" check ("ok" in (0, 1)),
  constraint "t_doc_check" check (json_valid("doc")),
  constraint "t_kind_check" check ("kind" in ('a', 'b''c'))
) strict;
)");
}

// ---- round trips

TEST(SchemaOnSqlite, EverySchemaComesBackAsItWasCreated) {
  for (const Named& each : schemas()) {
    SCOPED_TRACE(each.name);
    run([&]() -> Task<void> {
      auto database = open_sqlite();
      co_await create(*database, each.schema);
      const auto differences = co_await verify(*database, each.schema);
      EXPECT_EQ(describe(differences), "");
      const auto statements = co_await create_missing(*database, each.schema);
      EXPECT_THAT(statements, ::testing::IsEmpty());
      // What was read is a schema that makes the same database again.
      const Schema read = co_await introspect(*database);
      auto second = open_sqlite();
      co_await create(*second, read);
      const auto again = co_await verify(*second, each.schema);
      EXPECT_EQ(describe(again), "");
      co_await drop(*database, each.schema);
      const Schema nothing = co_await introspect(*database);
      EXPECT_EQ(nothing.dump(), "");
    });
  }
}

TEST(SchemaOnSqlite, EachChangeIsNamedAndNothingElse) {
  for (const Change& change : changes()) {
    SCOPED_TRACE(change.name);
    run([&]() -> Task<void> {
      auto database = open_sqlite();
      co_await create(*database, events());
      Schema expected = events();
      change.apply(expected);
      // A number instead of a text has one check more or less on SQLite; these say so in a note.
      const auto differences = co_await verify(*database, expected);
      std::vector<DifferenceKind> kinds;
      for (const Difference& difference : differences) kinds.push_back(difference.kind);
      EXPECT_EQ(kinds, change.kinds) << describe(differences);
      if (!differences.empty()) {
        EXPECT_EQ(differences[0].severity, change.severity) << describe(differences);
        EXPECT_EQ(differences[0].object, change.object) << describe(differences);
        EXPECT_THAT(differences[0].message(), HasSubstr(change.object));
      }
    });
  }
}

TEST(SchemaOnSqlite, RefusesWhatTheTypesRefuse) {
  struct Attempt {
    std::string title;
    std::string rest;
    std::string constraint;
  };
  const std::vector<Attempt> attempts{
      {"ok", "'{}', 1, 'open'", "none"},
      {"no", "'{', 1, 'open'", "events_details_check"},
      {"no", "'{}', 2, 'open'", "events_public_check"},
      {"no", "'{}', 1, 'shut'", "events_status_check"},
      {std::string(119, 'x') + "ü", "'{}', 1, 'open'", "none"},
      {std::string(121, 'x'), "'{}', 1, 'open'", "events_title_check"},
      {"ok", "'{}', 1, 'open'", "events_title_starts_at_unique"},
  };
  run([&]() -> Task<void> {
    auto database = open_sqlite();
    co_await create(*database, events());
    for (const Attempt& attempt : attempts) {
      const std::string text =
          "insert into events (title, starts_at, details, public, status) values ('" +
          attempt.title + "', '2026-01-01T00:00:00.000Z', " + attempt.rest + ")";
      std::string constraint = "none";
      try {
        co_await database->execute(trusted_sql(text));
      } catch (const db::ConstraintViolation& error) {
        constraint = error.constraint();
      }
      EXPECT_EQ(constraint, attempt.constraint) << text;
    }
  });
}

TEST(SchemaOnSqlite, DefaultsAreWhatTheDriverReads) {
  run([]() -> Task<void> {
    auto database = open_sqlite();
    Schema schema = all_types();
    Table& table = schema.tables[0];
    std::erase_if(table.columns,
                  [](const Column& c) { return c.name != "id" && !c.default_value.exists(); });
    co_await create(*database, schema);
    co_await database->execute(sql("insert into all_types default values"));
    for (const Column& each : table.columns) {
      if (each.default_value.kind() != DefaultKind::literal) continue;
      // The same value, bound.
      const db::Result found =
          co_await database->execute(sql("select count(*) from all_types where {} is {}",
                                         identifier(each.name), each.default_value.value()));
      EXPECT_EQ(found[0].get<std::int64_t>(0), 1) << each.name;
    }
    const db::Result now = co_await database->execute(
        sql("select now_at from all_types where now_at like '____-__-__T__:__:__.___Z'"));
    EXPECT_EQ(now.row_count(), 1U);
  });
}

TEST(SchemaOnSqlite, IdsAreNeverGivenTwice) {
  run([]() -> Task<void> {
    auto database = open_sqlite();
    co_await create(*database, events());
    co_await database->execute(sql("insert into venues (name) values ('a'), ('b')"));
    co_await database->execute(sql("delete from venues where id = 2"));
    const auto id = co_await database->query_one<std::int64_t>(
        sql("insert into venues (name) values ('c') returning id"));
    EXPECT_EQ(id, 3);
  });
}

TEST(SchemaOnSqlite, CreateFailsWhereTablesAreAndLeavesNothing) {
  run([]() -> Task<void> {
    auto database = open_sqlite();
    Schema schema = events();
    const Schema last{{schema.tables[0]}};  // registrations, which is made after the others
    co_await create(*database, last);
    bool failed = false;
    try {
      co_await create(*database, schema);
    } catch (const db::DuplicateObject&) {
      failed = true;
    }
    EXPECT_TRUE(failed);
    const Schema actual = co_await introspect(*database);
    EXPECT_EQ(actual.tables.size(), 1U);
    const auto statements = co_await create_missing(*database, schema);
    EXPECT_FALSE(statements.empty());
    const auto differences = co_await verify(*database, schema);
    EXPECT_EQ(describe(differences), "");
  });
}

TEST(SchemaOnSqlite, AddsWhatIsSafeToAddToRows) {
  run([]() -> Task<void> {
    auto database = open_sqlite();
    co_await create(*database, events());
    co_await database->execute(sql("insert into venues (name) values ('a'), ('b')"));
    Schema schema = events();
    Table& venues = find(schema, "venues");
    venues.columns.push_back(column("zip", ColumnType::text(5), true));
    venues.columns.push_back(
        with_default(column("open", ColumnType::boolean()), literal(db::ValueView::boolean(true))));
    venues.columns.push_back(column("main_event_id", ColumnType::int64(), true));
    venues.foreign_keys.emplace_back(std::vector<std::string>{"main_event_id"}, "events",
                                     std::vector<std::string>{"id"});
    venues.columns.push_back(column("must", ColumnType::int32()));
    venues.uniques.push_back(Unique{{"zip"}});
    venues.uniques.push_back(Unique{{"name"}});
    venues.indexes.push_back(Index{{"name"}});
    schema.tables.push_back(table("tags", {identity(), column("name", ColumnType::text())}));
    const auto statements = co_await create_missing(*database, schema);
    EXPECT_EQ(statements.size(), 7U) << script_of(statements);
    const auto differences = co_await verify(*database, schema);
    // What rows may stand in the way of is left and named.
    EXPECT_EQ(differences.size(), 2U) << describe(differences);
    EXPECT_THAT(describe(differences), HasSubstr("the column must does not exist"));
    EXPECT_THAT(describe(differences), HasSubstr("the index venues_name_unique does not exist"));
    const auto again = co_await create_missing(*database, schema);
    EXPECT_THAT(again, ::testing::IsEmpty());
  });
}

TEST(SchemaOnSqlite, TablesWrittenByHandThatDoTheSameAreTheSame) {
  run([]() -> Task<void> {
    auto database = open_sqlite();
    co_await database->run_script(
        "create table users (id integer primary key autoincrement, -- the key, of course\n"
        " email varchar(200) collate nocase not null unique, age int8 default (18) check (age>=0),"
        " [boss id] bigint references users on delete set null deferrable initially deferred);"
        "create table extra (x); create view v as select 1; create virtual table f using fts5(a)");
    Table users = table("users", {identity(), column("email", ColumnType::text()),
                                  with_default(column("age", ColumnType::int32(), true),
                                               literal(db::ValueView::int32(18))),
                                  column("boss id", ColumnType::int64(), true)});
    users.columns[1].collation = "NOCASE";
    users.uniques.push_back(Unique{{"email"}});
    users.checks.push_back(Check{"age >= 0"});
    ForeignKey boss{{"boss id"}, "users", {"id"}};
    boss.on_delete = ForeignKeyAction::set_null;
    boss.deferral = Deferral::initially_deferred;
    boss.with_index = false;
    users.foreign_keys.push_back(boss);
    const auto differences = co_await verify(*database, one(users));
    // Everything works; STRICT alone is not there.
    EXPECT_EQ(differences.size(), 1U) << describe(differences);
    EXPECT_FALSE(has_errors(differences));
    const Schema actual = co_await introspect(*database);
    EXPECT_NE(actual.find_table("extra"), nullptr);
    EXPECT_EQ(actual.tables.size(), 2U) << actual.dump();
  });
}

TEST(SchemaOnSqlite, DropsWhatRefersInACircleWithItsRows) {
  run([]() -> Task<void> {
    auto database = open_sqlite();
    co_await create(*database, circles());
    co_await database->run_script(
        "insert into nodes (id, owner_id) values (1, 1);"
        "insert into owners (id, home_id) values (1, 1);"
        "update nodes set parent_id = 1");
    co_await drop(*database, circles());
    const Schema actual = co_await introspect(*database);
    EXPECT_EQ(actual.dump(), "");
  });
}

TEST(SchemaOnSqlite, RequireNamesEachErrorAtTheStart) {
  run([]() -> Task<void> {
    auto database = open_sqlite();
    co_await create(*database, events());
    Schema schema = events();
    find(schema, "events", "price").type = ColumnType::float64();
    find(schema, "venues").columns.emplace_back("zip", ColumnType::text());
    std::string message;
    try {
      co_await require(*database, schema);
    } catch (const SchemaMismatch& error) {
      message = error.what();
      EXPECT_EQ(error.differences().size(), 2U);
    }
    EXPECT_THAT(message, HasSubstr("table events: the column price: found text, expected real"));
    EXPECT_THAT(message, HasSubstr("table venues: the column zip does not exist"));
    const auto notes = co_await require(*database, events());
    EXPECT_TRUE(notes.empty());
  });
}

}  // namespace
}  // namespace roost::schema
