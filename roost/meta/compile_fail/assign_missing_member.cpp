// The target lacks a member of the source.
// expect-g++: In instantiation of .struct roost::reflect::no_member_of_this_name_to_assign_to<.*Named<\d+>\{"email"\}, Cat, CreateCat>
// expect: error: static.assert.*roost: .*no member of this name
// expect-clang++: in instantiation of .*no_member_of_this_name_to_assign_to<
#include <roost/meta/assign.hpp>

#include <string>

struct CreateCat {
  std::string name;
  std::string email;
};

struct Cat {
  int id;
  std::string name;
};

void use(Cat& cat, const CreateCat& dto) {
#ifdef ROOST_FIXED
  roost::assign(cat, dto, roost::ignore_missing);
#else
  roost::assign(cat, dto);
#endif
}
