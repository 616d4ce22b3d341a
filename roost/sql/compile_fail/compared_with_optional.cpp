// A comparison with a value that may be missing.
// expect-g++: In instantiation of .struct roost::db::an_optional_value_cannot_be_compared<
// expect: error: static.assert.*roost: .*unwrap it
// expect-clang++: in instantiation of .*roost::db::an_optional_value_cannot_be_compared<
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
const auto condition = f<&Event::id> == std::optional<int>{7}.value();
#else
const auto condition = f<&Event::id> == std::optional<int>{7};
#endif
