// A member of a read-only entity is assigned.
// expect-g++: error: assignment of member .Event::capacity. in read-only object
// expect-clang++: error: cannot assign to .*const
#include <roost/orm/compile_fail/events_impl.hpp>

Task<void> use(EntityManager& em) {
#ifdef ROOST_FIXED
  Event* event = co_await em.find_one<Event>(7);
  event->capacity = 5;
#else
  const Event* event = co_await em.find_one<const Event>(7);
  event->capacity = 5;
#endif
}
