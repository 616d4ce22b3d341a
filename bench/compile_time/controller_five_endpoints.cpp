// What a user's file costs: a controller with five endpoints, four DTOs and its module.
#include <roost/roost.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bench {

struct Author {
  int id = 0;
  std::string name;
  std::optional<std::string> email;
};

struct Book {
  std::int64_t id = 0;
  std::string title;
  Author author;
  std::vector<std::string> tags;
  double price = 0;
  bool in_stock = false;
  std::optional<int> year;
};

struct CreateBook {
  std::string title;
  int author_id = 0;
  std::vector<std::string> tags;
  double price = 0;

  static constexpr auto meta =
      roost::meta(roost::field<&CreateBook::title>(roost::not_empty, roost::max_length(120)),
                  roost::field<&CreateBook::price>(roost::min(0)));
};

struct ListBooks {
  std::optional<int> page;
  std::optional<int> size;
  std::optional<std::string> text;
};

class BooksService {
 public:
  roost::Task<std::vector<Book>> list(ListBooks query);
  roost::Task<Book> find(std::int64_t id);
  roost::Task<Book> create(CreateBook book);
  roost::Task<Book> update(std::int64_t id, CreateBook book);
  roost::Task<void> remove(std::int64_t id);
};

class BooksController {
 public:
  explicit BooksController(BooksService& books) : books_{books} {}

  roost::Task<std::vector<Book>> list(roost::Query<ListBooks> query) {
    co_return co_await books_.list(*query);
  }
  roost::Task<Book> find(roost::Param<"id", std::int64_t> id) {
    co_return co_await books_.find(*id);
  }
  roost::Task<Book> create(roost::Body<CreateBook> book) {
    co_return co_await books_.create(*book);
  }
  roost::Task<Book> update(roost::Param<"id", std::int64_t> id, roost::Body<CreateBook> book) {
    co_return co_await books_.update(*id, *book);
  }
  roost::Task<void> remove(roost::Param<"id", std::int64_t> id) { co_await books_.remove(*id); }

  static constexpr auto routes = roost::controller(
      "books", roost::get<&BooksController::list>(), roost::get<&BooksController::find>(":id"),
      roost::post<&BooksController::create>(), roost::put<&BooksController::update>(":id"),
      roost::del<&BooksController::remove>(":id", roost::http_code(204)));

 private:
  BooksService& books_;
};

struct BooksModule {
  static roost::ModuleDef define();
};

roost::ModuleDef BooksModule::define() {
  return roost::module<BooksModule>(roost::controllers<BooksController>(),
                                    roost::providers<BooksService>());
}

}  // namespace bench
