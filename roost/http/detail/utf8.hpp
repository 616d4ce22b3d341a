// UTF-8 checks for text that clients send.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace roost::http::detail {

/// Length in bytes of the valid UTF-8 sequence at the start of `text`; 0 if there is none.
/// Overlong forms, surrogates and code points above U+10FFFF are invalid.
[[nodiscard]] std::size_t utf8_sequence_length(std::string_view text) noexcept;

[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

/// Appends `text`; each byte that starts no valid sequence is replaced by U+FFFD.
void append_valid_utf8(std::string& out, std::string_view text);

}  // namespace roost::http::detail
