// The smallest use of an installed Roost: prints what its type names say.
#include <roost/base/error.hpp>
#include <roost/base/type_name.hpp>

#include <cstdio>

namespace app {
class Greeter {};
}  // namespace app

int main() {
  try {
    throw roost::Error("thrown on purpose");
  } catch (const roost::Error& error) {
    const auto name = roost::type_name<app::Greeter>;
    std::printf("%.*s: %s\n", static_cast<int>(name.size()), name.data(), error.what());
  }
  return 0;
}
