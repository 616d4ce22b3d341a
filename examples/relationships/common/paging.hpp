// What all lists take: the page, and how many rows there are on one.
#pragma once

#include <roost/roost.hpp>

#include <cstdint>

struct Paging {
  std::int64_t page = 1;
  int limit = 20;

  static constexpr auto meta =
      roost::meta(roost::field<&Paging::page>(roost::min(1)),
                  roost::field<&Paging::limit>(roost::min(1), roost::max(100)));
};
