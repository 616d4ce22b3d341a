// DDL, introspection, comparison and additions on a real PostgreSQL.
#include <roost/async/event_loop.hpp>
#include <roost/async/when_all.hpp>
#include <roost/schema/additions.hpp>
#include <roost/schema/compare.hpp>
#include <roost/schema/create.hpp>
#include <roost/schema/introspect.hpp>
#include <roost/schema/schema_cases_impl.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/postgres.hpp>
#include <roost/sql/postgres/testing/private_postgres.hpp>
#include <roost/sql/raw_sql.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace roost::schema {
namespace {

using namespace cases;
using db::postgres::PrivatePostgres;
using ::testing::HasSubstr;

template <class Body>
void run(Body&& body) {
  EventLoop loop;
  loop.block_on(body());
}

std::unique_ptr<db::Database> open_fresh() {
  return db::postgres::open(db::DatabaseOptions{PrivatePostgres::shared().fresh_database()});
}

/// What only PostgreSQL knows.
Schema postgresql_only() {
  const ColumnType mood = ColumnType::enumeration({"sad", "it's ok", "happy"}, "Mood");
  Table people = table(
      "people",
      {identity(), column("mood", mood), column("moods", ColumnType::array_of(mood), true),
       column("tags", ColumnType::array_of(ColumnType::text())), column("doc", ColumnType::json()),
       column("name", ColumnType::text(40)), column("nick", ColumnType::text(), true),
       column("search", ColumnType::verbatim("tsvector"), true),
       column("span", ColumnType::verbatim("INTERVAL"), true),
       column("code", ColumnType::verbatim("varchar(7)"), true),
       with_default(column("level", ColumnType::int32()),
                    Default::expression("length('four') + 1"))});
  people.schema_name = "crm";
  people.comment = "Who's who";
  people.columns[1].default_value = literal(db::ValueView::text("sad"));
  people.columns[5].comment = "As on the \"card\"";
  people.columns[5].collation = "default";
  people.columns[6].collation = "POSIX";
  Unique unique{{"name", "level"}};
  unique.deferral = Deferral::initially_deferred;
  people.uniques.push_back(unique);
  Index gin{{"doc"}};
  gin.method = "gin";
  gin.parts[0].operator_class = "jsonb_path_ops";
  people.indexes.push_back(gin);
  Index pattern{{"nick"}};
  pattern.parts[0].operator_class = "text_pattern_ops";
  pattern.include = {"level"};
  people.indexes.push_back(pattern);
  Index nulls{{"level", "code"}};
  nulls.parts[0].nulls = IndexPart::Nulls::first;
  nulls.parts[1].descending = true;
  nulls.parts[1].nulls = IndexPart::Nulls::last;
  people.indexes.push_back(nulls);
  Index collated{{"name", "nick"}};
  collated.parts[0].collation = "C";
  collated.parts[1].collation = "POSIX";  // as the column itself
  people.indexes.push_back(collated);
  people.checks.push_back(Check{"level between 1 and 10 or name like 'x%' and nick is not null"});
  Table notes = table("notes", {identity(), column("person_id", ColumnType::int64())});
  notes.schema_name = "crm";
  notes.foreign_keys.emplace_back(std::vector<std::string>{"person_id"}, "people",
                                  std::vector<std::string>{"id"});
  notes.foreign_keys[0].on_delete = ForeignKeyAction::cascade;
  return Schema{{notes, people}};
}

Schema elsewhere(Schema schema, const std::string& name) {
  for (Table& each : schema.tables) each.schema_name = name;
  return schema;
}

TEST(SchemaOnPostgresql, EverySchemaComesBackAsItWasCreated) {
  std::vector<Named> all = schemas();
  all.push_back({"postgresql_only", postgresql_only()});
  all.push_back({"in a schema", elsewhere(keys(), "Shop")});
  auto database = open_fresh();
  for (const Named& each : all) {
    SCOPED_TRACE(each.name);
    run([&]() -> Task<void> {
      co_await create(*database, each.schema);
      const auto differences = co_await verify(*database, each.schema);
      EXPECT_EQ(describe(differences), "");
      const auto statements = co_await create_missing(*database, each.schema);
      EXPECT_THAT(statements, ::testing::IsEmpty()) << ::testing::PrintToString(statements);
      // What was read is a schema that makes the same database again.
      const IntrospectOptions options = IntrospectOptions::for_schema(each.schema);
      const Schema read = co_await introspect(*database, options);
      co_await drop(*database, each.schema);
      const Schema nothing = co_await introspect(*database, options);
      EXPECT_EQ(nothing.dump(), "");
      co_await create(*database, read);
      const auto again = co_await verify(*database, each.schema);
      EXPECT_EQ(describe(again), "");
      co_await drop(*database, each.schema);
    });
  }
  run([&]() -> Task<void> { co_await database->close(); });
}

TEST(SchemaOnPostgresql, EachChangeIsNamedAndNothingElse) {
  auto database = open_fresh();
  run([&]() -> Task<void> {
    co_await create(*database, events());
    for (const Change& change : changes()) {
      SCOPED_TRACE(change.name);
      Schema expected = events();
      change.apply(expected);
      const auto differences = co_await verify(*database, expected);
      std::vector<DifferenceKind> kinds;
      for (const Difference& difference : differences) kinds.push_back(difference.kind);
      EXPECT_EQ(kinds, change.kinds) << describe(differences);
      if (!differences.empty()) {
        EXPECT_EQ(differences[0].severity, change.severity) << describe(differences);
        EXPECT_EQ(differences[0].object, change.object) << describe(differences);
        EXPECT_FALSE(differences[0].uncertain) << describe(differences);
      }
    }
    co_await database->close();
  });
}

TEST(SchemaOnPostgresql, ChangesOfWhatItAloneKnowsAreNamed) {
  const auto people = [](Schema& s) -> Table& { return find(s, "people"); };
  using enum DifferenceKind;
  const std::vector<Change> all{
      {"a value more",
       [](Schema& s) {
         const ColumnType mood = ColumnType::enumeration({"sad", "it's ok", "happy", "!"}, "Mood");
         find(s, "people", "mood").type = mood;
         find(s, "people", "moods").type = ColumnType::array_of(mood);
       },
       {enumeration_values, enumeration_values},
       Severity::error,
       "mood"},
      {"a longer text",
       [](Schema& s) { find(s, "people", "name").type = ColumnType::text(41); },
       {column_type},
       Severity::error,
       "name"},
      {"a shorter text",
       [](Schema& s) { find(s, "people", "name").type = ColumnType::text(39); },
       {column_type},
       Severity::note,
       "name"},
      {"a smaller number",
       [](Schema& s) { find(s, "people", "level").type = ColumnType::int16(); },
       {column_type},
       Severity::note,
       "level"},
      {"a larger number",
       [](Schema& s) { find(s, "people", "level").type = ColumnType::int64(); },
       {column_type},
       Severity::error,
       "level"},
      {"another expression",
       [](Schema& s) {
         find(s, "people", "level").default_value = Default::expression("length('four') + 2");
       },
       {column_default},
       Severity::note,
       "level"},
      {"another collation",
       [](Schema& s) { find(s, "people", "tags").collation = "default"; },
       {column_collation},
       Severity::note,
       "tags"},
      {"another comment",
       [](Schema& s) { find(s, "people", "name").comment = ""; },
       {column_comment},
       Severity::note,
       "name"},
      {"another comment of the table",
       [&](Schema& s) { people(s).comment = "?"; },
       {table_comment},
       Severity::note,
       ""},
      {"not deferrable",
       [&](Schema& s) { people(s).uniques[0].deferral = Deferral::none; },
       {index_definition},
       Severity::error,
       "people_name_level_unique"},
      {"another method",
       [&](Schema& s) { people(s).indexes[0].parts[0].operator_class = ""; },
       {index_definition},
       Severity::note,
       "people_doc_index"},
      {"nothing included",
       [&](Schema& s) { people(s).indexes[1].include.clear(); },
       {index_definition},
       Severity::note,
       "people_nick_index"},
      {"another order of NULLs",
       [&](Schema& s) { people(s).indexes[2].parts[0].nulls = IndexPart::Nulls::last; },
       {index_definition},
       Severity::note,
       "people_level_code_index"},
      {"the same check in other words",
       [&](Schema& s) {
         people(s).checks[0].expression =
             "(LEVEL between 1 and (10)) or ((name like 'x%') and nick IS NOT NULL)";
       },
       {},
       Severity::note,
       ""},
      {"other parentheses",
       [&](Schema& s) {
         people(s).checks[0].expression =
             "(level between 1 and 10 or name like 'x%') and nick is not null";
       },
       {check_definition},
       Severity::error,
       "people_check"},
  };
  auto database = open_fresh();
  run([&]() -> Task<void> {
    co_await create(*database, postgresql_only());
    for (const Change& change : all) {
      SCOPED_TRACE(change.name);
      Schema expected = postgresql_only();
      change.apply(expected);
      const auto differences = co_await verify(*database, expected);
      std::vector<DifferenceKind> kinds;
      for (const Difference& difference : differences) kinds.push_back(difference.kind);
      EXPECT_EQ(kinds, change.kinds) << describe(differences);
      if (!differences.empty()) {
        EXPECT_EQ(differences[0].severity, change.severity) << describe(differences);
        EXPECT_EQ(differences[0].object, change.object) << describe(differences);
      }
    }
    co_await database->close();
  });
}

TEST(SchemaOnPostgresql, DefaultsAreWhatTheDriverReads) {
  auto database = open_fresh();
  run([&]() -> Task<void> {
    Schema schema = all_types();
    Table& table = schema.tables[0];
    std::erase_if(table.columns,
                  [](const Column& c) { return c.name != "id" && !c.default_value.exists(); });
    co_await create(*database, schema);
    co_await database->execute(sql("insert into all_types default values"));
    for (const Column& each : table.columns) {
      if (each.default_value.kind() != DefaultKind::literal) continue;
      const db::RawSql query = sql("select count(*) from all_types where {} = {}",
                                   identifier(each.name), each.default_value.value());
      const db::Result found = co_await database->execute(query);
      EXPECT_EQ(found[0].get<std::int64_t>(0), 1) << each.name;
    }
    co_await database->close();
  });
}

TEST(SchemaOnPostgresql, TextsSortByTheirBytesAsOnSqlite) {
  auto database = open_fresh();
  run([&]() -> Task<void> {
    co_await create(*database, events());
    co_await database->execute(
        sql("insert into venues (name) values ('a'), ('B'), ('Ä'), ('z'), ('_')"));
    const std::vector<std::string> names =
        co_await database->query<std::string>(sql("select name from venues order by name"));
    EXPECT_THAT(names, ::testing::ElementsAre("B", "_", "a", "z", "Ä"));
    co_await database->close();
  });
}

TEST(SchemaOnPostgresql, AddsWhatIsSafeToAddToRows) {
  auto database = open_fresh();
  run([&]() -> Task<void> {
    co_await create(*database, events());
    co_await database->execute(sql("insert into venues (name) values ('a'), ('b')"));
    Schema schema = events();
    Table& venues = find(schema, "venues");
    const ColumnType kind = ColumnType::enumeration({"hall", "field"});
    venues.columns.push_back(
        with_default(column("kind", kind), literal(db::ValueView::text("hall"))));
    venues.columns.push_back(
        with_default(column("seen_at", ColumnType::timestamp()), Default::now()));
    venues.columns.push_back(column("mood", ColumnType::enumeration({"x"}, "mood"), true));
    venues.columns.push_back(column("main_event_id", ColumnType::int64(), true));
    venues.foreign_keys.emplace_back(std::vector<std::string>{"main_event_id"}, "events",
                                     std::vector<std::string>{"id"});
    venues.columns.push_back(column("must", ColumnType::int32()));
    venues.uniques.push_back(Unique{{"main_event_id"}});
    venues.uniques.push_back(Unique{{"name"}});
    schema.tables.push_back(table("tags", {identity(), column("name", ColumnType::text())}));
    const auto statements = co_await create_missing(*database, schema);
    EXPECT_FALSE(statements.empty());
    const auto differences = co_await verify(*database, schema);
    EXPECT_EQ(differences.size(), 2U) << describe(differences);
    EXPECT_THAT(describe(differences), HasSubstr("the column must does not exist"));
    EXPECT_THAT(describe(differences), HasSubstr("the index venues_name_unique does not exist"));
    // A new value of the type.
    for (Column& each : find(schema, "venues").columns) {
      if (each.name == "mood") each.type = ColumnType::enumeration({"x", "it's"}, "mood");
    }
    const auto more = co_await create_missing(*database, schema);
    EXPECT_THAT(more, ::testing::ElementsAre("alter type \"mood\" add value if not exists "
                                             "'it''s'"));
    co_await database->close();
  });
}

TEST(SchemaOnPostgresql, ManyProcessesCreateWhatIsMissingOnce) {
  auto database = open_fresh();
  run([&]() -> Task<void> {
    const Schema schema = events();
    std::vector<Task<std::vector<std::string>>> tasks;
    for (int i = 0; i < 6; ++i) tasks.push_back(create_missing(*database, schema));
    const auto all = co_await when_all(std::move(tasks));
    std::size_t busy = 0;
    for (const auto& statements : all) busy += statements.empty() ? 0 : 1;
    EXPECT_EQ(busy, 1U);
    const auto differences = co_await verify(*database, schema);
    EXPECT_EQ(describe(differences), "");
    co_await database->close();
  });
}

TEST(SchemaOnPostgresql, VerifyChangesNothingAndLeavesOtherTablesAlone) {
  auto database = open_fresh();
  run([&]() -> Task<void> {
    co_await create(*database, keys());
    co_await database->run_script(
        "create table extra (id serial primary key, x text); create view v as select 1 as one;"
        "create table parted (a int) partition by range (a);"
        "create table part partition of parted for values from (0) to (9)");
    const Schema before = co_await introspect(*database);
    const auto differences = co_await verify(*database, keys());
    EXPECT_EQ(describe(differences), "");
    const Schema after = co_await introspect(*database);
    EXPECT_EQ(before.dump(), after.dump());
    EXPECT_NE(before.find_table("extra"), nullptr);
    EXPECT_NE(before.find_table("parted"), nullptr);
    EXPECT_EQ(before.find_table("part"), nullptr);
    EXPECT_EQ(before.find_table("v"), nullptr);
    // A serial column counts up as well.
    Table extra = table("extra", {identity(), column("x", ColumnType::text(), true)});
    extra.columns[0].type = ColumnType::int32();
    extra.columns[1].collation = "default";
    const Schema expected{{extra}};
    const auto none = co_await verify(*database, expected);
    EXPECT_EQ(describe(none), "");
    co_await database->close();
  });
}

TEST(SchemaOnPostgresql, WithoutTheRightToMakeTablesWordsStayUncertain) {
  auto& server = PrivatePostgres::shared();
  auto database = open_fresh();
  const std::string name{database->options().url.substr(database->options().url.rfind('/') + 1)};
  run([&]() -> Task<void> {
    co_await create(*database, keys());
    server.execute("revoke temporary on database \"" + name +
                       "\" from public; "
                       "drop role if exists schema_reader; create role schema_reader login; "
                       "grant usage on schema public to schema_reader",
                   name);
    std::string url = database->options().url;
    url.replace(url.find("postgres@"), 9, "schema_reader@");
    auto reader = db::postgres::open(db::DatabaseOptions{url});
    const auto differences = co_await verify(*reader, keys());
    EXPECT_FALSE(differences.empty());
    EXPECT_FALSE(has_errors(differences)) << describe(differences);
    for (const Difference& difference : differences) {
      EXPECT_TRUE(difference.uncertain);
      EXPECT_THAT(difference.message(), HasSubstr("may mean the same"));
    }
    co_await reader->close();
    co_await database->close();
  });
}

}  // namespace
}  // namespace roost::schema
