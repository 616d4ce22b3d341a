// The smallest application, as a user builds it against an installed Roost.
#include <roost/roost.hpp>

#include <string>

using namespace roost;

struct Who {
  std::string name = "world";
};
struct Greeting {
  std::string message;
};

class HelloController {
 public:
  Greeting greet(Query<Who> who) { return {"Hello, " + who->name + "!"}; }
  static constexpr auto routes = controller("hello", get<&HelloController::greet>());
};

struct AppModule {
  static ModuleDef define() { return module<AppModule>(controllers<HelloController>()); }
};

int main() { return create<AppModule>().listen(); }
