// A member that views text of somebody else.
// expect-g++: In instantiation of .struct roost::reflect::a_member_points_to_text_that_nobody_owns<CreateCat, std::basic_string_view<char
// expect: error: static.assert.*roost: .*use std::string
// expect-clang++: in instantiation of .*roost::reflect::a_member_points_to_text_that_nobody_owns<CreateCat, std::basic_string_view<char
#include <roost/meta/describe.hpp>

#include <string>
#include <string_view>

struct CreateCat {
#ifdef ROOST_FIXED
  std::string name;
#else
  std::string_view name;
#endif
};

const auto& type = roost::reflect::type_of<CreateCat>();
