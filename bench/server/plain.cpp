#include "plain.hpp"

#include <cstdint>
#include <deque>
#include <string>

namespace {

struct Message {
  std::string message;
};

struct CreateCat {
  std::string name;
  int age;
  std::string breed;

  static constexpr auto meta =
      roost::meta(roost::field<&CreateCat::name>(roost::length(1, 50)),
                  roost::field<&CreateCat::age>(roost::min(0), roost::max(30)));
};

struct Cat {
  std::int64_t id = 0;
  std::string name;
  int age = 0;
  std::string breed;
};

class PlainController {
 public:
  std::string plaintext() { return "Hello, World!"; }
  Message json() { return {"Hello, World!"}; }

  static constexpr auto routes = roost::controller(
      "", roost::get<&PlainController::plaintext>("plaintext", roost::header("Server", "roost")),
      roost::get<&PlainController::json>("json", roost::header("Server", "roost")));
};

class CatsController {
 public:
  Cat create(roost::Body<CreateCat> dto) {
    return cats_.with([&](Cats& cats) {
      Cat cat;
      cat.id = ++cats.last_id;
      roost::assign(cat, *dto);
      cats.newest.push_back(cat);
      if (cats.newest.size() > 10'000) cats.newest.pop_front();
      return cat;
    });
  }

  static constexpr auto routes = roost::controller("cats", roost::post<&CatsController::create>());

 private:
  struct Cats {
    std::deque<Cat> newest;
    std::int64_t last_id = 0;
  };
  roost::Synchronized<Cats> cats_;
};

}  // namespace

roost::ModuleDef PlainModule::define() {
  return roost::module<PlainModule>(roost::controllers<PlainController, CatsController>());
}
