// An AnyRef is asked for a class to which it never refers.
// expect-g++: In instantiation of .struct roost::orm::this_any_ref_does_not_refer_to_this_class<
// expect: error: static.assert.*roost: this class .first argument. is none of those
// expect-clang++: in instantiation of .*roost::orm::this_any_ref_does_not_refer_to_this_class<
#include <roost/orm/compile_fail/any_ref_impl.hpp>

bool use(const Mark& mark) {
#ifdef ROOST_FIXED
  return mark.on.holds<Event>();
#else
  return mark.on.holds<Mark>();
#endif
}
