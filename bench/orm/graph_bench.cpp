// Graphs through the entity manager and by hand, with sqlite3 in C: reading author → books → tags,
// writing an order with five lines, and importing 100,000 entities. SQLite in memory on both sides,
// so that the difference is the ORM's. Prints microseconds for one, and the ratio.
//
//   build/release/bench/roost_orm_graph_bench [rounds]
#include <roost/async/event_loop.hpp>
#include <roost/orm/orm.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
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

constexpr int authors = 10'000;
constexpr int books_of_each = 8;
constexpr int tags = 10'000;

using Clock = std::chrono::steady_clock;

double microseconds(Clock::time_point start, int count) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count() / count;
}

void report(const char* what, double by_orm, double by_hand) {
  std::printf("%-46s %10.1f us  by hand %10.1f us  %.2f of it\n", what, by_orm, by_hand,
              by_hand / by_orm);
}

/// A statement of SQLite's, kept ready.
class ByHand {
 public:
  explicit ByHand(sqlite3* database, const char* text) {
    if (sqlite3_prepare_v2(database, text, -1, &statement_, nullptr) != SQLITE_OK) {
      std::fprintf(stderr, "%s: %s\n", text, sqlite3_errmsg(database));
      std::exit(1);
    }
  }
  ByHand(const ByHand&) = delete;
  ByHand& operator=(const ByHand&) = delete;
  ~ByHand() { sqlite3_finalize(statement_); }

