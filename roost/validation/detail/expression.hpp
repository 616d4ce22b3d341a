// Fixed regular expressions of the rules, compiled at first use.
#pragma once

#include <re2/re2.h>

#include <string_view>

namespace roost::validation::detail {

/// The expression covers the whole text.
inline bool covers(const re2::RE2& expression, std::string_view text) {
  return re2::RE2::FullMatch({text.data(), text.size()}, expression);
}
/// The expression is found somewhere in the text.
inline bool finds(const re2::RE2& expression, std::string_view text) {
  return re2::RE2::PartialMatch({text.data(), text.size()}, expression);
}

}  // namespace roost::validation::detail
