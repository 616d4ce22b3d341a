// BodyStream: the body of a request, piece by piece.
#pragma once

#include <roost/http/body_source.hpp>
#include <roost/web/route_shape.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace roost {

class ExecutionContext;

/// Parameter of a handler that is a coroutine: the request's body as it comes, whatever its type.
/// The handler starts when the head of the request has come, and the client sends no faster than
/// the handler reads. `body_limit()` on the route says how much it may be in all.
///
///     Task<void> store(BodyStream body) {
///       for (;;) {
///         const auto piece = co_await body.read();
///         if (!piece) break;
///         // … *piece, until the next read
///       }
///     }
class BodyStream {
 public:
  BodyStream() = default;
  explicit BodyStream(http::BodySource& source) : source_{&source} {}
  /// Of a body that is there already.
  explicit BodyStream(std::string_view whole) : whole_{whole} {}

  /// The next piece, at least one byte; null when the body is complete. A piece lives until the
  /// next read. Throws IncompleteBodyException when the client leaves before the end,
  /// PayloadTooLargeException, BadRequestException for malformed chunks, RequestTimeoutException
  /// when nothing comes for too long; not caught, each of them becomes its answer. What a handler
  /// leaves unread is dropped, and the connection closed when that is much. Only until the handler
  /// has ended, one read after the other.
  [[nodiscard]] Task<std::optional<std::string_view>> read();

  /// Bytes in all, if the client has said so (Content-Length).
  [[nodiscard]] std::optional<std::uint64_t> length() const;

  [[nodiscard]] static BodyStream extract(ExecutionContext& context);
  static constexpr web::ParameterDescriptor describe_parameter() {
    return {web::ParameterSource::body_stream, {}, nullptr, "BodyStream"};
  }

 private:
  http::BodySource* source_ = nullptr;
  std::string_view whole_;
};

}  // namespace roost
