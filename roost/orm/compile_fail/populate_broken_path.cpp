// A path whose second relation belongs to another class than the first one leads to.
// expect-g++: In instantiation of .struct roost::db::this_member_does_not_follow_the_one_before<
// expect: error: static.assert.*roost: .*each member belongs
// expect-clang++: in instantiation of .*roost::db::this_member_does_not_follow_the_one_before<
#include <roost/orm/compile_fail/events_impl.hpp>

Task<void> use(EntityManager& em) {
#ifdef ROOST_FIXED
  static_cast<void>(co_await em.find<Event>(populate<&Event::tickets, &Ticket::event>()));
#else
  static_cast<void>(co_await em.find<Event>(populate<&Event::tickets, &Event::tickets>()));
#endif
}
