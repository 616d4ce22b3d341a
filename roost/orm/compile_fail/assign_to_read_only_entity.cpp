// A DTO is assigned to an entity that was found as const.
// expect-g++: In instantiation of .struct roost::orm::an_entity_that_was_found_as_const_is_not_changed<
// expect: error: static.assert.*roost: em.assign
// expect-clang++: in instantiation of .*roost::orm::an_entity_that_was_found_as_const_is_not_changed<
#include <roost/orm/compile_fail/events_impl.hpp>

void use(EntityManager& em, Event& event, const Event& shown) {
  static_cast<void>(shown);
#ifdef ROOST_FIXED
  em.assign(event, EventInput{});
#else
  em.assign(shown, EventInput{});
#endif
}
