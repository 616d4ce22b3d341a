// A path that goes on behind a column.
// expect-g++: In instantiation of .struct roost::orm::only_relations_are_populated<
// expect: error: static.assert.*roost: populate
// expect-clang++: in instantiation of .*roost::orm::only_relations_are_populated<
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
  static_cast<void>(co_await em.find<Event>(populate<&Event::tickets, &Ticket::event>()));
#else
  static_cast<void>(co_await em.find<Event>(populate<&Event::details, &Details::contact>()));
#endif
}
