// Combinations of the query builder that are rare, and names, keys and texts that are odd.
#include <roost/sql/conformance/query_fixture.hpp>

namespace roost::db::conformance {
namespace {

/// What `to_sql` throws; empty: nothing.
std::string refusal_of(const Query& query, const Dialect& dialect) {
  try {
    static_cast<void>(query.to_sql(dialect));
  } catch (const DatabaseError& error) {
    return error.what();
  }
  return {};
}

TEST_P(QueryConformance, GroupsAndSortsByWhatHasValuesInIt) {
  // Each place has a placeholder of its own, so that PostgreSQL cannot know them as one expression.
  const Expression parity = f<&Event::id> % 2;
  using Row = std::tuple<std::int64_t, std::int64_t>;
  const Select odd_and_even =
      select(parity.as("parity"), count()).from<Event>().group_by(parity).order_by(parity.desc());
  EXPECT_THAT(all<Row>(odd_and_even), ElementsAre(Row{1, 3}, Row{0, 2}));
  const Expression size = case_when(f<&Event::capacity> < 25, "small", "large");
  const Select sizes = select(count(), size.as("size"), max(f<&Event::id>))
                           .from<Event>("e")
                           .group_by(size, f<&Event::open>)
                           .having(count() > 1)
                           .order_by(size.asc().nulls_first(), count().desc());
  using Size = std::tuple<std::int64_t, std::string, std::int64_t>;
  EXPECT_THAT(all<Size>(sizes), ElementsAre(Size{2, "large", 5}));
  const Expression known = coalesce(f<&Event::description>, "none");
  const Select descriptions = select(known).distinct().from<Event>().order_by(known.desc());
  EXPECT_THAT(all<std::string>(descriptions), ElementsAre("plain", "none", "50% off_now", ""));
  // The same text with another value is another expression.
  const Select thirds = select(parity, f<&Event::id> % 3).from<Event>().where(f<&Event::id> < 4);
  EXPECT_THAT(all<Row>(Select{thirds}.order_by(f<&Event::id> % 3, f<&Event::id> % 2)),
              ElementsAre(Row{1, 0}, Row{1, 1}, Row{0, 2}));
}

TEST_P(QueryConformance, CombinesSetsOfOddParts) {
  const auto where = [](const Expression& condition) {
    return select(f<&Event::id>).from<Event>().where(condition);
  };
  const Select last = where(f<&Event::id> > 0).order_by(desc<&Event::id>).limit(2);
  const Select middle = where(f<&Event::id> > 0).order_by(asc<&Event::id>).limit(1).offset(2);
  EXPECT_THAT(ids_of(where(f<&Event::id> == 1)
                         .union_all(last)
                         .union_all(middle)
                         .order_by(column("id").desc())
                         .limit(3)),
              ElementsAre(5, 4, 3));
  // Order and limit are those of the whole, also of a part that is made of parts.
  const Select nested = Select{middle}.union_all(where(f<&Event::id> == 5));
  EXPECT_THAT(ids_of(where(f<&Event::id> < 5).except(nested).order_by(column("id"))),
              ElementsAre(1, 2, 4));
  // A part that names queries of its own.
  const Select named = select(column("id")).from("few").with("few", where(f<&Event::id>.in(2, 4)));
  EXPECT_THAT(ids_of(where(f<&Event::id> == 1).union_with(named).order_by(column("id"))),
              ElementsAre(1, 2, 4));
  // As a source, and in EXISTS.
  const Select both = where(f<&Event::id> == 1).union_all(last);
  const Select of_both = select(column("u", "id")).from(both, "u").order_by(column("u", "id"));
  EXPECT_THAT(ids_of(of_both), ElementsAre(1, 4, 5));
  EXPECT_THAT(ids(exists(where(f<&Event::id> == 99).union_with(where(f<&Event::id> == 98)))),
              IsEmpty());
  run([&]() -> Task<void> {
    const std::int64_t rows = co_await both.count_rows(*database_);
    EXPECT_EQ(rows, 3);
    const std::int64_t none = co_await where(f<&Event::id> < 0).count_rows(*database_);
    EXPECT_EQ(none, 0);
  });
}

TEST_P(QueryConformance, NamesQueriesInStatementsThatWrite) {
  const Select busy = select(f<&Event::venue_id>.as("venue"), count().as("n"))
                          .from<Event>()
                          .where(f<&Event::venue_id> != nullptr)
                          .group_by(f<&Event::venue_id>);
  const Insert counted =
      insert_into("counter")
          .with("busy", busy)
          .columns("name", "n")
          .from_query(select(f<&Venue::city>, column("busy", "n"))
                          .from<Venue>("v")
                          .join(table("busy"), "busy", column("busy", "venue") == f<&Venue::id>))
          .on_conflict("name")
          .merge("n");
  EXPECT_EQ(affected(counted), 2U);
  EXPECT_EQ(affected(counted), 2U);  // the second time it merges
  const Update doubled = update("counter", "c")
                             .with("busy", busy, {"venue", "many"})
                             .set("n", column("c", "n") * 10)
                             .where(column("c", "n").in(select(column("many")).from("busy")) &&
                                    column("c", "name") == "Bern");
  EXPECT_EQ(affected(doubled), 1U);
  const Delete gone = delete_from("counter")
                          .with("busy", busy)
                          .where(column("n").not_in(select(column("n")).from("busy")))
                          .returning(column("name"), column("n"));
  using Row = std::tuple<std::string, int>;
  EXPECT_THAT(all<Row>(gone), ElementsAre(Row{"Bern", 20}));
}

TEST_P(QueryConformance, UpsertsIntoPartialIndexes) {
  run([&]() -> Task<void> {
    co_await database_->run_script(
        "create table seat (id integer primary key, place text not null, state text not null,"
        " deleted integer);"
        "create unique index seat_place on seat (place) where deleted is null;"
        "create unique index seat_state on seat (place, state) where state = 'held'");
  });
  const auto seat = [](int id, const char* state) {
    return insert_into("seat").columns("id", "place", "state").values(id, "A1", state);
  };
  EXPECT_EQ(affected(seat(1, "free")), 1U);
  for (int i = 0; i < 8; ++i) {  // also where PostgreSQL plans for any parameters
    const Insert again = seat(2, i % 2 == 0 ? "sold" : "free")
                             .on_conflict("place")
                             .index_where(column("deleted") == nullptr)
                             .merge("state")
                             .update_where(column("existing", "state") != excluded("state"));
    EXPECT_EQ(affected(again), 1U) << i;
    EXPECT_EQ(affected(Insert{again}), 0U) << i;  // the condition does not hold any more
  }
  const Insert held =
      seat(3, "held").on_conflict("place", "state").index_where(sql("state = 'held'")).do_nothing();
  EXPECT_EQ(affected(update("seat").set("deleted", 1).all_rows()), 1U);
  EXPECT_EQ(affected(held), 1U);
  EXPECT_EQ(affected(held), 0U);
  // With a parameter neither database would know the index.
  const Insert unknown = seat(4, "held")
                             .on_conflict("place", "state")
                             .index_where(column("state") == "held")
                             .do_nothing();
  EXPECT_THAT(refusal_of(unknown, database_->dialect()), HasSubstr("index_where"));
  EXPECT_THAT(refusal_of(unknown, database_->dialect()), HasSubstr("sql("));
}

TEST_P(QueryConformance, RefusesLocksOfWhatIsNoRow) {
  const Select rows = select(f<&Event::id>).from<Event>("e");
  const std::vector<Select> wrong{
      select(count()).from<Event>(),
      select((max(f<&Event::id>) + 1).as("next")).from<Event>(),
      select(filter(count(), f<&Event::open> == true)).from<Event>(),
      select(over(row_number(), window())).from<Event>(),
      select(f<&Event::status>).from<Event>().having(always_true()),
      Select{rows}.left_join<Venue>("v", f<&Event::venue_id> == f<&Venue::id>),
      Select{rows}.distinct(),
      Select{rows}.union_all(rows),
  };
  for (Select query : wrong) {
    query.for_update();
    EXPECT_NE(refusal_of(query, database_->dialect()), "");
  }
  Select joined = Select{rows}.left_join<Venue>("v", f<&Event::venue_id> == f<&Venue::id>);
  joined.where(f<&Event::id> == 1).lock(LockStrength::update, LockWait::wait, {"e"});
  if (postgresql()) {
    EXPECT_THAT(ids_of(joined), ElementsAre(1));
    EXPECT_THAT(ids(f<&Event::id>.in(select(f<&Event::id>).from<Event>().limit(1).for_update())),
                ElementsAre(1));
  } else {
    EXPECT_THAT(refusal_of(joined, database_->dialect()), HasSubstr("SQLite"));
  }
}

TEST_P(QueryConformance, JoinsLaterally) {
  const Select newest = select(f<&Event::title>)
                            .from<Event>()
                            .where(f<&Event::venue_id> == f<&Venue::id>.of("v"))
                            .order_by(desc<&Event::id>)
                            .limit(1);
  const Select query = select(f<&Venue::city>, column("newest", "title"))
                           .from<Venue>("v")
                           .left_join_lateral(newest, "newest", always_true())
                           .order_by(asc<&Venue::city>);
  if (!postgresql()) {
    EXPECT_THAT(refusal_of(query, database_->dialect()),
                HasSubstr("SQLite does not support LATERAL"));
    return;
  }
  using Row = std::tuple<std::string, std::optional<std::string>>;
  EXPECT_THAT(all<Row>(query), ElementsAre(Row{"Bern", "alphabet"}, Row{"Chur", std::nullopt},
                                           Row{"Zürich", "Zeta"}));
}

TEST_P(QueryConformance, WindowsOfFilteredAggregatesAndFramesWithoutOrder) {
  using Row = std::tuple<std::int64_t, std::int64_t, std::optional<std::int64_t>>;
  const Select query = select(f<&Event::id>,
                              over(filter(count(), f<&Event::open> == true),
                                   window().partition_by(f<&Event::venue_id> == nullptr)),
                              over(lead(f<&Event::id>, 2), window().order_by(desc<&Event::id>)))
                           .from<Event>()
                           .order_by(asc<&Event::id>)
                           .limit(3)
                           .offset(1);
  EXPECT_THAT(all<Row>(query), ElementsAre(Row{2, 3, std::nullopt}, Row{3, 3, 1}, Row{4, 0, 2}));
  const Select sums =
      select(over(sum(f<&Event::capacity>), window().rows_between(0, 0)).typed<std::int64_t>())
          .from<Event>()
          .order_by(asc<&Event::id>);
  EXPECT_THAT(ids_of(sums), ElementsAre(10, 20, 30, 40, 50));
  const Expression by_status =
      over(rank(), window()
                       .partition_by(f<&Event::status> == Status::draft)
                       .order_by(f<&Event::description>.asc().nulls_first()));
  const Select ranks = select(by_status).from<Event>().order_by(asc<&Event::id>);
  EXPECT_THAT(ids_of(ranks), ElementsAre(1, 3, 2, 1, 2));
}

TEST_P(QueryConformance, TakesEmptyListsAndListsWithOddTexts) {
  const std::vector<std::int64_t> nothing;
  EXPECT_THAT(ids(f<&Event::id>.in(nothing)), IsEmpty());
  EXPECT_THAT(ids(!f<&Event::id>.in(nothing)), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(ids(f<&Event::price>.in(std::vector<Decimal>{})), IsEmpty());
  EXPECT_THAT(ids(f<&Event::starts_at>.not_in(std::vector<Timestamp>{})),
              ElementsAre(1, 2, 3, 4, 5));
  const std::vector<std::string> odd{"{", "}", "\"", "\\", "a,b", "NULL", "", "'", "Ähre", "[1]"};
  EXPECT_THAT(ids(f<&Event::title>.in(odd)), ElementsAre(3));
  EXPECT_THAT(ids(f<&Event::description>.in(odd)), ElementsAre(3));
  for (const std::string& text : odd) {
    EXPECT_EQ(affected(update<Event>().set(f<&Event::title>, text).where(f<&Event::id> == 1)), 1U);
    EXPECT_THAT(ids(f<&Event::title>.in(std::vector<std::string>{"x", text}) && f<&Event::id> == 1),
                ElementsAre(1))
        << text;
    EXPECT_THAT(ids(f<&Event::title>.starts_with(text) && f<&Event::id> == 1), ElementsAre(1));
    EXPECT_THAT(ids(f<&Event::title>.ends_with(text) && f<&Event::id> == 1), ElementsAre(1));
  }
}

TEST_P(QueryConformance, ReadsJsonKeysOfAnyName) {
  const std::vector<std::string> keys{"a.b",  "a[0]", "[0]", "$",   "$.a", "#",  "a b",  "it's",
                                      "ключ", "日本", "😀",   "-1",  "0",   "\\", "a\\b", "*",
                                      "",     "?",    "@>",  "a:b", "%",   "{}", "\n",   "\t"};
  for (const std::string& key : keys) {
    std::string quoted;
    for (const char c : key) {
      quoted += c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\\' ? "\\\\" : std::string(1, c);
    }
    const std::string document = "{\"" + quoted + "\":{\"inner\":7}}";
    const Update filled =
        update<Event>().set("details", JsonText{document}).where(f<&Event::id> == 1);
    EXPECT_EQ(affected(filled), 1U);
    if (!postgresql() && key.find_first_of("\\\n\t") != std::string::npos) {
      const Select lost = select(f<&Event::details>.key(key)).from<Event>();
      EXPECT_THAT(refusal_of(lost, database_->dialect()), HasSubstr("SQLite"));
      continue;
    }
    EXPECT_THAT(ids(f<&Event::details>.key(key).key("inner") == 7), ElementsAre(1)) << key;
    EXPECT_THAT(ids(f<&Event::details>.key(key) == nullptr && f<&Event::id> == 1), IsEmpty())
        << key;
  }
}

TEST_P(QueryConformance, QuotesNamesOfAllKinds) {
  const std::vector<std::string> names{"a\"b",    "select", "Ünï", "with space", "semi;colon",
                                       "dot.ted", "'",      "--",  "$1",         "?1",
                                       "日本",    "*x",     "{}"};
  for (const std::string& name : names) {
    const std::string quoted = database_->dialect().quote_identifier(name);
    run([&]() -> Task<void> {
      co_await database_->run_script("create table " + quoted + " (id bigint primary key, " +
                                     quoted + " text)");
    });
    EXPECT_EQ(affected(insert_into(TableName{name}).columns("id", name).values(1, "v")), 1U);
    const Insert again = insert_into(TableName{name}, name)
                             .columns("id", name)
                             .values(1, "w")
                             .on_conflict("id")
                             .merge(name);
    EXPECT_EQ(affected(again), 1U) << name;
    const Select read = select(column(name, name).as(name))
                            .from(TableName{name}, name)
                            .order_by(column(name, name))
                            .where(column(name, name) == "w");
    EXPECT_THAT(all<std::string>(read), ElementsAre("w")) << name;
    run([&]() -> Task<void> {
      const Result result = co_await read.execute(*database_);
      EXPECT_EQ(result.column_name(0), name);
    });
    EXPECT_EQ(affected(delete_from(TableName{name}).where(column(name) == "w")), 1U);
  }
}

TEST_P(QueryConformance, NamesAreNeverCutSilently) {
  const std::string longest(63, 'n');
  const Select fits = select(f<&Event::id>.as(longest)).from<Event>(longest);
  EXPECT_THAT(ids_of(Select{fits}.limit(1)), ElementsAre(1));
  const Select cut = select(f<&Event::id>.as(longest + "x")).from<Event>();
  if (postgresql()) {
    EXPECT_THAT(refusal_of(cut, database_->dialect()), HasSubstr("PostgreSQL"));
    EXPECT_THAT(refusal_of(cut, database_->dialect()), HasSubstr("63"));
  } else {
    EXPECT_THAT(ids_of(Select{cut}.limit(1)), ElementsAre(1));
  }
}

TEST_P(QueryConformance, ExplainsWhatWritesWithoutWriting) {
  run([&]() -> Task<void> {
    const Delete everything = delete_from<Event>().where(f<&Event::id> > 0);
    const std::vector<std::string> plan = co_await everything.explain(*database_);
    EXPECT_FALSE(plan.empty());
    const Insert row = insert_into("counter").columns("name", "n").values("x", 1);
    static_cast<void>(co_await row.explain(*database_));
  });
  EXPECT_THAT(ids(Expression{}), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(all<std::string>(select(column("name")).from("counter")), IsEmpty());
}

}  // namespace
}  // namespace roost::db::conformance
