// The HTTP/1.1 server: listens on event loops and gives requests to a handler.
#pragma once

#include <roost/async/context.hpp>
#include <roost/base/unique_function.hpp>
#include <roost/http/handler.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost {
class EventLoop;
class EventLoopGroup;
}  // namespace roost

namespace roost::http {

/// A server's certificate with those that lead to its root, and its key: PEM files.
struct TlsOptions {
  TlsOptions() {}
  TlsOptions(std::string certificate_chain, std::string private_key)
      : certificate_chain_file{std::move(certificate_chain)},
        private_key_file{std::move(private_key)} {}

  std::string certificate_chain_file;
  std::string private_key_file;
};

/// Where proxies say for whom they speak. Only the one that they really write may be believed: the
/// other comes from the client.
enum class ForwardedHeader : std::uint8_t {
  x_forwarded_for,  // X-Forwarded-For and X-Forwarded-Proto
  forwarded,        // Forwarded (RFC 7239)
};

/// What a server accepts, and how long it waits. The defaults suit a server on the internet.
struct ServerOptions {
  ServerOptions() {}  // a constructor, so that co_await statements may hold a temporary

  /// Bytes of a request line; longer ones are answered with 414.
  std::size_t request_line_limit = 8 * 1024;
  /// Bytes of all header fields together, and their number; 431.
  std::size_t header_limit = 16 * 1024;
  std::size_t header_count_limit = 100;
  /// Bytes of a request body; 413.
  std::uint64_t body_limit = 100 * 1024;
  /// Connections of one event loop; more are answered with 503 and closed.
  std::size_t connection_limit = 50'000;
  /// Connections of one client address (of version 6: one /64) to the whole server; 0: any number.
  /// Trusted proxies and, unless `counts_loopback`, this machine itself are not counted.
  std::size_t connections_per_address = 1'024;
  bool counts_loopback = false;

  /// From the first byte of a request, or from the connection's start, to the end of its head; 408.
  std::chrono::milliseconds header_timeout{15'000};
  /// For the body of a request, plus one second for each `minimum_rate` bytes that came; 408.
  std::chrono::milliseconds body_timeout{30'000};
  /// Between two requests of a connection; then it is closed.
  std::chrono::milliseconds idle_timeout{75'000};
  /// Without the client taking any of a response; then the connection is cut.
  std::chrono::milliseconds write_timeout{30'000};
  /// For a handler to finish its response, or to begin its stream; then its task is cancelled and
  /// the connection closed after what it answers. 0: any time.
  std::chrono::milliseconds handler_timeout{60'000};
  /// Bytes per second that a client must at least send of a body, once `body_timeout` has passed.
  std::uint64_t minimum_rate = 1024;
  /// Bytes that may wait for a slow client before its stream is paused and its next requests are
  /// left unread.
  std::size_t output_buffer = 64 * 1024;
  /// Cancel the task of a handler when its client closes the connection, or half of it.
  bool cancel_when_client_leaves = true;
  /// Proxies in front of this server, "10.0.0.0/8" or "::1": what they say of the client takes the
  /// place of their own address (Request::remote_address, Request::secure).
  std::vector<std::string> trusted_proxies;
  ForwardedHeader forwarded_header = ForwardedHeader::x_forwarded_for;
  /// Speaks TLS 1.2 and 1.3 on all connections.
  std::optional<TlsOptions> tls;
  /// Pending connections that the kernel may keep for each listener.
  int backlog = 1024;
};

/// Serves HTTP/1.1 and HTTP/1.0. The handler, the loops and the server itself must outlive every
/// connection: destroy the server when `drain` is done, or when its loops no longer run.
class Server {
 public:
  explicit Server(RequestHandler& handler, const ServerOptions& options = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Listens on `host` ("127.0.0.1", "::1", "0.0.0.0", "localhost") and `port` (0: any free one)
  /// with one listener on each loop. Throws roost::Error if the address cannot be had. Call it
  /// once, before the loops run, or on the thread of the only loop.
  void listen(std::string_view host, std::uint16_t port, std::span<EventLoop* const> loops);
  void listen(std::string_view host, std::uint16_t port, EventLoop& loop);
  void listen(std::string_view host, std::uint16_t port, EventLoopGroup& loops);

  /// The port listened on.
  [[nodiscard]] std::uint16_t port() const;

  /// Ends gracefully, from any thread: stops accepting, closes idle connections, lets requests
  /// under way finish (with `Connection: close`). After `grace` what is left is cancelled and cut.
  /// Then calls `done` once, on one of the loops.
  void drain(std::chrono::milliseconds grace, UniqueFunction<void()> done);

  /// Reads the files of `ServerOptions::tls` again, from any thread: connections accepted from now
  /// on get the new certificate, those that are open stay as they are. Throws roost::Error when the
  /// files cannot be used, or there are none; the server then keeps the certificate that it has.
  void reload_certificate();

  /// Connections open now, on all loops; any thread.
  [[nodiscard]] std::size_t connections() const;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace roost::http
