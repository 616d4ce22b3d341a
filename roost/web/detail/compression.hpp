// PRIVATE: gzip and brotli, and which of them a client takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace roost::http {
class Response;
}

namespace roost::web {

enum class Encoding : std::uint8_t { identity, gzip, brotli };

/// What an Accept-Encoding header prefers among brotli, gzip and nothing.
[[nodiscard]] Encoding best_encoding(std::string_view accepted);

/// Whether compressing the body is allowed and worth it.
[[nodiscard]] bool is_compressible(const http::Response& response, std::size_t threshold);

/// Empty when it fails.
[[nodiscard]] std::string compress_gzip(std::string_view text, int level);
[[nodiscard]] std::string compress_brotli(std::string_view text, int level);

}  // namespace roost::web
