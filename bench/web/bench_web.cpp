// The endpoints of the comparison with other servers, with the whole framework in the path:
// plaintext, JSON, and a validated JSON body. PORT and THREADS come from the environment.
#include <roost/roost.hpp>

#include <cstdint>
#include <cstdlib>
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

class BenchController {
 public:
  std::string plaintext() { return "Hello, World!"; }
  Message json() { return {"Hello, World!"}; }

  static constexpr auto routes = roost::controller(
      "", roost::get<&BenchController::plaintext>("plaintext", roost::header("Server", "roost")),
      roost::get<&BenchController::json>("json", roost::header("Server", "roost")));
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

struct BenchModule {
  static roost::ModuleDef define() {
    return roost::module<BenchModule>(roost::controllers<BenchController, CatsController>());
  }
};

}  // namespace

int main() {
  const char* threads = std::getenv("THREADS");
  roost::ApplicationOptions options;
  options.threads(threads == nullptr ? 1 : std::strtoul(threads, nullptr, 10));
  // What the servers compared with do not send either.
  options.access_log(false).security_headers(false).request_ids(false);
  return roost::create<BenchModule>(options).listen();
}
