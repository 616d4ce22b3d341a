// From the words of a query (`sort=-title`, `populate=tags`) to what the entity manager takes.
#pragma once

#include <roost/orm/entity_manager.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// A word by which clients can sort, and what it sorts by.
struct SortWord {
  std::string_view name;
  roost::Expression column;
};

/// The order that the client asked for (`-` before a word: descending), then that of `id`.
roost::orm::OrderBy order_of(const std::optional<std::vector<std::string>>& words,
                             std::span<const SortWord> known, const roost::Expression& id);

/// A word by which clients can have relations shown in full.
struct PopulateWord {
  std::string_view name;
  roost::orm::PopulatePath path;
};

std::vector<roost::orm::PopulatePath> paths_of(const std::optional<std::vector<std::string>>& words,
                                               std::span<const PopulateWord> known);

/// True for a text filter that is there and not empty.
inline bool is_given(const std::optional<std::string>& filter) {
  return filter && !filter->empty();
}
