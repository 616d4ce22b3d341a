// A tag: a name that events have in common.
#pragma once

#include "events/event.hpp"
#include <roost/orm/entity_manager.hpp>
#include <roost/roost.hpp>

#include <cstdint>
#include <string>

struct Tag {
  std::int64_t id = 0;
  std::string name{};
  roost::Collection<Event> events{};

  static constexpr auto meta =
      roost::orm::entity("tags", roost::primary_key<&Tag::id>(), roost::unique<&Tag::name>(),
                         roost::many_to_many<&Tag::events>(roost::mapped_by<&Event::tags>,
                                                           roost::sorted_by<&Event::id>));
};
