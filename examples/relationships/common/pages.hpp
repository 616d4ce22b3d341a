// Finding one page of a list.
#pragma once

#include <roost/orm/entity_manager.hpp>
#include <roost/roost.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

/// Page number `page` (from 1) of what the options find, and how many there are on all pages.
template <class T>
roost::Task<roost::Page<T*>> find_page(roost::EntityManager& em, std::int64_t page, int limit,
                                       roost::orm::FindOptions options) {
  options.limit = static_cast<std::uint64_t>(limit);
  // A page far behind the last has no items; its offset must not overflow.
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  options.offset = static_cast<std::uint64_t>(std::min(page - 1, most / limit) * limit);
  auto found = co_await em.find_and_count<T>(options);
  roost::Page<T*> made;
  made.items = std::move(found.items);
  made.total = static_cast<std::int64_t>(found.total);
  made.page = page;
  made.limit = limit;
  co_return made;
}
