// What a client sends to create, replace or change a venue.
#pragma once

#include <roost/roost.hpp>

#include <string>

struct CreateVenue {
  std::string name;
  std::string city;
  int capacity;

  static constexpr auto meta =
      roost::meta(roost::field<&CreateVenue::name>(roost::length(1, 120)),
                  roost::field<&CreateVenue::city>(roost::length(1, 80)),
                  roost::field<&CreateVenue::capacity>(roost::min(1), roost::max(100000)));
};

using UpdateVenue = roost::Partial<CreateVenue>;
