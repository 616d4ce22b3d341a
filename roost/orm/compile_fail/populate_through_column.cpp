// A path that goes on behind a column.
// expect-g++: In instantiation of .struct roost::orm::only_relations_are_populated<
// expect: error: static.assert.*roost: populate
// expect-clang++: in instantiation of .*roost::orm::only_relations_are_populated<
#include <roost/orm/compile_fail/events_impl.hpp>

Task<void> use(EntityManager& em) {
#ifdef ROOST_FIXED
  static_cast<void>(co_await em.find<Event>(populate<&Event::tickets, &Ticket::event>()));
#else
  static_cast<void>(co_await em.find<Event>(populate<&Event::details, &Details::contact>()));
#endif
}
