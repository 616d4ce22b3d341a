// What is known about an event beyond its columns: one JSON column, with rules like a body's.
#pragma once

#include "common/web_address.hpp"
#include <roost/roost.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

struct AgeRange {
  std::int64_t min;
  std::int64_t max;

  static constexpr auto meta = roost::meta(roost::field<&AgeRange::min>(roost::min(0)),
                                           roost::field<&AgeRange::max>(roost::min(0)));
  bool operator==(const AgeRange&) const = default;
};

struct EventDetails {
  std::optional<std::string> contact_email;
  std::optional<AgeRange> age_range;
  std::optional<std::vector<std::string>> links;

  static constexpr auto meta =
      roost::meta(roost::field<&EventDetails::contact_email>(roost::json_name("contactEmail"),
                                                             roost::not_null, roost::is_email),
                  roost::field<&EventDetails::age_range>(roost::json_name("ageRange"),
                                                         roost::not_null, roost::is_object),
                  roost::field<&EventDetails::links>(roost::not_null, roost::array_max_size(10),
                                                     roost::each(is_web_address)));
  bool operator==(const EventDetails&) const = default;
};
