// A path whose second member belongs to another class.
// expect-g++: In instantiation of .struct roost::db::this_member_does_not_follow_the_one_before<
// expect: error: static.assert.*roost: .*each member belongs to the class
// expect-clang++: in instantiation of .*roost::db::this_member_does_not_follow_the_one_before<
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
const auto condition = f<&Event::venue, &Venue::city> == "Bern";
#else
const auto condition = f<&Event::title, &Venue::city> == "Bern";
#endif