  ByHand& bind(int place, std::int64_t value) {
    sqlite3_bind_int64(statement_, place, value);
    return *this;
  }
  ByHand& bind(int place, const std::string& value) {
    sqlite3_bind_text(statement_, place, value.data(), static_cast<int>(value.size()),
                      SQLITE_STATIC);
    return *this;
  }
  bool step() { return sqlite3_step(statement_) == SQLITE_ROW; }
  void run() {
    while (step()) {
    }
    sqlite3_reset(statement_);
  }
  void reset() { sqlite3_reset(statement_); }
  [[nodiscard]] std::int64_t integer(int column) {
    return sqlite3_column_int64(statement_, column);
  }
  [[nodiscard]] std::string text(int column) {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
};

struct PlainBook {
  std::int64_t id;
  std::string title;
  std::vector<std::string> tags;
};

double import_by_hand(sqlite3* database) {
  const auto start = Clock::now();
  sqlite3_exec(database, "begin", nullptr, nullptr, nullptr);
  ByHand tag{database, "insert into tags (id, name) values (?, ?)"};
  ByHand author{database, "insert into authors (id, name, email) values (?, ?, ?)"};
  ByHand book{database, "insert into books (id, title, price, author_id) values (?, ?, ?, ?)"};
  ByHand pair{database, "insert into books_tags (book_id, tag_id) values (?, ?)"};
  for (int i = 1; i <= tags; ++i) tag.bind(1, i).bind(2, "tag " + std::to_string(i)).run();
  std::int64_t book_id = 0;
  for (int i = 1; i <= authors; ++i) {
    const std::string number = std::to_string(i);
    const std::string email = number + "@example.com";
    author.bind(1, i).bind(2, "author " + number).bind(3, email).run();
    for (int k = 0; k < books_of_each; ++k) {
      ++book_id;
      book.bind(1, book_id).bind(2, "book " + std::to_string(book_id)).bind(3, k).bind(4, i).run();
      pair.bind(1, book_id).bind(2, book_id % tags + 1).run();
      pair.bind(1, book_id).bind(2, (book_id + 7) % tags + 1).run();
    }
  }
  sqlite3_exec(database, "commit", nullptr, nullptr, nullptr);
  return microseconds(start, 1);
}

double read_by_hand(sqlite3* database, int rounds) {
  ByHand author{database, "select id, name, email from authors where id = ?"};
  ByHand books{database, "select id, title, price from books where author_id = ? order by id"};
  ByHand names{database,
               "select p.book_id, t.name from books_tags p join tags t on t.id = p.tag_id where "
               "p.book_id in (select id from books where author_id = ?) order by t.id"};
  std::size_t seen = 0;
  const auto start = Clock::now();
  for (int i = 0; i < rounds; ++i) {
    const std::int64_t id = i % authors + 1;
    author.bind(1, id).step();
    seen += author.text(1).size() + author.text(2).size();
    author.reset();
    std::vector<PlainBook> found;
    books.bind(1, id);
    while (books.step()) found.push_back({books.integer(0), books.text(1), {}});
    books.reset();
    names.bind(1, id);
    while (names.step()) {
      for (PlainBook& book : found) {
        if (book.id == names.integer(0)) book.tags.push_back(names.text(1));
      }
    }
    names.reset();
    seen += found.size();
  }
  const double spent = microseconds(start, rounds);
  if (seen == 0) std::puts("nothing read");
  return spent;
}

double order_by_hand(sqlite3* database, int rounds) {
  ByHand order{database, "insert into orders (customer) values (?) returning id"};
  ByHand line{database, "insert into lines (order_id, product, quantity) values (?, ?, ?)"};
  const std::string customer = "customer";
  const std::string product = "product";
  const auto start = Clock::now();
  for (int i = 0; i < rounds; ++i) {
    sqlite3_exec(database, "begin immediate", nullptr, nullptr, nullptr);
    order.bind(1, customer).step();
    const std::int64_t id = order.integer(0);
    order.reset();
    for (int k = 0; k < 5; ++k) line.bind(1, id).bind(2, product).bind(3, k).run();
    sqlite3_exec(database, "commit", nullptr, nullptr, nullptr);
  }
  return microseconds(start, rounds);
}

Task<double> import(const orm::DataSource& source) {
  const auto start = Clock::now();
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
  co_return microseconds(start, 1);
}

Task<double> read(const orm::DataSource& source, int rounds) {
  std::size_t seen = 0;
  const auto start = Clock::now();
  for (int i = 0; i < rounds; ++i) {
    orm::EntityManager em{source};
    const std::int64_t id = i % authors + 1;
    const auto path = populate<&Author::books, &Book::tags>();
    const Author& author = co_await em.find_one_or_fail<const Author>(id, path);
    for (const Book& book : author.books) seen += book.title.size() + book.tags.size();
  }
  const double spent = microseconds(start, rounds);
  if (seen == 0) std::puts("nothing read");
  co_return spent;
}

Task<double> find(const orm::DataSource& source, int rounds) {
  const auto start = Clock::now();
  for (int i = 0; i < rounds; ++i) {
    orm::EntityManager em{source};
    const auto wanted = f<&Book::author, &Author::id> == i % authors + 1 && f<&Book::price> < 3;
    static_cast<void>(co_await em.find<const Book>(wanted, order_by(asc<&Book::price>), limit(2)));
  }
  co_return microseconds(start, rounds);
}

double find_by_hand(sqlite3* database, int rounds) {
  ByHand books{database,
               "select id, title, price, author_id from books where author_id = ? and price < ? "
               "order by price limit ?"};
  std::size_t seen = 0;
  const auto start = Clock::now();
  for (int i = 0; i < rounds; ++i) {
    books.bind(1, i % authors + 1).bind(2, 3).bind(3, 2);
    std::vector<PlainBook> found;
    while (books.step()) found.push_back({books.integer(0), books.text(1), {}});
    books.reset();
    seen += found.size();
  }
  if (seen == 0) std::puts("nothing found");
  return microseconds(start, rounds);
}

Task<double> order(const orm::DataSource& source, int rounds) {
  const auto start = Clock::now();
  for (int i = 0; i < rounds; ++i) {
    orm::EntityManager em{source};
    Order& made = em.create<Order>({.customer = "customer"});
    for (int k = 0; k < 5; ++k) made.lines.add(Line{.product = "product", .quantity = k});
    co_await em.flush();
  }
  co_return microseconds(start, rounds);
}

Task<void> all(orm::DataSource& source, sqlite3* database, int rounds) {
  const auto statements = co_await source.create_schema();
  sqlite3_exec(database, "pragma foreign_keys = on", nullptr, nullptr, nullptr);
  for (const std::string& text : statements) {
    sqlite3_exec(database, text.c_str(), nullptr, nullptr, nullptr);
  }
  const double imported = co_await import(source);
  report("import of 100,000 entities, 160,000 pairs", imported, import_by_hand(database));
  const double found = co_await find(source, rounds);
  report("find by two conditions, order, limit", found, find_by_hand(database, rounds));
  const double read_one = co_await read(source, rounds);
  report("author -> 8 books -> tags, read-only", read_one, read_by_hand(database, rounds));
  const double ordered = co_await order(source, rounds);
  report("order with 5 lines, one transaction", ordered, order_by_hand(database, rounds));
  co_await source.database().close();
}

}  // namespace

int main(int count, char** arguments) {
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 20'000;
  orm::DataSource source{db::sqlite::open(db::DatabaseOptions{"sqlite::memory:"}),
                         orm::entities<Author, Book, Tag, Order, Line>()};
  sqlite3* database = nullptr;
  if (sqlite3_open(":memory:", &database) != SQLITE_OK) return 1;
  EventLoop loop;
  loop.block_on(all(source, database, rounds));
  sqlite3_close(database);
}
