// A custom rule whose check takes another type than the member's.
// expect-g++: In instantiation of .struct roost::reflect::rule_does_not_fit_the_member<.*Even.*, .*string.*, Room,
// expect: error: static.assert.*does not fit the type of the member
// expect-clang++: in instantiation of .*rule_does_not_fit_the_member<.*Even.*, .*string.*, Room,
#include <roost/meta/meta.hpp>
#include <roost/validation/rules.hpp>

#include <string>

struct Even {
  static constexpr std::string_view message = "$property must be even";
  bool check(int value) const { return value % 2 == 0; }
};

struct Room {
#ifdef ROOST_FIXED
  int seats;
#else
  std::string seats;
#endif

  static constexpr auto meta = roost::meta(roost::field<&Room::seats>(roost::custom(Even{})));
};
