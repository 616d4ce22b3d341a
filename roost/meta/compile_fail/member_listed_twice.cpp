// Two entries for one member.
// expect-g++: In instantiation of .struct roost::reflect::a_member_is_listed_twice<CreateCat, &CreateCat::name>
// expect: error: static.assert.*roost: .*put all its annotations into one
// expect-clang++: in instantiation of .*roost::reflect::a_member_is_listed_twice<CreateCat, &CreateCat::name>
#include <roost/meta/meta.hpp>

#include <string>

struct CreateCat {
  std::string name;
  int age;

  static constexpr auto meta = roost::meta(roost::field<&CreateCat::name>(roost::hidden),
#ifndef ROOST_FIXED
                                           roost::field<&CreateCat::name>(roost::required),
#endif
                                           roost::field<&CreateCat::age>(roost::optional));
};
