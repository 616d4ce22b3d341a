// An aggregate with a reference.
// expect-g++: In instantiation of .struct roost::reflect::the_aggregate_has_a_reference_or_an_immovable_member<View>
// expect: error: static.assert.*roost: .*it has a reference
// expect-clang++: in instantiation of .*roost::reflect::the_aggregate_has_a_reference_or_an_immovable_member<View>
#include <roost/meta/describe.hpp>

struct View {
#ifdef ROOST_FIXED
  int value;
#else
  int& value;
#endif
};

const auto& type = roost::reflect::type_of<View>();
