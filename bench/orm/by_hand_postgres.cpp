// The graph by hand on PostgreSQL: libpq, prepared statements, one round trip for what is read or
// written together.
#include "by_hand.hpp"

#include <libpq-fe.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace bench {
namespace {

constexpr int rows_of_a_statement = 10'000;

struct Book {
  std::string id;
  std::string title;
  std::string price;
  std::vector<std::string> tags;
};

/// An array as PostgreSQL reads it; the texts here need no quotes.
class Array {
 public:
  void add(const std::string& element) {
    text_ += text_.size() == 1 ? "" : ",";
    text_ += element;
  }
  void add(int element) { add(std::to_string(element)); }
  std::string take() {
    std::string whole = text_ + "}";
    text_ = "{";
    return whole;
  }

 private:
  std::string text_ = "{";
};

class PostgresByHand final : public ByHand {
 public:
  explicit PostgresByHand(const std::string& url) : connection_{::PQconnectdb(url.c_str())} {
    if (::PQstatus(connection_) != CONNECTION_OK) fail();
    execute("set client_min_messages = warning");
    execute("drop schema if exists by_hand cascade");
    execute("create schema by_hand");
    execute("set search_path = by_hand");
  }
  PostgresByHand(const PostgresByHand&) = delete;
  PostgresByHand& operator=(const PostgresByHand&) = delete;
  ~PostgresByHand() override { ::PQfinish(connection_); }

  void create(std::span<const std::string> statements) override {
    for (const std::string& text : statements) execute(text.c_str());
    prepare("tags", "insert into tags (id, name) select * from unnest($1::bigint[], $2::text[])");
    prepare("authors",
            "insert into authors (id, name, email) select * from unnest($1::bigint[], $2::text[], "
            "$3::text[])");
    prepare("books",
            "insert into books (id, title, price, author_id) select * from unnest($1::bigint[], "
            "$2::text[], $3::int[], $4::bigint[])");
    prepare("pairs",
            "insert into books_tags (book_id, tag_id) select * from unnest($1::bigint[], "
            "$2::bigint[])");
    prepare("author", "select id, name, email from authors where id = $1");
    prepare("books of", "select id, title, price from books where author_id = $1 order by id");
    prepare("tags of",
            "select p.book_id, t.name from books_tags p join tags t on t.id = p.tag_id where "
            "p.book_id in (select id from books where author_id = $1) order by t.id");
    prepare("cheap",
            "select id, title, price, author_id from books where author_id = $1 and price < $2 "
            "order by price limit $3");
    prepare("order",
            "with made as (insert into orders (customer) values ($1) returning id) insert into "
            "lines (order_id, product, quantity) select made.id, line.* from made, "
            "unnest($2::text[], $3::int[]) line");
    ::PQenterPipelineMode(connection_);
  }

  void import() override {
    ::PQexitPipelineMode(connection_);
    execute("begin");
    import_tags();
    import_authors();
    import_books();
    execute("commit");
    ::PQenterPipelineMode(connection_);
  }

  void analyze() override {
    ::PQexitPipelineMode(connection_);
    execute("analyze");
    ::PQenterPipelineMode(connection_);
  }

  std::size_t find(int author) override {
    const std::string id = std::to_string(author);
    send("cheap", std::array{id.c_str(), "3", "2"});
    sync();
    std::vector<Book> found;
    receive([&](PGresult* rows, int row) { found.push_back(book(rows, row)); });
    synced();
    return found.size();
  }

  std::size_t read(int author) override {
    const std::string id = std::to_string(author);
    for (const char* name : {"author", "books of", "tags of"}) send(name, std::array{id.c_str()});
    sync();
    std::size_t seen = 0;
    std::vector<Book> found;
    receive([&](PGresult* rows, int row) {
      seen += std::string{::PQgetvalue(rows, row, 1)}.size();
      seen += std::string{::PQgetvalue(rows, row, 2)}.size();
    });
    receive([&](PGresult* rows, int row) { found.push_back(book(rows, row)); });
    receive([&](PGresult* rows, int row) {
      for (Book& of : found) {
        if (of.id == ::PQgetvalue(rows, row, 0)) of.tags.push_back(::PQgetvalue(rows, row, 1));
      }
    });
    synced();
    for (const Book& of : found) seen += of.title.size() + of.tags.size();
    return seen;
  }

