// A user: who registers for events.
#pragma once

#include "registrations/registration.hpp"
#include "users/profile.hpp"
#include <roost/orm/entity_manager.hpp>
#include <roost/roost.hpp>

#include <cstdint>
#include <string>

struct User {
  std::int64_t id = 0;
  std::string email{};
  std::string name{};
  roost::Timestamp created_at{};
  roost::Ref<Profile> profile{};
  roost::Collection<Registration> registrations{};

  static constexpr auto meta = roost::orm::entity(
      "users", roost::primary_key<&User::id>(), roost::unique<&User::email>(),
      roost::field<&User::created_at>(roost::json_name("createdAt")),
      roost::creation_time<&User::created_at>(),
      roost::one_to_one<&User::profile>(roost::mapped_by<&Profile::user>, roost::with_key,
                                        roost::cascade_all, roost::orphan_removal),
      roost::one_to_many<&User::registrations>(roost::mapped_by<&Registration::user>,
                                               roost::sorted_by<&Registration::id>));
};
