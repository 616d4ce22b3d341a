// What a client sends to create, replace or change an event.
#pragma once

#include "events/event_details.hpp"
#include "events/event_status.hpp"
#include <roost/roost.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The event's own columns.
struct EventBody {
  std::string title;
  std::optional<std::string> description;
  roost::Timestamp starts_at;
  int capacity = 20;
  EventStatus status = EventStatus::draft;
  EventDetails details;

  static constexpr auto meta = roost::meta(
      roost::field<&EventBody::title>(roost::length(1, 120)),
      roost::field<&EventBody::description>(roost::max_length(2000)),
      roost::field<&EventBody::starts_at>(roost::json_name("startsAt"), roost::date_time),
      roost::field<&EventBody::capacity>(roost::min(1), roost::max(500)),
      roost::field<&EventBody::details>(roost::optional, roost::is_object));
};

/// What it refers to: a venue by id, tags by name.
struct EventLinks {
  std::optional<std::int64_t> venue_id;
  std::vector<std::string> tags;

  static constexpr auto meta =
      roost::meta(roost::field<&EventLinks::venue_id>(roost::json_name("venueId"), roost::min(1)),
                  roost::field<&EventLinks::tags>(roost::optional, roost::array_max_size(20),
                                                  roost::each(roost::length(1, 40))));
};

/// The version that the client has seen; of changes that name an older one nothing is written.
struct SeenVersion {
  std::optional<std::int64_t> seen_version;

  static constexpr auto meta = roost::meta(roost::field<&SeenVersion::seen_version>(
      roost::json_name("version"), roost::not_null, roost::min(1)));
};

using CreateEvent = roost::Intersection<EventBody, EventLinks>;
using UpdateEvent = roost::Partial<roost::Intersection<EventBody, EventLinks, SeenVersion>>;

struct ReplaceTags {
  std::vector<std::string> tags;

  static constexpr auto meta = roost::meta(roost::field<&ReplaceTags::tags>(
      roost::array_max_size(20), roost::each(roost::length(1, 40))));
};
