// Example "basics": a backend for cats that keeps them in memory.
#include "app.module.hpp"
#include <roost/roost.hpp>

int main() {
  const auto document = roost::OpenApiOptions("Cats").version("1.0").description(
      "The cats of a shelter, kept in memory.");
  return roost::create<AppModule>(roost::ApplicationOptions().openapi(document)).listen();
}
