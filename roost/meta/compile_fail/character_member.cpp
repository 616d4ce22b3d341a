// A member of type char.
// expect-g++: In instantiation of .struct roost::reflect::a_member_is_a_character<CreateCat, char>
// expect: error: static.assert.*roost: .*neither a number nor a text
// expect-clang++: in instantiation of .*roost::reflect::a_member_is_a_character<CreateCat, char>
#include <roost/meta/describe.hpp>

#include <string>

struct CreateCat {
  std::string name;
#ifndef ROOST_FIXED
  char grade;
#endif
};

const auto& type = roost::reflect::type_of<CreateCat>();
