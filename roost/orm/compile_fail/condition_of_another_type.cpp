// A number compared with a text in a find.
// expect-g++: In instantiation of .struct roost::db::these_types_cannot_be_compared<
// expect: error: static.assert.*roost: .*cannot be compared
// expect-clang++: in instantiation of .*roost::db::these_types_cannot_be_compared<
#include <roost/orm/compile_fail/events_impl.hpp>

Task<void> use(EntityManager& em) {
#ifdef ROOST_FIXED
  static_cast<void>(co_await em.find<Event>(f<&Event::capacity> > 5));
#else
  static_cast<void>(co_await em.find<Event>(f<&Event::capacity> > "5"));
#endif
}
