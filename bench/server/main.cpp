// The server that is compared with others, with the whole framework in the path of every endpoint;
// ../README.md says what each of them does. PORT, THREADS and DATABASE_URL come from the
// environment; without a DATABASE_URL the endpoints of the database are not there.
#include "library.hpp"
#include "orders.hpp"
#include "plain.hpp"
#include "world.hpp"
#include <roost/orm/orm.hpp>
#include <roost/roost.hpp>

#include <cstdlib>
#include <string>

namespace {

std::string from_environment(const char* name, const char* fallback) {
  const char* value = std::getenv(name);
  return value == nullptr ? fallback : value;
}

struct PlainOnlyModule {
  static roost::ModuleDef define() {
    return roost::module<PlainOnlyModule>(roost::imports<PlainModule>());
  }
};

struct BenchModule {
  static roost::ModuleDef define() {
    return roost::module<BenchModule>(
        roost::imports(roost::OrmModule::for_root(
            // The tables are those of the comparison, not exactly what Roost would make.
            roost::OrmOptions{from_environment("DATABASE_URL", "")}.on_start(
                roost::orm::SchemaAction::nothing),
            roost::orm::entities<World, Fortune, Author, Book, Tag, Order, OrderLine>())),
        roost::imports<PlainModule>(), roost::imports<WorldModule>(),
        roost::imports<LibraryModule>(), roost::imports<OrdersModule>());
  }
};

}  // namespace

int main() {
  roost::ApplicationOptions options;
  options.threads(std::strtoul(from_environment("THREADS", "1").c_str(), nullptr, 10));
  // What the servers compared with do not send either.
  options.access_log(false).security_headers(false).request_ids(false);
  if (from_environment("DATABASE_URL", "").empty()) {
    return roost::create<PlainOnlyModule>(options).listen();
  }
  return roost::create<BenchModule>(options).listen();
}
