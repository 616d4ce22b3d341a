// Two intersected types have a member of one name.
// expect-g++: In instantiation of .struct roost::reflect::intersected_types_have_members_of_the_same_name<.*Named<\d+>\{"name"\}, Cat, Owner>
// expect: error: static.assert.*roost: .*leave it out of one
// expect-clang++: in instantiation of .*intersected_types_have_members_of_the_same_name<
#include <roost/meta/mapped_types.hpp>

#include <string>

struct Cat {
  std::string name;
  int age;
};

struct Owner {
#ifdef ROOST_FIXED
  std::string owner_name;
#else
  std::string name;
#endif
};

const auto& type = roost::reflect::type_of<roost::Intersection<Cat, Owner>>();
