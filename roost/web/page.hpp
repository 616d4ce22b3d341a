// One page of a list, as list endpoints answer it.
#pragma once

#include <cstdint>
#include <vector>

namespace roost {

/// `{"items":[…],"total":…,"page":…,"limit":…}`: the items of page number `page` (from 1), of all
/// `total` that match.
template <class T>
struct Page {
  std::vector<T> items;
  std::int64_t total = 0;
  std::int64_t page = 1;
  int limit = 0;
};

}  // namespace roost
