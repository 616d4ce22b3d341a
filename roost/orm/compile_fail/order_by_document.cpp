// Sorted by a JSON document.
// expect-g++: In instantiation of .struct roost::orm::this_member_has_no_order<
// expect: error: static.assert.*roost: order_by
// expect-clang++: in instantiation of .*roost::orm::this_member_has_no_order<
#include <roost/orm/compile_fail/events_impl.hpp>

Task<void> use(EntityManager& em) {
#ifdef ROOST_FIXED
  static_cast<void>(co_await em.find<Event>(order_by(desc<&Event::details, &Details::contact>)));
#else
  static_cast<void>(co_await em.find<Event>(order_by(desc<&Event::details>)));
#endif
}
