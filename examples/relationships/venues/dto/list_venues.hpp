// The queries of venues.
#pragma once

#include "common/paging.hpp"
#include <roost/roost.hpp>

#include <optional>
#include <string>
#include <vector>

struct PopulateVenue {
  std::optional<std::vector<std::string>> populate;

  static constexpr auto meta = roost::meta(
      roost::field<&PopulateVenue::populate>(roost::each(roost::one_of("events", "events.tags"))));
};

struct FilterVenues {
  std::optional<std::vector<std::string>> sort;
  std::optional<std::string> q;
  std::optional<std::string> city;

  static constexpr auto meta = roost::meta(roost::field<&FilterVenues::sort>(roost::each(
      roost::one_of("id", "-id", "name", "-name", "city", "-city", "capacity", "-capacity"))));
};

using ListVenues = roost::Intersection<Paging, PopulateVenue, FilterVenues>;
