// The list of all rules, for the table in the guide and for tools.
#pragma once

#include <roost/validation/rule.hpp>

#include <span>
#include <string>
#include <string_view>

namespace roost::validation {

struct CatalogEntry {
  std::string_view family;  // "texts", "numbers", …
  const RuleOperations* operations;
};

/// Every rule of the library, by family.
[[nodiscard]] std::span<const CatalogEntry> rule_catalog();

/// The rules as a page in Markdown: docs/guide/validation-rules.md is this text.
[[nodiscard]] std::string rule_table();

}  // namespace roost::validation
