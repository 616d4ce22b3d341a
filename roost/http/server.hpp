// The HTTP/1.1 server: listens on event loops and gives requests to a handler.
#pragma once

#include <roost/async/context.hpp>
#include <roost/base/unique_function.hpp>
#include <roost/http/handler.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace roost {
class EventLoop;
class EventLoopGroup;
}  // namespace roost

namespace roost::http {

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

  /// From the first byte of a request, or from the connection's start, to the end of its head; 408.
  std::chrono::milliseconds header_timeout{15'000};
  /// For the body of a request, plus one second for each `minimum_rate` bytes that came; 408.
  std::chrono::milliseconds body_timeout{30'000};
  /// Between two requests of a connection; then it is closed.
  std::chrono::milliseconds idle_timeout{75'000};
  /// Without the client taking any of a response; then the connection is cut.
  std::chrono::milliseconds write_timeout{30'000};
  /// Bytes per second that a client must at least send of a body, once `body_timeout` has passed.
  std::uint64_t minimum_rate = 1024;
  /// Bytes that may wait for a slow client before its stream is paused and its next requests are
  /// left unread.
  std::size_t output_buffer = 64 * 1024;
  /// Cancel the task of a handler when its client closes the connection, or half of it.
  bool cancel_when_client_leaves = true;
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

  /// Connections open now, on all loops; any thread.
  [[nodiscard]] std::size_t connections() const;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace roost::http
