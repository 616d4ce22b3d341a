// What a client sends to create, replace or change an event.
#pragma once

#include "events/event_details.hpp"
#include "events/event_status.hpp"
#include <roost/roost.hpp>

#include <optional>
#include <string>

struct CreateEvent {
  std::string title;
  std::optional<std::string> description;
  roost::Timestamp starts_at;
  int capacity = 20;
  EventStatus status = EventStatus::draft;
  EventDetails details;

  static constexpr auto meta = roost::meta(
      roost::field<&CreateEvent::title>(roost::length(1, 120)),
      roost::field<&CreateEvent::description>(roost::max_length(2000)),
      roost::field<&CreateEvent::starts_at>(roost::json_name("startsAt"), roost::date_time),
      roost::field<&CreateEvent::capacity>(roost::min(1), roost::max(500)),
      roost::field<&CreateEvent::details>(roost::optional, roost::is_object));
};

/// The version that the client has seen; of changes that name an older one nothing is written.
struct SeenVersion {
  std::optional<std::int64_t> seen_version;

  static constexpr auto meta = roost::meta(roost::field<&SeenVersion::seen_version>(
      roost::json_name("version"), roost::not_null, roost::min(1)));
};

using UpdateEvent = roost::Partial<roost::Intersection<CreateEvent, SeenVersion>>;
