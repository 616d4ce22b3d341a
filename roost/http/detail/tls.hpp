// PRIVATE: TLS under a connection.
#pragma once

#include <roost/http/detail/transport.hpp>
#include <roost/http/server.hpp>

#include <memory>

namespace roost::http::detail {

/// Certificate, key and rules of a server; shared by all loops and safe to use from each of them.
class TlsContext {
 public:
  /// Throws roost::Error when the files cannot be read or do not belong together.
  explicit TlsContext(const TlsOptions& options);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// Reads the files again, for sessions that begin from now on. Throws roost::Error when they
  /// cannot be used, and then goes on with what it had.
  void reload(const TlsOptions& options);
  /// Speaks TLS over a connected socket, which it takes over. Null when out of memory.
  [[nodiscard]] std::unique_ptr<Transport> accept(int descriptor) const;

 private:
  struct Native;
  std::unique_ptr<Native> native_;
};

}  // namespace roost::http::detail
