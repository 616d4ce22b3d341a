// A string literal that can be a template argument, as in `Param<"id", int>`.
#pragma once

#include <cstddef>
#include <string_view>

namespace roost {

/// Compile-time text of N-1 characters. Structural, so that two equal literals name the same type.
template <std::size_t N>
struct FixedString {
  char text[N]{};

  constexpr FixedString() = default;
  consteval FixedString(const char (&literal)[N]) {  // implicit: a literal is the point
    for (std::size_t i = 0; i < N; ++i) text[i] = literal[i];
  }

  /// The same from a text of exactly N-1 characters that is no literal.
  [[nodiscard]] static constexpr FixedString from(std::string_view source) {
    FixedString result;
    for (std::size_t i = 0; i < N - 1; ++i) result.text[i] = source[i];
    return result;
  }

  [[nodiscard]] constexpr std::string_view view() const { return {text, N - 1}; }
};

}  // namespace roost