  void order() override {
    // One statement is a transaction of its own.
    send("order",
         std::array{"customer", "{product,product,product,product,product}", "{0,1,2,3,4}"});
    sync();
    receive([](PGresult*, int) {});
    synced();
  }

 private:
  [[noreturn]] void fail() const {
    std::fprintf(stderr, "by hand: %s\n", ::PQerrorMessage(connection_));
    std::exit(1);
  }

  void execute(const char* text) { finish(::PQexec(connection_, text)); }
  void prepare(const char* name, const char* text) {
    finish(::PQprepare(connection_, name, text, 0, nullptr));
  }
  void finish(PGresult* result) const {
    const ExecStatusType status = ::PQresultStatus(result);
    ::PQclear(result);
    if (status != PGRES_COMMAND_OK) fail();
  }

  void insert(const char* name, std::span<Array> columns) {
    std::vector<std::string> texts;
    for (Array& column : columns) texts.push_back(column.take());
    std::vector<const char*> values;
    for (const std::string& text : texts) values.push_back(text.c_str());
    finish(::PQexecPrepared(connection_, name, static_cast<int>(values.size()), values.data(),
                            nullptr, nullptr, 0));
  }

  void import_tags() {
    std::array<Array, 2> columns;
    for (int i = 1; i <= tags; ++i) {
      columns[0].add(i);
      columns[1].add("tag " + std::to_string(i));
    }
    insert("tags", columns);
  }

  void import_authors() {
    std::array<Array, 3> columns;
    for (int i = 1; i <= authors; ++i) {
      columns[0].add(i);
      columns[1].add("author " + std::to_string(i));
      columns[2].add(std::to_string(i) + "@example.com");
    }
    insert("authors", columns);
  }

  void import_books() {
    std::array<Array, 4> books;
    std::array<Array, 2> pairs;
    for (int id = 1; id <= authors * books_of_each; ++id) {
      books[0].add(id);
      books[1].add("book " + std::to_string(id));
      books[2].add((id - 1) % books_of_each);
      books[3].add((id - 1) / books_of_each + 1);
      for (const int tag : {id % tags + 1, (id + 7) % tags + 1}) {
        pairs[0].add(id);
        pairs[1].add(tag);
      }
      if (id % rows_of_a_statement == 0) {
        insert("books", books);
        insert("pairs", pairs);
      }
    }
  }

  template <std::size_t N>
  void send(const char* name, const std::array<const char*, N>& values) {
    if (::PQsendQueryPrepared(connection_, name, N, values.data(), nullptr, nullptr, 0) == 0) {
      fail();
    }
  }
  void sync() {
    if (::PQpipelineSync(connection_) == 0) fail();
  }
  /// The rows of the next statement of the pipeline.
  template <class Row>
  void receive(const Row& row) {
    PGresult* result = ::PQgetResult(connection_);
    const ExecStatusType status = ::PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) fail();
    for (int i = 0; i < ::PQntuples(result); ++i) row(result, i);
    ::PQclear(result);
    ::PQgetResult(connection_);  // null: the end of this statement
  }
  void synced() {
    PGresult* result = ::PQgetResult(connection_);
    if (::PQresultStatus(result) != PGRES_PIPELINE_SYNC) fail();
    ::PQclear(result);
  }

  static Book book(PGresult* rows, int row) {
    return {::PQgetvalue(rows, row, 0), ::PQgetvalue(rows, row, 1), ::PQgetvalue(rows, row, 2), {}};
  }

  PGconn* connection_;
};

}  // namespace

std::unique_ptr<ByHand> postgres_by_hand(const std::string& url) {
  return std::make_unique<PostgresByHand>(url);
}

}  // namespace bench
