// The little JSON writing that http needs for its own error bodies, without depending on json.
#pragma once

#include <string>
#include <string_view>

namespace roost::http::detail {

/// Appends `text` as a JSON string with quotes. Invalid UTF-8 becomes U+FFFD, since client input
/// ends up in error messages.
void append_json_string(std::string& out, std::string_view text);

}  // namespace roost::http::detail
