// A response body that is produced piece by piece.
#pragma once

#include <roost/async/task.hpp>

#include <string>

namespace roost::http {

/// Produces a body in pieces. The server asks for the next piece only when the client has taken
/// enough of the previous ones, so that a slow client slows the producer down and memory stays
/// bounded. Destroyed when the body is complete, has failed, or the client has left.
class Stream {
 public:
  Stream() = default;
  virtual ~Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Appends the next piece to `out`; false when the body is complete (what was appended is still
  /// sent). An exception after the first piece closes the connection, so that the client can see
  /// that the body is incomplete.
  virtual Task<bool> next(std::string& out) = 0;
};

}  // namespace roost::http
