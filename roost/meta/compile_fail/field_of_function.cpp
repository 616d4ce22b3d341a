// field<> of a member function.
// expect-g++: In instantiation of .struct roost::reflect::the_argument_of_field_is_not_a_data_member
// expect: error: static.assert.*roost: .*takes the address of a data member
// expect-clang++: in instantiation of .*roost::reflect::the_argument_of_field_is_not_a_data_member
#include <roost/meta/meta.hpp>

#include <string>

struct Cat {
  std::string name;
  int size() const { return 0; }
};

#ifdef ROOST_FIXED
constexpr auto entry = roost::field<&Cat::name>();
#else
constexpr auto entry = roost::field<&Cat::size>();
#endif
