// PRIVATE: the part of a server that lives on one event loop: its listener and its connections.
#pragma once

#include <roost/async/event_loop.hpp>
#include <roost/async/task.hpp>
#include <roost/async/timers.hpp>
#include <roost/http/detail/addresses.hpp>
#include <roost/http/detail/poller.hpp>
#include <roost/http/detail/request_parser.hpp>
#include <roost/http/detail/response_writer.hpp>
#include <roost/http/detail/tls.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/http/server.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace roost::http::detail {

class Connection;

/// A request, its response, and what reads the one and runs the other. Lent to a connection while
/// a request is under way, so that idle connections cost little and busy ones share warm memory.
struct Exchange {
  explicit Exchange(const ParserLimits& limits) : parser{limits} {}

  /// Makes ready for the next request.
  void reset();

  RequestParser parser;
  Request request;
  Response response;
  Task<void> task;
  TaskContext context;
};

/// Input of a connection that has some; lent likewise.
struct InputBuffer {
  std::unique_ptr<char[]> data;
  std::size_t capacity = 0;
};

/// What the loops of a server share.
struct Shared {
  explicit Shared(const ServerOptions& options)
      : trusted{options.trusted_proxies},
        tls{options.tls ? std::make_unique<TlsContext>(*options.tls) : nullptr} {}

  AddressRanges trusted;
  AddressCounts counts;
  std::unique_ptr<TlsContext> tls;
};

/// One loop's share of a server. Used on the loop's thread only, except `connection_count`.
class Worker final : private PollClient {
 public:
  Worker(EventLoop& loop, RequestHandler& handler, const ServerOptions& options,
         std::shared_ptr<Shared> shared, int listener);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Begins to accept.
  void start();
  /// See Server::drain; `done` runs on this loop.
  void drain(std::chrono::milliseconds grace, UniqueFunction<void()> done);

  [[nodiscard]] EventLoop& loop() const { return loop_; }
  [[nodiscard]] RequestHandler& handler() const { return handler_; }
  [[nodiscard]] const ServerOptions& options() const { return options_; }
  [[nodiscard]] Shared& shared() const { return *shared_; }
  [[nodiscard]] Poller& poller() { return poller_; }
  [[nodiscard]] DateCache& date() { return date_; }
  [[nodiscard]] bool draining() const { return draining_; }
  [[nodiscard]] std::size_t connection_count() const {
    return count_.load(std::memory_order_relaxed);
  }

  [[nodiscard]] std::unique_ptr<Exchange> lend_exchange();
  /// Takes an exchange that has been reset.
  void give_back(std::unique_ptr<Exchange> exchange);
  [[nodiscard]] InputBuffer lend_buffer();
  void give_back(InputBuffer buffer);
  /// Output of the connection that is being served; empty between two of them.
  [[nodiscard]] std::string& scratch() { return scratch_; }

  /// Destroys a closed connection at the end of this turn.
  void bury(Connection& connection);
  void task_started();
  void task_ended();

 private:
  void on_ready(std::uint32_t events) override;
  void accept_pending();
  void welcome(int descriptor, std::string address, std::uint16_t port);
  void pause_accepting();
  void stop_accepting() noexcept;
  void destroy_buried();
  void cut_all();

  EventLoop& loop_;
  RequestHandler& handler_;
  ServerOptions options_;
  std::shared_ptr<Shared> shared_;
  ParserLimits limits_;
  Poller poller_;
  DateCache date_;
  int listener_;
  bool listening_ = false;
  bool draining_ = false;
  std::size_t tasks_ = 0;
  std::atomic<std::size_t> count_{0};
  std::string scratch_;
  std::vector<std::unique_ptr<Exchange>> exchanges_;
  std::vector<InputBuffer> buffers_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> buried_;
  EndOfTurn reaper_;
  std::unique_ptr<Timeout> accept_pause_;
  std::unique_ptr<Timeout> drain_limit_;
  UniqueFunction<void()> drained_;
};

}  // namespace roost::http::detail
