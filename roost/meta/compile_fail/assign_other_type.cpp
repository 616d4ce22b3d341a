// Members of one name and two types.
// expect-g++: In instantiation of .struct roost::reflect::members_of_this_name_have_different_types<.*Named<\d+>\{"age"\}, Cat, roost::Partial<CreateCat> ?>
// expect: error: static.assert.*roost: .*have different types
// expect-clang++: in instantiation of .*members_of_this_name_have_different_types<
#include <roost/meta/mapped_types.hpp>

#include <string>

struct CreateCat {
  std::string name;
  int age;
};

struct Cat {
  std::string name;
#ifdef ROOST_FIXED
  int age;
#else
  std::string age;
#endif
};

void use(Cat& cat, const roost::Partial<CreateCat>& patch) { patch.assign_to(cat); }
