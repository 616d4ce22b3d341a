// What a client sends to register users for an event.
#pragma once

#include <roost/roost.hpp>

#include <cstdint>
#include <vector>

struct CreateRegistration {
  std::int64_t user_id;
  int seats = 1;

  static constexpr auto meta = roost::meta(
      roost::field<&CreateRegistration::user_id>(roost::json_name("userId"), roost::min(1)),
      roost::field<&CreateRegistration::seats>(roost::min(1), roost::max(10)));
};

struct ReplaceRegistrations {
  std::vector<CreateRegistration> registrations;

  static constexpr auto meta = roost::meta(roost::field<&ReplaceRegistrations::registrations>(
      roost::array_max_size(500), roost::array_unique_by<&CreateRegistration::user_id>()));
};
