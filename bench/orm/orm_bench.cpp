// What the entity manager costs beside the database: finds, flushes, memory. SQLite in memory, one
// loop. Prints one line a measurement: microseconds (or bytes) for one. nest_mikro.py runs it, and
// puts NestJS with MikroORM beside it.
#include "figures.hpp"
#include <roost/async/event_loop.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/orm/orm.hpp>
#include <roost/sql/raw_sql.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

#include <malloc.h>

#include <string>
#include <vector>

using namespace roost;

namespace {

struct Item {
  std::int64_t id{};
  std::string name{};
  std::string description{};
  int number{};
  int capacity{};
  double price{};
  bool active{};
  Timestamp created{};
  Timestamp changed{};
  static constexpr auto meta = orm::entity("items", primary_key<&Item::id>());
};

constexpr int row_count = 10'000;

using bench::Stopwatch;

void report(const char* what, const Stopwatch& watch, double count) {
  bench::report(what, "roost", watch.each(count));
}

std::size_t memory_in_use() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

/// What one item takes, without any manager.
double memory_of_bare_items(const std::vector<Item*>& items) {
  const std::size_t before = memory_in_use();
  std::vector<Item> copies;
  copies.reserve(items.size());
  for (const Item* item : items) copies.push_back(*item);
  return static_cast<double>(memory_in_use() - before) / static_cast<double>(items.size());
}

Task<void> finds(const orm::DataSource& source) {
  constexpr int rounds = 20'000;
  Stopwatch watch;
  for (int i = 0; i < rounds; ++i) {
    orm::EntityManager em{source};
    static_cast<void>(co_await em.find_one_or_fail<Item>(i % row_count + 1));
  }
  report("find_one by key, tracked, new manager", watch, rounds);
  watch = Stopwatch{};
  for (int i = 0; i < rounds; ++i) {
    orm::EntityManager em{source};
    static_cast<void>(co_await em.find_one_or_fail<const Item>(i % row_count + 1));
  }
  report("find_one by key, read-only, new manager", watch, rounds);
  watch = Stopwatch{};
  db::Executor& executor = source.database();
  for (int i = 0; i < rounds; ++i) {
    const std::int64_t id = i % row_count + 1;
    static_cast<void>(co_await executor.query_one<Item>(
        sql("select id, name, description, number, capacity, price, active, created, changed from "
            "items where id = {}",
            id)));
  }
  report("the same row by raw SQL into a struct", watch, rounds);
}

Task<void> many(const orm::DataSource& source) {
  {
    // The first to read all fills the page cache of SQLite, which is no memory of entities.
    orm::EntityManager warm{source};
    static_cast<void>(co_await warm.find<Item>());
  }
  orm::EntityManager em{source};
  const std::size_t before = memory_in_use();
  Stopwatch watch;
  const auto items = co_await em.find<Item>();
  report("find 10,000 tracked, each", watch, row_count);
  const double managed = static_cast<double>(memory_in_use() - before) / row_count;
  const double bare = memory_of_bare_items(items);
  bench::report_bytes("the entity itself, with its texts", bare);
  bench::report_bytes("memory of a managed entity over that", managed - bare);
  co_await em.flush();
  watch = Stopwatch{};
  for (int i = 0; i < 20; ++i) co_await em.flush();
  report("empty flush with 10,000 managed", watch, 20);
  items[7]->number += 1;
  watch = Stopwatch{};
  co_await em.flush();
  report("flush of 1 change among 10,000", watch, 1);
  for (Item* item : items) item->number += 1;
  watch = Stopwatch{};
  co_await em.flush();
  report("flush of 10,000 changes, each", watch, row_count);
  orm::EntityManager reader{source};
  watch = Stopwatch{};
  const auto same = co_await reader.find<const Item>();
  report("find 10,000 read-only, each", watch, static_cast<double>(same.size()));
}

Task<void> all(orm::DataSource& source) {
  static_cast<void>(co_await source.create_schema());
  {
    orm::EntityManager em{source};
    const Stopwatch watch;
    for (int i = 0; i < row_count; ++i) {
      em.create<Item>({.name = "name of item " + std::to_string(i),
                       .description = "a text of some forty characters, or so",
                       .number = i});
    }
    co_await em.flush();
    report("insert 10,000, each", watch, row_count);
  }
  co_await finds(source);
  co_await many(source);
  co_await source.database().close();
}

}  // namespace

int main() {
  orm::DataSource source{db::sqlite::open(db::DatabaseOptions{"sqlite::memory:"}),
                         orm::entities<Item>()};
  EventLoop loop;
  loop.block_on(all(source));
}
