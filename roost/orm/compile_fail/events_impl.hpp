// PRIVATE: the entities and DTOs of the programs that must not compile.
#pragma once

#include <roost/orm/assign.hpp>
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

struct TicketInput {
  std::optional<std::int64_t> id{};
  int seat = 0;
};
struct EventInput {
  std::string title{};
  std::vector<TicketInput> tickets{};
};
