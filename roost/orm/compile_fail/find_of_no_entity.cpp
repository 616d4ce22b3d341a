// A class that is no entity is looked for.
// expect-g++: In instantiation of .struct roost::orm::this_class_is_no_entity<
// expect: error: static.assert.*roost: this class is no entity
// expect-clang++: in instantiation of .*roost::orm::this_class_is_no_entity<
#include <roost/orm/compile_fail/events_impl.hpp>

Task<void> use(EntityManager& em) {
#ifdef ROOST_FIXED
  static_cast<void>(co_await em.find<Event>());
#else
  static_cast<void>(co_await em.find<Details>());
#endif
}
