// The graph by hand on SQLite: prepared statements of sqlite3 in C, a database in memory.
#include "by_hand.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <vector>

namespace bench {
namespace {

/// A statement, kept ready.
class Statement {
 public:
  Statement(sqlite3* database, const char* text) : database_{database} {
    check(sqlite3_prepare_v2(database, text, -1, &statement_, nullptr) == SQLITE_OK);
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { sqlite3_finalize(statement_); }

  Statement& bind(int place, std::int64_t value) {
    sqlite3_bind_int64(statement_, place, value);
    return *this;
  }
  Statement& bind(int place, const std::string& value) {
    sqlite3_bind_text(statement_, place, value.data(), static_cast<int>(value.size()),
                      SQLITE_STATIC);
    return *this;
  }
  bool step() {
    const int status = sqlite3_step(statement_);
    check(status == SQLITE_ROW || status == SQLITE_DONE);
    return status == SQLITE_ROW;
  }
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
  void check(bool fine) const {
    if (fine) return;
    std::fprintf(stderr, "by hand: %s\n", sqlite3_errmsg(database_));
    std::exit(1);
  }

  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
};

struct Book {
  std::int64_t id;
  std::string title;
  std::int64_t price;
  std::vector<std::string> tags;
};

/// Those that are used over and over.
struct Statements {
  explicit Statements(sqlite3* database)
      : begin{database, "begin immediate"},
        commit{database, "commit"},
        author{database, "select id, name, email from authors where id = ?"},
        books{database, "select id, title, price from books where author_id = ? order by id"},
        tags{database,
             "select p.book_id, t.name from books_tags p join tags t on t.id = p.tag_id where "
             "p.book_id in (select id from books where author_id = ?) order by t.id"},
        cheap{database,
              "select id, title, price, author_id from books where author_id = ? and price < ? "
              "order by price limit ?"},
        order{database, "insert into orders (customer) values (?) returning id"},
        line{database, "insert into lines (order_id, product, quantity) values (?, ?, ?)"} {}

  Statement begin;
  Statement commit;
  Statement author;
  Statement books;
  Statement tags;
  Statement cheap;
  Statement order;
  Statement line;
};

class SqliteByHand final : public ByHand {
 public:
  SqliteByHand() {
    if (sqlite3_open(":memory:", &database_) != SQLITE_OK) std::exit(1);
    execute("pragma foreign_keys = on");
  }
  SqliteByHand(const SqliteByHand&) = delete;
  SqliteByHand& operator=(const SqliteByHand&) = delete;
  ~SqliteByHand() override {
    statements_.reset();
    sqlite3_close(database_);
  }

  void create(std::span<const std::string> statements) override {
    for (const std::string& text : statements) execute(text.c_str());
    statements_.emplace(database_);
  }

  void import() override {
    execute("begin");
    Statement tag{database_, "insert into tags (id, name) values (?, ?)"};
    Statement author{database_, "insert into authors (id, name, email) values (?, ?, ?)"};
    Statement book{database_,
                   "insert into books (id, title, price, author_id) values (?, ?, ?, ?)"};
    Statement pair{database_, "insert into books_tags (book_id, tag_id) values (?, ?)"};
    for (int i = 1; i <= tags; ++i) {
      const std::string name = "tag " + std::to_string(i);
      tag.bind(1, i).bind(2, name).run();
    }
    std::int64_t book_id = 0;
    for (int i = 1; i <= authors; ++i) {
      const std::string name = "author " + std::to_string(i);
      const std::string email = std::to_string(i) + "@example.com";
      author.bind(1, i).bind(2, name).bind(3, email).run();
      for (int k = 0; k < books_of_each; ++k) {
        ++book_id;
        const std::string title = "book " + std::to_string(book_id);
        book.bind(1, book_id).bind(2, title).bind(3, k).bind(4, i).run();
        pair.bind(1, book_id).bind(2, book_id % tags + 1).run();
        pair.bind(1, book_id).bind(2, (book_id + 7) % tags + 1).run();
      }
    }
    execute("commit");
  }

  void analyze() override { execute("analyze"); }

  std::size_t find(int author) override {
    Statement& books = statements_->cheap;
    books.bind(1, author).bind(2, 3).bind(3, 2);
    std::vector<Book> found;
    while (books.step()) {
      found.push_back({books.integer(0), books.text(1), books.integer(2), {}});
    }
    books.reset();
    return found.size();
  }

  std::size_t read(int id) override {
    Statement& author = statements_->author;
    author.bind(1, id).step();
    std::size_t seen = author.text(1).size() + author.text(2).size();
    author.reset();
    std::vector<Book> found;
    Statement& books = statements_->books;
    books.bind(1, id);
    while (books.step()) {
      found.push_back({books.integer(0), books.text(1), books.integer(2), {}});
    }
    books.reset();
    Statement& names = statements_->tags;
    names.bind(1, id);
    while (names.step()) {
      for (Book& book : found) {
        if (book.id == names.integer(0)) book.tags.push_back(names.text(1));
      }
    }
    names.reset();
    for (const Book& book : found) seen += book.title.size() + book.tags.size();
    return seen;
  }

  void order() override {
    statements_->begin.run();
    Statement& order = statements_->order;
    order.bind(1, customer_).step();
    const std::int64_t id = order.integer(0);
    order.reset();
    for (int k = 0; k < 5; ++k) statements_->line.bind(1, id).bind(2, product_).bind(3, k).run();
    statements_->commit.run();
  }

 private:
  void execute(const char* text) {
    char* message = nullptr;
    if (sqlite3_exec(database_, text, nullptr, nullptr, &message) == SQLITE_OK) return;
    std::fprintf(stderr, "%s: %s\n", text, message);
    std::exit(1);
  }

  sqlite3* database_ = nullptr;
  std::optional<Statements> statements_;
  const std::string customer_ = "customer";
  const std::string product_ = "product";
};

}  // namespace

std::unique_ptr<ByHand> sqlite_by_hand() { return std::make_unique<SqliteByHand>(); }

}  // namespace bench
