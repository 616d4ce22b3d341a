// Graphs through the entity manager and in SQL by hand: reading author → books → tags, writing an
// order with five lines, and importing 100,000 entities. nest_mikro.py runs it, and puts NestJS
// with MikroORM beside it.
//
//   build/release/bench/roost_orm_graph_bench [rounds]
//
// On SQLite in memory, so that the difference is the ORM's, or on the empty database of
// DATABASE_URL.
#include "by_hand.hpp"
#include "figures.hpp"
#include <roost/async/event_loop.hpp>
#include <roost/orm/orm.hpp>
#include <roost/sql/postgres/postgres.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

using namespace roost;

namespace {

struct Author;
struct Tag {
  std::int64_t id{};
  std::string name{};
  static constexpr auto meta = orm::entity("tags", primary_key<&Tag::id>());
};
struct Book {
  std::int64_t id{};
  std::string title{};
  int price = 0;
  Ref<Author> author{};
  Collection<Tag> tags{};
  static constexpr auto meta =
      orm::entity("books", primary_key<&Book::id>(), many_to_one<&Book::author>(),
                  many_to_many<&Book::tags>(), index<&Book::author>());
};
struct Author {
  std::int64_t id{};
  std::string name{};
  std::string email{};
  Collection<Book> books{};
  static constexpr auto meta = orm::entity("authors", primary_key<&Author::id>(),
                                           one_to_many<&Author::books>(mapped_by<&Book::author>));
};
struct Order;
struct Line {
  std::int64_t id{};
  Ref<Order> order{};
  std::string product{};
  int quantity = 0;
  static constexpr auto meta =
      orm::entity("lines", primary_key<&Line::id>(), many_to_one<&Line::order>());
};
struct Order {
  std::int64_t id{};
  std::string customer{};
  Collection<Line> lines{};
  static constexpr auto meta = orm::entity("orders", primary_key<&Order::id>(),
                                           one_to_many<&Order::lines>(mapped_by<&Line::order>));
};

using bench::authors;
using bench::books_of_each;
using bench::Figures;
using bench::report;
using bench::Stopwatch;
using bench::tags;

Task<Figures> import(const orm::DataSource& source) {
  const Stopwatch watch;
  orm::EntityManager em{source};
  std::vector<Tag*> all;
  for (int i = 1; i <= tags; ++i) {
    all.push_back(&em.create<Tag>({.name = "tag " + std::to_string(i)}));
  }
  std::size_t book_id = 0;
  for (int i = 1; i <= authors; ++i) {
    const std::string number = std::to_string(i);
    Author& author =
        em.create<Author>({.name = "author " + number, .email = number + "@example.com"});
    for (int k = 0; k < books_of_each; ++k) {
      ++book_id;
      Book& book = em.create<Book>(
          {.title = "book " + std::to_string(book_id), .price = k, .author = author});
      book.tags.add(*all[book_id % tags]);
      book.tags.add(*all[(book_id + 7) % tags]);
    }
  }
  co_await em.flush();
  co_return watch.each(1);
}

template <class A>
Task<Figures> read(const orm::DataSource& source, int rounds) {
  std::size_t seen = 0;
  const Stopwatch watch;
  for (int i = 0; i < rounds; ++i) {
    orm::EntityManager em{source};
    const std::int64_t id = i % authors + 1;
    const auto path = populate<&Author::books, &Book::tags>();
    const Author& author = co_await em.find_one_or_fail<A>(id, path);
    for (const Book& book : author.books) seen += book.title.size() + book.tags.size();
  }
  const Figures figures = watch.each(rounds);
  if (seen == 0) std::puts("nothing read");
  co_return figures;
}

Task<Figures> find(const orm::DataSource& source, int rounds) {
  const Stopwatch watch;
  for (int i = 0; i < rounds; ++i) {
    orm::EntityManager em{source};
    const auto wanted = f<&Book::author, &Author::id> == i % authors + 1 && f<&Book::price> < 3;
    static_cast<void>(co_await em.find<const Book>(wanted, order_by(asc<&Book::price>), limit(2)));
  }
  co_return watch.each(rounds);
}

Task<Figures> order(const orm::DataSource& source, int rounds) {
  const Stopwatch watch;
  for (int i = 0; i < rounds; ++i) {
    orm::EntityManager em{source};
    Order& made = em.create<Order>({.customer = "customer"});
    for (int k = 0; k < 5; ++k) made.lines.add(Line{.product = "product", .quantity = k});
    co_await em.flush();
  }
  co_return watch.each(rounds);
}

/// A tenth as many before, so that statements are prepared and caches filled.
template <class Read>
Figures by_hand(int rounds, const Read& read) {
  for (int i = 0; i < rounds / 10; ++i) read(i % authors + 1);
  const Stopwatch watch;
  for (int i = 0; i < rounds; ++i) read(i % authors + 1);
  return watch.each(rounds);
}

template <class Run>
Task<void> by_orm(const char* what, int rounds, const Run& run) {
  static_cast<void>(co_await run(rounds / 10));
  const Figures figures = co_await run(rounds);
  report(what, "roost", figures);
}

Task<void> all(orm::DataSource& source, bench::ByHand& hand, int rounds) {
  const auto statements = co_await source.create_schema();
  hand.create(statements);

  const char* what = "import of 100,000 entities, 160,000 pairs";
  const Figures imported = co_await import(source);
  report(what, "roost", imported);
  const Stopwatch watch;
  hand.import();
  report(what, "by-hand", watch.each(1));
  co_await source.database().run_script("analyze");
  hand.analyze();

  std::size_t seen = 0;
  what = "find by two conditions, order, limit";
  const auto finds = [&](int count) { return find(source, count); };
  co_await by_orm(what, rounds, finds);
  report(what, "by-hand", by_hand(rounds, [&](int author) { seen += hand.find(author); }));

  const auto tracked = [&](int count) { return read<Author>(source, count); };
  co_await by_orm("author -> 8 books -> tags, tracked", rounds, tracked);
  what = "author -> 8 books -> tags, read-only";
  const auto reads = [&](int count) { return read<const Author>(source, count); };
  co_await by_orm(what, rounds, reads);
  report(what, "by-hand", by_hand(rounds, [&](int author) { seen += hand.read(author); }));
  if (seen == 0) std::puts("nothing read");

  what = "order with 5 lines, one transaction";
  const auto orders = [&](int count) { return order(source, count); };
  co_await by_orm(what, rounds, orders);
  report(what, "by-hand", by_hand(rounds, [&](int) { hand.order(); }));

  co_await source.drop_schema();
  co_await source.database().close();
}

}  // namespace

int main(int count, char** arguments) {
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 20'000;
  const char* given = std::getenv("DATABASE_URL");
  const std::string url = given == nullptr ? "sqlite::memory:" : given;
  const bool sqlite = url.rfind("sqlite:", 0) == 0;
  const std::unique_ptr<bench::ByHand> hand =
      sqlite ? bench::sqlite_by_hand() : bench::postgres_by_hand(url);
  orm::DataSource source{
      db::open(db::DatabaseOptions{url}, {&db::sqlite::driver(), &db::postgres::driver()}),
      orm::entities<Author, Book, Tag, Order, Line>()};
  EventLoop loop;
  loop.block_on(all(source, *hand, rounds));
}
