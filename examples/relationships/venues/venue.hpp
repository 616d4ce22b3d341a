// A venue: where events take place.
#pragma once

#include "events/event.hpp"
#include <roost/orm/entity_manager.hpp>
#include <roost/roost.hpp>

#include <cstdint>
#include <string>

struct Venue {
  std::int64_t id = 0;
  std::string name{};
  std::string city{};
  int capacity = 0;
  roost::Collection<Event> events{};

  static constexpr auto meta =
      roost::orm::entity("venues", roost::primary_key<&Venue::id>(),
                         roost::one_to_many<&Venue::events>(roost::mapped_by<&Event::venue>,
                                                            roost::sorted_by<&Event::id>));
};
