// NULL asked of a column that has none.
// expect-g++: In instantiation of .struct roost::db::this_member_is_never_null<
// expect: error: static.assert.*roost: .*is never NULL
// expect-clang++: in instantiation of .*roost::db::this_member_is_never_null<
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
const auto condition = f<&Event::title> == "";
#else
const auto condition = f<&Event::title> == nullptr;
#endif
