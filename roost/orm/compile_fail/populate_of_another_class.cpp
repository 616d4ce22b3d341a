// A path that begins at another class than the one that is found.
// expect-g++: In instantiation of .struct roost::orm::this_path_begins_at_another_class<
// expect: error: static.assert.*roost: populate
// expect-clang++: in instantiation of .*roost::orm::this_path_begins_at_another_class<
#include <roost/orm/compile_fail/events_impl.hpp>

Task<void> use(EntityManager& em) {
#ifdef ROOST_FIXED
  static_cast<void>(co_await em.find<Event>(populate<&Event::tickets, &Ticket::event>()));
#else
  static_cast<void>(co_await em.find<Event>(populate<&Ticket::event>()));
#endif
}
