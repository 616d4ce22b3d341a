// An event: where and when, its tags, and who is registered.
#pragma once

#include "events/event_details.hpp"
#include "events/event_status.hpp"
#include "registrations/registration.hpp"
#include <roost/orm/entity_manager.hpp>
#include <roost/roost.hpp>

#include <cstdint>
#include <optional>
#include <string>

struct Tag;
struct Venue;

struct Event {
  std::int64_t id = 0;
  std::string title{};
  std::optional<std::string> description{};
  roost::Timestamp starts_at{};
  int capacity = 20;
  EventStatus status = EventStatus::draft;
  roost::orm::Json<EventDetails> details{};
  int version = 1;
  roost::Timestamp created_at{};
  roost::Timestamp updated_at{};
  roost::Ref<Venue> venue{};
  roost::Collection<Tag> tags{};
  roost::Collection<Registration> registrations{};

  static constexpr auto meta = roost::orm::entity(
      "events", roost::primary_key<&Event::id>(),
      roost::field<&Event::description>(roost::write_null),
      roost::field<&Event::starts_at>(roost::json_name("startsAt")),
      roost::versioned_by<&Event::version>(),
      roost::field<&Event::created_at>(roost::json_name("createdAt")),
      roost::creation_time<&Event::created_at>(),
      roost::field<&Event::updated_at>(roost::json_name("updatedAt")),
      roost::update_time<&Event::updated_at>(),
      roost::many_to_one<&Event::venue>(roost::nullable,
                                        roost::on_delete(roost::orm::ReferentialAction::no_action)),
      roost::many_to_many<&Event::tags>(roost::orm::SortedByWord{"name"}),
      roost::one_to_many<&Event::registrations>(roost::mapped_by<&Registration::event>,
                                                roost::sorted_by<&Registration::id>,
                                                roost::cascade_all, roost::orphan_removal),
      roost::unique<&Event::title, &Event::starts_at>());
};
