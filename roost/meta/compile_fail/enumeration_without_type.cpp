// An enumeration whose range of values the compiler does not know.
// expect-g++: In instantiation of .struct roost::reflect::the_enumeration_has_no_underlying_type<Color>
// expect: error: static.assert.*roost: .*give it an underlying type
// expect-clang++: in instantiation of .*roost::reflect::the_enumeration_has_no_underlying_type<Color>
#include <roost/meta/describe.hpp>

#ifdef ROOST_FIXED
enum Color : int { red, green };
#else
enum Color { red, green };
#endif

struct Paint {
  Color color;
};

const auto& type = roost::reflect::type_of<Color>();
