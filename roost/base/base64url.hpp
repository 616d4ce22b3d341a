// base64url (RFC 4648 §5) without padding: bytes as text for URLs, cookies and cursors.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace roost {

/// Four characters for each three bytes; the last ones may be two or three.
[[nodiscard]] std::string to_base64url(std::string_view bytes);

/// The bytes, or nothing where the text is not what `to_base64url` gives for any: another
/// character, a length that no bytes have, bits behind the last byte.
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

}  // namespace roost
