// Fixed regular expressions of the rules, compiled at first use.
#pragma once

#include <re2/re2.h>

#include <string_view>

namespace roost::validation::detail {

/// The expression covers the whole text.
inline bool covers(const re2::RE2& expression, std::string_view text) {
  return re2::RE2::FullMatch({text.data(), text.size()}, expression);
}
/// The same for expressions without regard to case, whose letters are meant to be ASCII only: the
/// Kelvin sign is no k.
inline bool covers_ascii(const re2::RE2& expression, std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) > 127) return false;
  }
  return covers(expression, text);
}
/// The expression is found somewhere in the text.
inline bool finds(const re2::RE2& expression, std::string_view text) {
  return re2::RE2::PartialMatch({text.data(), text.size()}, expression);
}

}  // namespace roost::validation::detail
