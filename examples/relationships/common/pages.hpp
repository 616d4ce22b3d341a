// Finding one page of a list.
#pragma once

#include <roost/orm/entity_manager.hpp>
#include <roost/roost.hpp>

#include <cstdint>
#include <utility>

/// Page number `page` (from 1) of what the options find, and how many there are on all pages.
template <class T>
roost::Task<roost::Page<T*>> find_page(roost::EntityManager& em, int page, int limit,
                                       roost::orm::FindOptions options) {
  options.limit = static_cast<std::uint64_t>(limit);
  options.offset = static_cast<std::uint64_t>(page - 1) * options.limit;
  auto found = co_await em.find_and_count<T>(options);
  roost::Page<T*> made;
  made.items = std::move(found.items);
  made.total = static_cast<std::int64_t>(found.total);
  made.page = page;
  made.limit = limit;
  co_return made;
}
