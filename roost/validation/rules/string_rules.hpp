// Rules for texts: length, content, letters, patterns.
#pragma once

#include <roost/validation/rule.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace roost::validation {

struct Length {
  static constexpr Domain domain = Domain::string;
  static constexpr std::size_t unlimited = SIZE_MAX;
  static const RuleOperations operations;
  std::size_t min = 0;
  std::size_t max = unlimited;
};
struct MinLength {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  std::size_t min = 0;
};
struct MaxLength {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  std::size_t max = 0;
};
struct ByteLength {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  std::size_t min = 0;
  std::size_t max = Length::unlimited;
};
struct Contains {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  std::string_view seed;
};
struct NotContains {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  std::string_view seed;
};
struct Matches {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  std::string_view pattern;
  std::string_view flags;
};
struct IsAscii {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
};
struct IsLowercase {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
};
struct IsUppercase {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
};
struct IsAlpha {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  std::string_view locale = "en-US";
};
struct IsAlphanumeric {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  std::string_view locale = "en-US";
};
struct StrongPasswordOptions {
  std::size_t min_length = 8;
  std::size_t min_lowercase = 1;
  std::size_t min_uppercase = 1;
  std::size_t min_numbers = 1;
  std::size_t min_symbols = 1;
};
struct IsStrongPassword {
  using Options = StrongPasswordOptions;
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  Options options{};
};

}  // namespace roost::validation

namespace roost {

/// At least `min` and at most `max` characters (code points).
constexpr auto length(std::size_t min, std::size_t max = validation::Length::unlimited) {
  return validation::Rule<validation::Length>{{}, {min, max}};
}
/// At least so many characters.
constexpr auto min_length(std::size_t min) {
  return validation::Rule<validation::MinLength>{{}, {min}};
}
/// At most so many characters.
constexpr auto max_length(std::size_t max) {
  return validation::Rule<validation::MaxLength>{{}, {max}};
}
/// Size of the UTF-8 form in bytes.
constexpr auto byte_length(std::size_t min, std::size_t max = validation::Length::unlimited) {
  return validation::Rule<validation::ByteLength>{{}, {min, max}};
}
/// `text` stands somewhere in the value.
constexpr auto contains(std::string_view text) {
  return validation::Rule<validation::Contains>{{}, {text}};
}
/// `text` stands nowhere in the value.
constexpr auto not_contains(std::string_view text) {
  return validation::Rule<validation::NotContains>{{}, {text}};
}
/// The pattern is found in the value (anchor it with ^ and $ for the whole). The syntax is
/// JavaScript's. Matching takes linear time (RE2), but for backreferences and inner look-around,
/// which give up, and refuse the value, after a bounded number of steps;
/// flags: "i" ignores case, "m" lets ^ and $ match at lines, "s" lets a dot match line ends. A bad
/// pattern is reported when the class's rules are first used, which for a route is at start.
constexpr auto matches(std::string_view pattern, std::string_view flags = {}) {
  return validation::Rule<validation::Matches>{{}, {pattern, flags}};
}
/// Only ASCII characters.
inline constexpr validation::Rule<validation::IsAscii> is_ascii{};
/// No character that has a lower case form other than itself (Unicode).
inline constexpr validation::Rule<validation::IsLowercase> is_lowercase{};
/// No character that has an upper case form other than itself (Unicode).
inline constexpr validation::Rule<validation::IsUppercase> is_uppercase{};
/// Only the letters of a locale's alphabet: is_alpha() is a–z, is_alpha("de-DE") has umlauts.
constexpr auto is_alpha(std::string_view locale = "en-US") {
  return validation::Rule<validation::IsAlpha>{{}, {locale}};
}
/// Only letters and digits of a locale.
constexpr auto is_alphanumeric(std::string_view locale = "en-US") {
  return validation::Rule<validation::IsAlphanumeric>{{}, {locale}};
}
/// Long enough and of several kinds of characters: `is_strong_password({.min_length = 12})`.
inline constexpr validation::Rule<validation::IsStrongPassword> is_strong_password{};

}  // namespace roost
