// Small tools for rules over texts: code points, ASCII classes, splitting.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace roost::validation::detail {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter(char c) { return is_lower(c) || is_upper(c); }
constexpr bool is_alphanumeric(char c) { return is_letter(c) || is_digit(c); }
constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr char to_upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }
constexpr bool is_ascii(char c) { return static_cast<unsigned char>(c) < 128; }

/// Every character fits; false for "".
template <class Fits>
constexpr bool all_of(std::string_view text, Fits fits) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (!fits(c)) return false;
  }
  return true;
}

[[nodiscard]] std::string ascii_lower(std::string_view text);
[[nodiscard]] std::string ascii_upper(std::string_view text);
/// Equal but for the case of ASCII letters.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

/// Number of code points in UTF-8.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

/// Takes the first code point off a non-empty text. Malformed UTF-8 gives U+FFFD, byte by byte.
[[nodiscard]] char32_t next_code_point(std::string_view& text);

/// Every code point fits; false for "".
template <class Fits>
bool all_code_points(std::string_view text, Fits fits) {
  if (text.empty()) return false;
  while (!text.empty()) {
    if (!fits(next_code_point(text))) return false;
  }
  return true;
}

/// White space as JavaScript's \s and trim() know it.
[[nodiscard]] bool is_space(char32_t c);
/// Characters that show nothing or turn the direction of writing: zero width, bidi controls, soft
/// hyphen, byte order mark. They make two different addresses look the same.
[[nodiscard]] bool is_invisible(char32_t c);
/// Without white space (JavaScript's) at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// Calls `part` with each piece between separators (one piece for ""); stops and says false when
/// `part` does.
template <class Part>
bool split(std::string_view text, char separator, Part part) {
  for (;;) {
    const auto end = text.find(separator);
    if (!part(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

/// Reads a decimal number of digits only; −1 when it is none or has more than 18 digits.
[[nodiscard]] std::int64_t read_digits(std::string_view text);

}  // namespace roost::validation::detail
