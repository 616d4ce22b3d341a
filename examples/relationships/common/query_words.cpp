#include "common/query_words.hpp"

#include <algorithm>

roost::orm::OrderBy order_of(const std::optional<std::vector<std::string>>& words,
                             std::span<const SortWord> known, const roost::Expression& id) {
  roost::orm::OrderBy order;
  for (const std::string& word : words.value_or(std::vector<std::string>{})) {
    const bool descending = word.starts_with('-');
    const std::string_view name = std::string_view{word}.substr(descending ? 1 : 0);
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const SortWord& k) { return k.name == name; });
    if (found == known.end()) continue;
    order.terms.emplace_back(found->column, descending);
  }
  order.terms.emplace_back(id, false);
  return order;
}

std::vector<roost::orm::PopulatePath> paths_of(const std::optional<std::vector<std::string>>& words,
                                               std::span<const PopulateWord> known) {
  std::vector<roost::orm::PopulatePath> paths;
  for (const std::string& word : words.value_or(std::vector<std::string>{})) {
    for (const PopulateWord& candidate : known) {
      if (candidate.name == word) paths.push_back(candidate.path);
    }
  }
  return paths;
}
