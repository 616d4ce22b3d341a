// The query of GET /cats.
#pragma once

#include "cats/dto/create_cat.hpp"
#include <roost/roost.hpp>

#include <cstdint>
#include <optional>

struct ListCats {
  std::int64_t page = 1;
  int limit = 10;
  std::optional<Temper> temper;

  static constexpr auto meta =
      roost::meta(roost::field<&ListCats::page>(roost::min(1)),
                  roost::field<&ListCats::limit>(roost::min(1), roost::max(100)));
};
