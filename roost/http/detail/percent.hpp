// Percent-decoding of paths, query strings and cookies.
#pragma once

#include <string>
#include <string_view>

namespace roost::http::detail {

/// Value of a hexadecimal digit, -1 if it is none.
[[nodiscard]] int hex_digit(char c) noexcept;

/// Appends `text` decoded, keeping %2F and %25 (so that a slash still separates segments and the
/// result can be decoded once more). False for a malformed escape, %00, or invalid UTF-8.
[[nodiscard]] bool decode_path(std::string_view text, std::string& out);

/// Appends `text` decoded as a query component: invalid escapes stay literally, invalid UTF-8
/// becomes U+FFFD, and "+" a space if `plus_is_space`.
void decode_component(std::string_view text, bool plus_is_space, std::string& out);

/// True if a segment of `path` is "." or "..".
[[nodiscard]] bool has_dot_segment(std::string_view path) noexcept;

}  // namespace roost::http::detail
