// PRIVATE: gzip and brotli, and which of them a client takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace roost::http {
class Response;
class Stream;
}  // namespace roost::http

namespace roost::web {

enum class Encoding : std::uint8_t { identity, gzip, brotli };

/// What an Accept-Encoding header prefers among brotli, gzip and nothing.
[[nodiscard]] Encoding best_encoding(std::string_view accepted);

/// Whether compressing the body is allowed and worth it; of a stream, whatever its length is unless
/// it is stated.
[[nodiscard]] bool is_compressible(const http::Response& response, std::size_t threshold);

/// Compresses what comes in pieces, so that the client can read each as it comes.
class PieceEncoder {
 public:
  PieceEncoder() = default;
  virtual ~PieceEncoder() = default;
  PieceEncoder(const PieceEncoder&) = delete;
  PieceEncoder& operator=(const PieceEncoder&) = delete;
  /// Appends the piece to `out`, and the end of all with the last. Throws roost::Error.
  virtual void encode(std::string_view piece, bool last, std::string& out) = 0;
};
[[nodiscard]] std::unique_ptr<PieceEncoder> gzip_encoder(int level);
[[nodiscard]] std::unique_ptr<PieceEncoder> brotli_encoder(int level);
/// `stream` through `encoder`.
[[nodiscard]] std::unique_ptr<http::Stream> compressed(std::unique_ptr<http::Stream> stream,
                                                       std::unique_ptr<PieceEncoder> encoder);

/// Empty when it fails.
[[nodiscard]] std::string compress_gzip(std::string_view text, int level);
[[nodiscard]] std::string compress_brotli(std::string_view text, int level);

}  // namespace roost::web
