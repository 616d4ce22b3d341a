// A partial selection of members of another class.
// expect-g++: In instantiation of .struct roost::orm::these_fields_are_of_another_class<
// expect: error: static.assert.*roost: fields
// expect-clang++: in instantiation of .*roost::orm::these_fields_are_of_another_class<
#include <roost/orm/compile_fail/events_impl.hpp>

Task<void> use(EntityManager& em) {
#ifdef ROOST_FIXED
  static_cast<void>(co_await em.find<Event>(fields<&Event::title>()));
#else
  static_cast<void>(co_await em.find<Event>(fields<&Ticket::seat>()));
#endif
}
