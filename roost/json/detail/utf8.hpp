// UTF-8: checking, decoding and encoding of characters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace roost::json::detail {

/// A character at the front of a text.
struct Utf8Step {
  std::size_t size = 1;  // bytes to go on by; for an invalid sequence its longest sensible prefix
  bool valid = true;
};

/// Looks at the front of [begin, end), which is not empty. Overlong forms, surrogates and values
/// above U+10FFFF are invalid.
[[nodiscard]] Utf8Step utf8_step(const char* begin, const char* end);

/// First byte that is not part of a valid sequence, or `end`. Fast for ASCII.
[[nodiscard]] const char* find_invalid_utf8(const char* begin, const char* end);

[[nodiscard]] inline bool is_utf8(std::string_view text) {
  const char* end = text.data() + text.size();
  return find_invalid_utf8(text.data(), end) == end;
}

/// Appends a character, which is no surrogate and at most U+10FFFF.
void append_utf8(std::string& out, std::uint32_t character);

/// The text with U+FFFD for what is not UTF-8.
[[nodiscard]] std::string repaired_utf8(std::string_view text);

inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

}  // namespace roost::json::detail
