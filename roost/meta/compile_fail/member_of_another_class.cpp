// The meta of one class speaks of a member of another.
// expect-g++: In instantiation of .struct roost::reflect::a_member_of_another_class_is_listed<CreateCat, Owner, &Owner::email>
// expect: error: static.assert.*roost: .*it may only list its own members
// expect-clang++: in instantiation of .*roost::reflect::a_member_of_another_class_is_listed<CreateCat, Owner, &Owner::email>
#include <roost/meta/describe.hpp>

#include <string>

struct Owner {
  std::string email;
};

struct CreateCat {
  std::string email;

#ifdef ROOST_FIXED
  static constexpr auto meta = roost::meta(roost::field<&CreateCat::email>(roost::hidden));
#else
  static constexpr auto meta = roost::meta(roost::field<&Owner::email>(roost::hidden));
#endif
};

const auto& type = roost::reflect::type_of<CreateCat>();
