// A collection is assigned a number.
// expect-g++: In instantiation of .struct roost::orm::the_relation_is_not_assigned_from_this_type<
// expect: error: static.assert.*roost: em.assign
// expect-clang++: in instantiation of .*roost::orm::the_relation_is_not_assigned_from_this_type<
#include <roost/orm/compile_fail/events_impl.hpp>

struct Counted {
  int tickets = 0;
};

void use(EntityManager& em, Event& event, const Event& shown) {
  static_cast<void>(shown);
#ifdef ROOST_FIXED
  em.assign(event, EventInput{});
#else
  em.assign(event, Counted{});
#endif
}
