// A rule for texts at a number.
// expect-g++: In instantiation of .struct roost::reflect::rule_does_not_fit_the_member<MaxLength, int, CreateCat, roost::reflect::it_needs_a_string>
// expect: error: static.assert.*roost: .*does not fit the type of the member
// expect-clang++: in instantiation of .*roost::reflect::rule_does_not_fit_the_member<MaxLength, int, CreateCat, roost::reflect::it_needs_a_string>
#include <roost/meta/meta.hpp>

#include <cstddef>
#include <string>
#include <type_traits>

struct MaxLength {
  std::size_t limit;

  template <class Member>
  static constexpr bool applies_to = std::is_same_v<Member, std::string>;
  using requirement = roost::reflect::it_needs_a_string;
};

struct CreateCat {
  std::string name;
  int age;

#ifdef ROOST_FIXED
  static constexpr auto meta = roost::meta(roost::field<&CreateCat::name>(MaxLength{20}));
#else
  static constexpr auto meta = roost::meta(roost::field<&CreateCat::age>(MaxLength{20}));
#endif
};
