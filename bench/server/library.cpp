#include "library.hpp"

using roost::Task;
using roost::orm::EntityManager;

namespace {

class AuthorsService {
 public:
  using scope = roost::request_scoped;

  explicit AuthorsService(EntityManager& em) : em_{em} {}

  Task<Author&> find(int id) {
    Author* author =
        co_await em_.find_one<Author>(id, roost::populate<&Author::books, &Book::tags>());
    if (author == nullptr) throw roost::NotFoundException();
    co_return *author;
  }

 private:
  EntityManager& em_;
};

class AuthorsController {
 public:
  explicit AuthorsController(AuthorsService& authors) : authors_{authors} {}

  Task<Author&> find(roost::Param<"id", int> id) { return authors_.find(*id); }

  static constexpr auto routes =
      roost::controller("authors", roost::get<&AuthorsController::find>(":id"));

 private:
  AuthorsService& authors_;
};

}  // namespace

roost::ModuleDef LibraryModule::define() {
  return roost::module<LibraryModule>(roost::controllers<AuthorsController>(),
                                      roost::providers<AuthorsService>());
}
