// A rule for elements at a member that has none.
// expect-g++: In instantiation of .struct roost::reflect::rule_does_not_fit_the_member<.*MaxLength, true>, .*string.*, CreateEvent, .*it_needs_a_container>
// expect: error: static.assert.*does not fit the type of the member
// expect-clang++: in instantiation of .*rule_does_not_fit_the_member<.*MaxLength, true>, .*string.*, CreateEvent, .*it_needs_a_container>
#include <roost/meta/meta.hpp>
#include <roost/validation/rules.hpp>

#include <string>
#include <vector>

struct CreateEvent {
#ifdef ROOST_FIXED
  std::vector<std::string> tags;
#else
  std::string tags;
#endif

  static constexpr auto meta =
      roost::meta(roost::field<&CreateEvent::tags>(roost::each(roost::max_length(9))));
};
