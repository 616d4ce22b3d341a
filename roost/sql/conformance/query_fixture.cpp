// The rows that the cases for the query builder look for.
#include <roost/sql/conformance/query_fixture.hpp>

namespace roost::db::conformance {
namespace {

template <class Description, class VenueId>
Task<void> insert_event(Database& database, int id, std::string title, int capacity,
                        std::string price, Description description, Status status,
                        std::string starts_at, bool open, VenueId venue, std::string details) {
  const Insert row = insert_into<Event>()
                         .columns(f<&Event::id>, f<&Event::title>, f<&Event::capacity>, "price",
                                  f<&Event::description>, f<&Event::status>, f<&Event::starts_at>,
                                  f<&Event::open>, f<&Event::venue_id>, f<&Event::details>)
                         .values(id, title, capacity, decimal(price), description, status,
                                 at(starts_at), open, venue, JsonText{details});
  co_await row.execute(database);
}

Task<void> fill(Database& database) {
  const std::string_view script =
      database.dialect().kind() == DialectKind::postgresql
          ? "create table event (id bigint primary key, title text collate \"C\" not null,"
            " capacity integer not null, price numeric not null, description text collate \"C\","
            " status text not null, starts_at timestamptz not null, open boolean not null,"
            " venue_id bigint, details jsonb not null);"
            "create table venue (id bigint primary key, city text collate \"C\" not null,"
            " parent_id bigint);"
            "create table counter (name text primary key, n integer not null default 0)"
          : "create table event (id integer primary key, title text not null,"
            " capacity integer not null, price text not null, description text,"
            " status text not null, starts_at text not null, open integer not null,"
            " venue_id integer, details text not null);"
            "create table venue (id integer primary key, city text not null,"
            " parent_id integer);"
            "create table counter (name text primary key, n integer not null default 0)";
  co_await database.run_script(script);
  co_await insert_event(database, 1, "Alpha", 10, "12.50", nullptr, Status::draft,
                        "2026-01-01T00:00:00Z", true, 1,
                        R"({"contactEmail":"a@x","seats":5,"rating":4.5,"open":true,)"
                        R"("since":"2020-01-01T00:00:00.000Z","tags":["x","y"],)"
                        R"("speaker":{"name":"Ada","age":36},"it's":1})");
  co_await insert_event(database, 2, "alphabet", 20, "9.5", "50% off_now", Status::published,
                        "2026-02-01T00:00:00Z", false, 1,
                        R"({"contactEmail":null,"seats":15,"rating":3,"open":false,)"
                        R"("speaker":{"name":"Bob","age":7}})");
  co_await insert_event(database, 3, "Ähre", 30, "100", "", Status::published,
                        "2026-03-01T12:00:00.5Z", true, 2, "{}");
  co_await insert_event(database, 4, "beta\\x", 40, "-3.25", nullptr, Status::cancelled,
                        "2026-04-01T00:00:00Z", false, nullptr,
                        R"({"seats":7,"open":true,"since":"2025-01-01T00:00:00.000Z"})");
  co_await insert_event(database, 5, "Zeta", 50, "12.5", "plain", Status::draft,
                        "2026-05-01T00:00:00Z", true, 2,
                        R"({"contactEmail":"z@x","seats":5,"open":false})");
  const Insert venues = insert_into<Venue>()
                            .columns(f<&Venue::id>, f<&Venue::city>, f<&Venue::parent_id>)
                            .values(1, "Bern", nullptr)
                            .values(2, "Zürich", 1)
                            .values(3, "Chur", std::optional<std::int64_t>{1});
  co_await venues.execute(database);
}

}  // namespace

void QueryConformance::SetUp() {
  database_ = GetParam()();
  run([&]() -> Task<void> { co_await fill(*database_); });
}

void QueryConformance::TearDown() {
  run([&]() -> Task<void> { co_await database_->close(); });
  database_.reset();
}

}  // namespace roost::db::conformance
