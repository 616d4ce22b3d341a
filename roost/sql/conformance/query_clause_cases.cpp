// The query builder executed: groups, windows, joins, sub-queries, locks and what writes, on both
// databases.
#include <roost/sql/conformance/query_fixture.hpp>

namespace roost::db::conformance {
namespace {

struct StatusCount {
  Status status{};
  std::int64_t n = 0;
  std::int64_t total = 0;
  friend bool operator==(const StatusCount&, const StatusCount&) = default;
};

TEST_P(QueryConformance, Groups) {
  const Select stats =
      select(f<&Event::status>, count().as("n"), sum(f<&Event::capacity>).as("total"))
          .from<Event>("e")
          .group_by(f<&Event::status>)
          .having(count() > 1)
          .order_by(asc<&Event::status>);
  EXPECT_THAT(all<StatusCount>(stats), ElementsAre(StatusCount{Status::draft, 2, 60},
                                                   StatusCount{Status::published, 2, 50}));
  using Row = std::tuple<std::int64_t, std::int64_t, double, int, std::int64_t>;
  const Select totals = select(count_distinct(f<&Event::status>), count(f<&Event::description>),
                               avg(f<&Event::capacity>), max(f<&Event::capacity>),
                               filter(count(), f<&Event::open> == true))
                            .from<Event>();
  EXPECT_THAT(all<Row>(totals), ElementsAre(Row{3, 3, 30.0, 50, 3}));
  const Select statuses =
      select(f<&Event::status>).distinct().from<Event>().order_by(asc<&Event::status>);
  EXPECT_THAT(all<std::string>(statuses), ElementsAre("cancelled", "draft", "published"));
  Select first = select(f<&Event::id>)
                     .distinct_on(f<&Event::status>)
                     .from<Event>()
                     .order_by(asc<&Event::status>, desc<&Event::id>);
  if (postgresql()) {
    EXPECT_THAT(ids_of(first), ElementsAre(4, 5, 3));
  } else {
    EXPECT_THROW(static_cast<void>(first.to_sql(database_->dialect())), UnsupportedError);
  }
}

TEST_P(QueryConformance, LooksThroughWindows) {
  const Window by_status = window().partition_by(f<&Event::status>).order_by(desc<&Event::id>);
  using Row = std::tuple<std::int64_t, std::int64_t, std::optional<std::int64_t>>;
  const Select query = select(f<&Event::id>, over(row_number(), by_status).as("position"),
                              over(lag(f<&Event::id>), by_status))
                           .from<Event>()
                           .where(f<&Event::status> != Status::cancelled)
                           .order_by(asc<&Event::id>);
  EXPECT_THAT(all<Row>(query), ElementsAre(Row{1, 2, 5}, Row{2, 2, 3}, Row{3, 1, std::nullopt},
                                           Row{5, 1, std::nullopt}));
  Window running = window().order_by(asc<&Event::id>);
  const Select sums =
      select(over(sum(f<&Event::capacity>), running.rows_from_start()).typed<std::int64_t>())
          .from<Event>()
          .order_by(asc<&Event::id>);
  EXPECT_THAT(ids_of(sums), ElementsAre(10, 30, 60, 100, 150));
  const Select near =
      select(over(sum(f<&Event::capacity>), running.rows_between(1, 1)).typed<std::int64_t>())
          .from<Event>()
          .order_by(asc<&Event::id>);
  EXPECT_THAT(ids_of(near), ElementsAre(30, 60, 90, 120, 90));
}

TEST_P(QueryConformance, Joins) {
  using Row = std::tuple<std::int64_t, std::optional<std::string>>;
  Select query = select(f<&Event::id>, f<&Venue::city>).from<Event>("e");
  Select inner = query;
  inner.join<Venue>("v", f<&Venue::id> == f<&Event::venue_id>)
      .where(f<&Venue::city> == "Bern")
      .order_by(asc<&Event::id>);
  EXPECT_THAT(all<Row>(inner), ElementsAre(Row{1, "Bern"}, Row{2, "Bern"}));
  Select left = query;
  left.left_join<Venue>("v", f<&Venue::id> == f<&Event::venue_id>)
      .where(f<&Event::id> > 3)
      .order_by(asc<&Event::id>);
  EXPECT_THAT(all<Row>(left), ElementsAre(Row{4, std::nullopt}, Row{5, "Zürich"}));
  Select full = select(count()).from<Event>("e");
  full.full_join<Venue>("v", f<&Venue::id> == f<&Event::venue_id>);
  EXPECT_THAT(ids_of(full), ElementsAre(6));
  Select right = select(count()).from<Event>("e");
  right.right_join<Venue>("v", f<&Venue::id> == f<&Event::venue_id>);
  EXPECT_THAT(ids_of(right), ElementsAre(5));
  const Select cross = select(count()).from<Event>("e").cross_join("venue", "v");
  EXPECT_THAT(ids_of(cross), ElementsAre(15));
  // One class for two tables.
  Select parents = select(f<&Venue::city>, f<&Venue::city>.of("p")).from<Venue>("v");
  parents.join<Venue>("p", f<&Venue::id>.of("p") == f<&Venue::parent_id>)
      .order_by(asc<&Venue::city>);
  using Pair = std::tuple<std::string, std::string>;
  EXPECT_THAT(all<Pair>(parents), ElementsAre(Pair{"Chur", "Bern"}, Pair{"Zürich", "Bern"}));
  // By names.
  const Select names = select(column("e", "id"))
                           .from("event", "e")
                           .join("venue", "v", column("v", "id") == column("e", "venue_id"))
                           .where(column("v", "city") == "Zürich")
                           .order_by(column("e", "id"));
  EXPECT_THAT(ids_of(names), ElementsAre(3, 5));
}

TEST_P(QueryConformance, TakesSubQueries) {
  const Select in_bern = select(f<&Venue::id>).from<Venue>().where(f<&Venue::city> == "Bern");
  EXPECT_THAT(ids(f<&Event::venue_id>.in(in_bern)), ElementsAre(1, 2));
  EXPECT_THAT(ids(f<&Event::venue_id>.not_in(in_bern)), ElementsAre(3, 5));
  EXPECT_THAT(ids(f<&Event::venue_id> == in_bern), ElementsAre(1, 2));
  // Correlated: the inner query sees the outer one's tables.
  const Select there =
      select(value(1)).from<Venue>("v").where(f<&Venue::id> == f<&Event::venue_id>);
  const Select having_venue =
      select(f<&Event::id>).from<Event>("e").where(!exists(there)).order_by(asc<&Event::id>);
  EXPECT_THAT(ids_of(having_venue), ElementsAre(4));
  const Select big = select(f<&Event::id>, f<&Event::capacity>.as("size"))
                         .from<Event>()
                         .where(f<&Event::capacity> > 20);
  const Select from_query = select(column("b", "id"))
                                .from(big, "b")
                                .where(column("b", "size") < 50 && column("b", "id") != 3)
                                .order_by(column("b", "id"));
  EXPECT_THAT(ids_of(from_query), ElementsAre(4));
  std::int64_t rows = 0;
  run([&]() -> Task<void> {
    Select page = big;
    page.order_by(asc<&Event::id>).limit(1).offset(1);
    rows = co_await page.count_rows(*database_);
  });
  EXPECT_EQ(rows, 3);
  Select lateral = select(column("v", "city"), column("m", "most")).from<Venue>("v");
  const Select most = select(max(f<&Event::capacity>).as("most"))
                          .from<Event>("e")
                          .where(f<&Event::venue_id> == f<&Venue::id>);
  lateral.join_lateral(most, "m", always_true()).order_by(asc<&Venue::id>);
  if (postgresql()) {
    using Row = std::tuple<std::string, std::optional<int>>;
    EXPECT_THAT(all<Row>(lateral),
                ElementsAre(Row{"Bern", 20}, Row{"Zürich", 50}, Row{"Chur", std::nullopt}));
  } else {
    EXPECT_THROW(static_cast<void>(lateral.to_sql(database_->dialect())), UnsupportedError);
  }
}

TEST_P(QueryConformance, CombinesSets) {
  const auto where = [](const Expression& condition) {
    return select(f<&Event::id>).from<Event>().where(condition);
  };
  const Select low = where(f<&Event::id> <= 3);
  const Select odd = where(f<&Event::id> % 2 == 1);
  const Select high = where(f<&Event::id> >= 3);
  EXPECT_THAT(ids_of(Select{low}.union_with(high).order_by(column("id"))),
              ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(ids_of(Select{low}.union_all(high).order_by(column("id"))),
              ElementsAre(1, 2, 3, 3, 4, 5));
  EXPECT_THAT(ids_of(Select{low}.intersect(odd).order_by(column("id"))), ElementsAre(1, 3));
  EXPECT_THAT(ids_of(Select{low}.except(odd)), ElementsAre(2));
  // From left to right on both, although INTERSECT binds tighter on PostgreSQL.
  EXPECT_THAT(ids_of(Select{low}.union_with(high).intersect(odd).order_by(column("id"))),
              ElementsAre(1, 3, 5));
  // A part with a limit of its own, and a nested set operation.
  EXPECT_THAT(ids_of(where(f<&Event::id> == 1)
                         .union_all(Select{high}.order_by(desc<&Event::id>).limit(1))
                         .order_by(column("id").desc())),
              ElementsAre(5, 1));
  EXPECT_THAT(ids_of(Select{low}.intersect(Select{odd}.except(high)).order_by(column("id"))),
              ElementsAre(1));
  EXPECT_THAT(ids_of(Select{low}.union_with(high).order_by(column("id")).limit(2).offset(1)),
              ElementsAre(2, 3));
  const Select both = Select{low}.union_with(odd);
  EXPECT_THAT(ids(f<&Event::id>.in(both)), ElementsAre(1, 2, 3, 5));
}

TEST_P(QueryConformance, NamesQueries) {
  const Select open = select(f<&Event::id>).from<Event>().where(f<&Event::open> == true);
  for (const int form : {0, 1, 2}) {
    Select query = select(column("id")).from("open_events").order_by(column("id"));
    if (form == 0) query.with("open_events", open);
    if (form == 1) query.with_materialized("open_events", open);
    if (form == 2) query.with_not_materialized("open_events", open, {"id"});
    EXPECT_THAT(ids_of(query), ElementsAre(1, 3, 5));
  }
  Select numbers = select(value(1).typed<std::int64_t>());
  numbers.union_all(select(column("n") + 1).from("numbers").where(column("n") < 4));
  const Select counted =
      select(column("n")).from("numbers").with_recursive("numbers", numbers, {"n"});
  EXPECT_THAT(ids_of(counted), ElementsAre(1, 2, 3, 4));
  const Update closing = update<Event>()
                             .set(f<&Event::open>, false)
                             .where(f<&Event::id> == 1)
                             .returning(f<&Event::id>);
  const Select closed = select(column("id")).from("closed").with("closed", closing);
  if (postgresql()) {
    EXPECT_THAT(ids_of(closed), ElementsAre(1));
  } else {
    EXPECT_THROW(static_cast<void>(closed.to_sql(database_->dialect())), UnsupportedError);
  }
}

TEST_P(QueryConformance, LocksRows) {
  const Select locked = select(f<&Event::id>)
                            .from<Event>("e")
                            .where(f<&Event::id> == 1)
                            .lock(LockStrength::no_key_update, LockWait::skip_locked, {"e"});
  if (postgresql()) {
    EXPECT_THAT(ids_of(locked), ElementsAre(1));
    EXPECT_THAT(ids_of(select(f<&Event::id>).from<Event>().limit(1).for_update(LockWait::nowait)),
                ElementsAre(1));
    EXPECT_THROW(static_cast<void>(select(count())
                                       .from<Event>()
                                       .group_by(f<&Event::status>)
                                       .for_share()
                                       .to_sql(database_->dialect())),
                 UsageError);
  } else {
    try {
      static_cast<void>(locked.to_sql(database_->dialect()));
      FAIL() << "not refused";
    } catch (const UnsupportedError& error) {
      EXPECT_THAT(error.what(), HasSubstr("SQLite does not support locking clauses"));
    }
  }
}

struct Counter {
  std::string name;
  int n = 0;
  friend bool operator==(const Counter&, const Counter&) = default;
};

TEST_P(QueryConformance, Inserts) {
  const Insert two = insert_into<Counter>()
                         .object(Counter{"a", 1})
                         .object(Counter{"b", 2})
                         .returning(f<&Counter::name>);
  EXPECT_THAT(all<std::string>(two), UnorderedElementsAre("a", "b"));
  EXPECT_EQ(affected(insert_into("counter").columns("name").values("c")), 1U);
  EXPECT_EQ(affected(insert_into(table("counter")).values("d", 4)), 1U);
  const Insert ignored =
      insert_into<Counter>().object(Counter{"a", 9}).on_conflict(f<&Counter::name>).do_nothing();
  EXPECT_EQ(affected(ignored), 0U);
  EXPECT_EQ(affected(insert_into<Counter>().object(Counter{"a", 9}).do_nothing()), 0U);
  const Insert merged = insert_into<Counter>()
                            .object(Counter{"a", 7})
                            .object(Counter{"e", 5})
                            .on_conflict(f<&Counter::name>)
                            .merge();
  EXPECT_EQ(affected(merged), 2U);
  const Insert added = insert_into<Counter>()
                           .object(Counter{"a", 10})
                           .on_conflict(f<&Counter::name>)
                           .set(f<&Counter::n>, f<&Counter::n> + excluded(f<&Counter::n>))
                           .update_where(f<&Counter::n> < 100)
                           .returning(f<&Counter::n>);
  EXPECT_THAT(all<int>(added), ElementsAre(17));
  const Insert named = insert_into("counter", "c")
                           .columns("name", "n")
                           .values("b", 1)
                           .on_conflict("name")
                           .set("n", column("c", "n") + excluded("n"));
  EXPECT_EQ(affected(named), 1U);
  // From a query, with a conflict: SQLite would take ON for a join's.
  const Insert copied = insert_into<Counter>()
                            .columns(f<&Counter::name>, f<&Counter::n>)
                            .from_query(select(f<&Venue::city>, f<&Venue::id>).from<Venue>())
                            .on_conflict(f<&Counter::name>)
                            .merge(f<&Counter::n>);
  EXPECT_EQ(affected(copied), 3U);
  const Select rows = select().from<Counter>().order_by(asc<&Counter::name>).limit(5);
  EXPECT_THAT(all<Counter>(rows),
              ElementsAre(Counter{"Bern", 1}, Counter{"Chur", 3}, Counter{"Zürich", 2},
                          Counter{"a", 17}, Counter{"b", 3}));
  const Insert with_default =
      insert_into<Counter>().columns("name", "n").values("z", default_value());
  if (postgresql()) {
    EXPECT_EQ(affected(with_default), 1U);
  } else {
    EXPECT_THROW(static_cast<void>(with_default.to_sql(database_->dialect())), UnsupportedError);
  }
}

TEST_P(QueryConformance, UpdatesAndDeletes) {
  const Update renamed = update<Event>()
                             .set(f<&Event::title>, "Omega")
                             .set(f<&Event::description>, std::optional<std::string>{})
                             .set(f<&Event::venue_id>, nullptr)
                             .set(f<&Event::capacity>, f<&Event::capacity> * 2)
                             .set("status", Status::cancelled)
                             .where(f<&Event::id> == 5)
                             .returning(f<&Event::title>, f<&Event::capacity>);
  using Row = std::tuple<std::string, int>;
  EXPECT_THAT(all<Row>(renamed), ElementsAre(Row{"Omega", 100}));
  EXPECT_THAT(ids(f<&Event::description> == nullptr && f<&Event::venue_id> == nullptr),
              ElementsAre(4, 5));
  const Update moved = update<Event>("e")
                           .set(f<&Event::title>, f<&Venue::city>)
                           .from<Venue>("v")
                           .where(f<&Venue::id> == f<&Event::venue_id> && f<&Event::id> <= 2);
  EXPECT_EQ(affected(moved), 2U);
  EXPECT_THAT(ids(f<&Event::title> == "Bern"), ElementsAre(1, 2));
  EXPECT_EQ(affected(delete_from<Event>("e").where(f<&Event::id> == 1)), 1U);
  const Delete returned = delete_from("event").where(column("id") == 2).returning(column("title"));
  EXPECT_THAT(all<std::string>(returned), ElementsAre("Bern"));
  const Delete joined =
      delete_from<Event>("e").using_table<Venue>("v").where(f<&Venue::id> == f<&Event::venue_id>);
  if (postgresql()) {
    EXPECT_EQ(affected(joined), 1U);
    affected(truncate("event").restart_identity().cascade());
  } else {
    EXPECT_THROW(static_cast<void>(joined.to_sql(database_->dialect())), UnsupportedError);
    EXPECT_THROW(static_cast<void>(truncate("event").to_sql(database_->dialect())),
                 UnsupportedError);
    EXPECT_EQ(affected(delete_from<Event>().all_rows()), 3U);
  }
  EXPECT_THAT(ids(Expression{}), IsEmpty());
}

TEST_P(QueryConformance, RunsInEveryWay) {
  run([&]() -> Task<void> {
    const Select query = select(f<&Event::title>).from<Event>().where(f<&Event::id> == 1);
    const std::string one = co_await query.one<std::string>(*database_);
    EXPECT_EQ(one, "Alpha");
    const Select none = select(f<&Event::title>).from<Event>().where(f<&Event::id> == 99);
    const std::optional<std::string> missing = co_await none.optional<std::string>(*database_);
    EXPECT_FALSE(missing.has_value());
    bool thrown = false;
    try {
      co_await none.one<std::string>(*database_);
    } catch (const UsageError&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
    // The query is gone before its task runs.
    Task<std::vector<std::int64_t>> task = select(f<&Event::id>)
                                               .from<Event>()
                                               .where(f<&Event::title> == std::string{"Zeta"})
                                               .all<std::int64_t>(*database_);
    const std::vector<std::int64_t> ids = co_await std::move(task);
    EXPECT_THAT(ids, ElementsAre(5));
    const std::vector<std::string> plan = co_await query.explain(*database_);
    EXPECT_FALSE(plan.empty());
    const Select everything = select(f<&Event::id>).from<Event>().where(f<&Event::id> > 1);
    RowStream stream = co_await everything.stream(*database_);
    std::size_t rows = 0;
    for (;;) {
      const Result chunk = co_await stream.next();
      if (chunk.empty()) break;
      rows += chunk.row_count();
    }
    EXPECT_EQ(rows, 4U);
  });
}

}  // namespace
}  // namespace roost::db::conformance
