// The queries of events.
#pragma once

#include "common/paging.hpp"
#include "events/event_status.hpp"
#include <roost/roost.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

struct PopulateEvent {
  std::optional<std::vector<std::string>> populate;

  static constexpr auto meta = roost::meta(roost::field<&PopulateEvent::populate>(
      roost::each(roost::one_of("venue", "tags", "registrations", "registrations.user"))));
};

struct FilterEvents {
  std::optional<std::vector<std::string>> sort;
  std::optional<EventStatus> status;
  std::optional<std::string> q;
  std::optional<std::string> city;
  std::optional<std::string> tag;
  std::optional<std::int64_t> venue_id;
  std::optional<std::int64_t> user_id;  // of a user who is registered

  static constexpr auto meta = roost::meta(
      roost::field<&FilterEvents::sort>(
          roost::each(roost::one_of("id", "-id", "title", "-title", "startsAt", "-startsAt",
                                    "capacity", "-capacity", "status", "-status"))),
      roost::field<&FilterEvents::venue_id>(roost::json_name("venueId"), roost::empty_as("0"),
                                            roost::min(1)),
      roost::field<&FilterEvents::user_id>(roost::json_name("userId"), roost::empty_as("0"),
                                           roost::min(1)));
};

using ListEvents = roost::Intersection<Paging, PopulateEvent, FilterEvents>;
