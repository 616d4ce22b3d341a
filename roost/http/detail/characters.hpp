// Classes of characters in HTTP messages, as one table.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace roost::http::detail {

enum CharacterClass : std::uint8_t {
  in_token = 1,   // method and field names
  in_target = 2,  // ASCII without controls, space and "#"
  in_host = 4,    // reg-name, IPv4, [IPv6] and a port; a list or a user name is none of these
  in_value = 8,   // field values: no controls but the tab
};

inline constexpr std::array<std::uint8_t, 256> character_classes = [] {
  std::array<std::uint8_t, 256> table{};
  const auto mark = [&](std::string_view characters, std::uint8_t bit) {
    for (const char c : characters) table[static_cast<unsigned char>(c)] |= bit;
  };
  constexpr std::string_view alphanumeric =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  mark(alphanumeric, in_token | in_host);
  mark("!#$%&'*+-.^_`|~", in_token);
  mark("-._~%!$&'()*+;=:[]", in_host);
  for (std::size_t c = 0; c < 256; ++c) {
    if (c > 0x20 && c < 0x7f && c != '#') table[c] |= in_target;
    if ((c >= 0x20 && c != 0x7f) || c == '\t') table[c] |= in_value;
  }
  return table;
}();

[[nodiscard]] inline bool is_in(char c, CharacterClass wanted) noexcept {
  return (character_classes[static_cast<unsigned char>(c)] & wanted) != 0;
}

[[nodiscard]] inline bool all_in(std::string_view text, CharacterClass wanted) noexcept {
  std::uint8_t common = wanted;
  for (const char c : text) common &= character_classes[static_cast<unsigned char>(c)];
  return common != 0;
}

}  // namespace roost::http::detail
