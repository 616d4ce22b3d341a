// An entity that has no primary key.
// expect-g++: In instantiation of .struct roost::orm::this_entity_has_no_primary_key<
// expect: error: static.assert.*roost: this entity has no key
// expect-clang++: in instantiation of .*roost::orm::this_entity_has_no_primary_key<
#include <roost/orm/entity_manager.hpp>
#include <roost/orm/metadata.hpp>

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

struct Keyless {
  std::int64_t id{};
  static constexpr auto meta = orm::entity("keyless");
};

#ifdef ROOST_FIXED
const auto list = orm::entities<Event, Ticket>();
#else
const auto list = orm::entities<Event, Ticket, Keyless>();
#endif
