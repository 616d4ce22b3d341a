// Example "relationships": registrations for events, with users, venues and tags.
//
//     relationships              serves
//     relationships --seed       fills the empty database with demonstration data
//     relationships --diagram    prints the entities and their relations, in the language of
//     Mermaid
#include "app.module.hpp"
#include "database.hpp"
#include "seed/seed.hpp"
#include <roost/async/event_loop.hpp>
#include <roost/orm/diagram.hpp>
#include <roost/roost.hpp>

#include <cstdio>
#include <exception>
#include <string_view>

namespace {

int fill_database() {
  const auto source = open_data_source();
  roost::EventLoop loop;
  loop.block_on(source->create_schema());
  loop.block_on(seed(*source));
  return 0;
}

int print_diagram() {
  const auto source = open_data_source();
  std::fputs(roost::orm::mermaid_diagram(source->metadata()).c_str(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view wish = argc > 1 ? argv[1] : "";
  try {
    if (wish == "--seed") return fill_database();
    if (wish == "--diagram") return print_diagram();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "relationships: %s\n", error.what());
    return 1;
  }
  return roost::create<AppModule>().listen();
}
