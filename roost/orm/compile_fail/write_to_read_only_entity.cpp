// A member of a read-only entity is assigned.
// expect-g++: error: assignment of member .Event::capacity. in read-only object
// expect-clang++: error: cannot assign to .*const
#include <roost/orm/entity_manager.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace roost;

struct Event;

struct Details {
  std::string contact{};
};
struct Ticket {
  std::int64_t id{};
  int seat = 0;
  Ref<Event> event{};
  static constexpr auto meta =
      orm::entity("tickets", primary_key<&Ticket::id>(), many_to_one<&Ticket::event>());
};
struct Event {
  std::int64_t id{};
  std::string title{};
  int capacity = 0;
  orm::Json<Details> details{};
  Collection<Ticket> tickets{};
  static constexpr auto meta = orm::entity("events", primary_key<&Event::id>(),
                                           one_to_many<&Event::tickets>(mapped_by<&Ticket::event>));
};

Task<void> use(EntityManager& em) {
#ifdef ROOST_FIXED
  Event* event = co_await em.find_one<Event>(7);
  event->capacity = 5;
#else
  const Event* event = co_await em.find_one<const Event>(7);
  event->capacity = 5;
#endif
}
