// The queries of tags.
#pragma once

#include "common/paging.hpp"
#include <roost/roost.hpp>

#include <optional>
#include <string>
#include <vector>

struct PopulateTag {
  std::optional<std::vector<std::string>> populate;

  static constexpr auto meta =
      roost::meta(roost::field<&PopulateTag::populate>(roost::each(roost::one_of("events"))));
};

struct FilterTags {
  std::optional<std::vector<std::string>> sort;
  std::optional<std::string> q;

  static constexpr auto meta = roost::meta(
      roost::field<&FilterTags::sort>(roost::each(roost::one_of("id", "-id", "name", "-name"))));
};

using ListTags = roost::Intersection<Paging, PopulateTag, FilterTags>;
