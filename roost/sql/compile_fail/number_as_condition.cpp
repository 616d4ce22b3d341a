// A number where a condition belongs.
// expect-g++: In instantiation of .struct roost::db::this_is_no_condition<
// expect: error: static.assert.*roost: .*join conditions and bool
// expect-clang++: in instantiation of .*roost::db::this_is_no_condition<
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
const auto condition = f<&Event::id> == 7 && true;
#else
const auto condition = f<&Event::id> == 7 && 5;
#endif
