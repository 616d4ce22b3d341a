// An integer looked for in a list of texts.
// expect-g++: In instantiation of .struct roost::db::these_types_cannot_be_compared<
// expect: error: static.assert.*roost: .*cannot be compared
// expect-clang++: in instantiation of .*roost::db::these_types_cannot_be_compared<
#include <roost/sql/expression.hpp>

#include <cstdint>
#include <optional>
#include <string>

using roost::f;

struct Venue {
  std::int64_t id{};
  std::string city;
};
struct Event {
  std::int64_t id{};
  std::string title;
  Venue venue;
};

#ifdef ROOST_FIXED
const auto condition = f<&Event::id>.in(std::vector<int>{7});
#else
const auto condition = f<&Event::id>.in(std::vector<std::string>{"7"});
#endif
