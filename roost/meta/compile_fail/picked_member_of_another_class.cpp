// Pick of a member that the type does not have.
// expect-g++: In instantiation of .struct roost::reflect::a_member_of_another_class_is_listed<Cat, Owner, &Owner::email>
// expect: error: static.assert.*roost: .*only list its own members
// expect-clang++: in instantiation of .*roost::reflect::a_member_of_another_class_is_listed<Cat, Owner, &Owner::email>
#include <roost/meta/mapped_types.hpp>

#include <string>

struct Owner {
  std::string email;
};

struct Cat {
  std::string name;
};

#ifdef ROOST_FIXED
using Picked = roost::Pick<Cat, &Cat::name>;
#else
using Picked = roost::Pick<Cat, &Owner::email>;
#endif

const auto& type = roost::reflect::type_of<Picked>();
