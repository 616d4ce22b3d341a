// A bare number where a rule should be.
// expect-g++: In instantiation of .struct roost::reflect::this_is_no_annotation<int>
// expect: error: static.assert.*roost: .*objects of classes
// expect-clang++: in instantiation of .*roost::reflect::this_is_no_annotation<int>
#include <roost/meta/meta.hpp>

#include <string>

struct Cat {
  std::string name;
};

#ifdef ROOST_FIXED
constexpr auto entry = roost::field<&Cat::name>(roost::required);
#else
constexpr auto entry = roost::field<&Cat::name>(20);
#endif
