// A DTO is assigned to an entity that was found as const.
// expect-g++: In instantiation of .struct roost::orm::an_entity_that_was_found_as_const_is_not_changed<
// expect: error: static.assert.*roost: em.assign
// expect-clang++: in instantiation of .*roost::orm::an_entity_that_was_found_as_const_is_not_changed<
#include <roost/orm/assign.hpp>

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

struct TicketInput {
  std::optional<std::int64_t> id{};
  int seat = 0;
};
struct EventInput {
  std::string title{};
  std::vector<TicketInput> tickets{};
};
void use(EntityManager& em, Event& event, const Event& shown) {
  static_cast<void>(shown);
#ifdef ROOST_FIXED
  em.assign(event, EventInput{});
#else
  em.assign(shown, EventInput{});
#endif
}
