// A rule for texts at a number.
// expect-g++: In instantiation of .struct roost::reflect::rule_does_not_fit_the_member<.*Length.*, int, CreateEvent, .*it_needs_a_string>
// expect: error: static.assert.*does not fit the type of the member
// expect-clang++: in instantiation of .*rule_does_not_fit_the_member<.*Length.*, int, CreateEvent, .*it_needs_a_string>
#include <roost/meta/meta.hpp>
#include <roost/validation/rules.hpp>

#include <string>

struct CreateEvent {
#ifdef ROOST_FIXED
  std::string capacity;
#else
  int capacity;
#endif

  static constexpr auto meta =
      roost::meta(roost::field<&CreateEvent::capacity>(roost::length(1, 9)));
};
