// A request body that is read piece by piece while its handler runs.
#pragma once

#include <roost/async/task.hpp>
#include <roost/http/exceptions.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace roost {

/// 400: the client ended its side, or left, before the whole body had come.
class IncompleteBodyException : public BadRequestException {
 public:
  using BadRequestException::BadRequestException;
};

namespace http {

/// Gives the body of one request in pieces, in the order in which they come: an extension of
/// requests for which RequestHandler::plan_body says so. The client is asked for the next piece
/// only when the handler asks, so that a slow handler slows it down and memory stays bounded.
/// Belongs to the request's thread; lives until the response has been written.
class BodySource {
 public:
  BodySource() = default;
  BodySource(const BodySource&) = delete;
  BodySource& operator=(const BodySource&) = delete;

  /// The next piece, at least one byte and at most about 64 KiB; null when the body is complete. A
  /// piece lives until the next read. Throws IncompleteBodyException, PayloadTooLargeException,
  /// BadRequestException for malformed chunks, RequestTimeoutException when the client is too slow,
  /// CancelledError. After that, every further read throws the same. One read at a time.
  virtual Task<std::optional<std::string_view>> read() = 0;

  /// Content-Length; null when the body comes in chunks.
  [[nodiscard]] virtual std::optional<std::uint64_t> length() const = 0;

 protected:
  ~BodySource() = default;
};

}  // namespace http
}  // namespace roost
