// Reason phrases of HTTP status codes, used as titles of error bodies as well.
#pragma once

#include <string_view>

namespace roost::http {

/// "Not Found" for 404; "Unknown Status" for a code without a registered phrase.
[[nodiscard]] std::string_view reason_phrase(unsigned status) noexcept;

/// True where a response never carries a body, whatever the handler wrote: 1xx, 204 and 304.
[[nodiscard]] constexpr bool status_forbids_body(unsigned status) noexcept {
  return status < 200 || status == 204 || status == 304;
}

}  // namespace roost::http
