// A registration: a user takes seats at an event.
#pragma once

#include <roost/meta/without.hpp>
#include <roost/orm/entity_manager.hpp>
#include <roost/roost.hpp>

#include <cstdint>

struct Event;
struct User;

struct Registration {
  std::int64_t id = 0;
  roost::Ref<Event> event{};
  roost::Ref<User> user{};
  int seats = 1;
  roost::Timestamp created_at{};

  static constexpr auto meta = roost::orm::entity(
      "registrations", roost::primary_key<&Registration::id>(),
      roost::many_to_one<&Registration::event>(), roost::many_to_one<&Registration::user>(),
      roost::field<&Registration::user>(roost::without("profile")),
      roost::field<&Registration::created_at>(roost::json_name("createdAt")),
      roost::creation_time<&Registration::created_at>(),
      roost::unique<&Registration::event, &Registration::user>());
};
