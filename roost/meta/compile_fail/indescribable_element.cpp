// A list of something without a JSON form.
// expect-g++: In instantiation of .struct roost::reflect::a_member_has_a_type_that_cannot_be_described<CreateCat, std::vector<void ?\*
// expect: error: static.assert.*roost: .*without a JSON form
// expect-clang++: in instantiation of .*roost::reflect::a_member_has_a_type_that_cannot_be_described<CreateCat, std::vector<void ?\*
#include <roost/meta/describe.hpp>

#include <string>
#include <vector>

struct CreateCat {
  std::string name;
#ifndef ROOST_FIXED
  std::vector<void*> handles;
#endif
};

const auto& type = roost::reflect::type_of<CreateCat>();
