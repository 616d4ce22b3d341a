// Test support: a server on threads of its own, and a blocking client that sees every byte.
#pragma once

#include <roost/async/event_loop_group.hpp>
#include <roost/async/task.hpp>
#include <roost/http/handler.hpp>
#include <roost/http/server.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

namespace roost::http::detail {

/// Answers by path; see test_server.cpp for the list.
class TestHandler final : public RequestHandler {
 public:
  Task<void> handle(Request& request, Response& response) override;
  [[nodiscard]] bool plans_bodies() const noexcept override { return true; }
  void plan_body(const Request& request, BodyPlan& plan) const noexcept override;
  void on_exception(const Request& request, std::exception_ptr exception) noexcept override;
  void on_response(Request& request, const Response& response) noexcept override;

  std::atomic<int> started{0};
  std::atomic<int> cancelled{0};
  std::atomic<int> exceptions{0};
  std::atomic<int> responses{0};
  std::atomic<std::uint64_t> produced{0};  // bytes by streams
  std::atomic<std::uint64_t> taken{0};     // bytes of bodies read in pieces
  std::atomic<int> incomplete{0};          // bodies that ended early
  std::atomic<bool> gate{false};           // what "/pieces/gated" waits for before it reads
};

/// A server that runs while this object lives.
class TestServer {
 public:
  explicit TestServer(const ServerOptions& options = {}, std::size_t loops = 1);
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }
  [[nodiscard]] Server& server() { return server_; }
  [[nodiscard]] TestHandler& handler() { return handler_; }
  /// Drains and waits until that is done; false if it takes longer than ten seconds.
  bool drain(std::chrono::milliseconds grace);

 private:
  EventLoopGroup loops_;
  TestHandler handler_;
  Server server_;
};

/// Waits until `holds`, however slow the machine is; false after ten seconds.
template <class Condition>
bool soon(const Condition& holds) {
  for (int i = 0; i < 1000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return holds();
}

/// A response as received.
struct Received {
  unsigned status = 0;
  std::string head;
  std::string body;
  bool complete = false;

  /// Value of a header field, "" if there is none.
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// A blocking socket. Everything gives up after ten seconds.
class TestClient {
 public:
  explicit TestClient(std::uint16_t port, int receive_buffer = 0);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  /// False if the connection was lost.
  bool send(std::string_view bytes);
  void end_sending();
  /// Sends as much as can be sent until nothing has been taken for `quiet`; returns how much.
  std::size_t send_until_stuck(std::string_view bytes, std::chrono::milliseconds quiet);
  /// Resets the connection instead of ending it.
  void reset();
  /// Reads one response; `to_head` says that it has no body.
  Received receive(bool to_head = false);
  /// Sends "GET path" and reads the response.
  Received get(std::string_view path);
  /// Everything up to the end of the connection.
  std::string receive_all();
  /// True if the server ends the connection without sending anything more.
  bool closed();

 private:
  bool fill();

  int socket_;
  bool ended_ = false;
  std::string buffer_;
};

}  // namespace roost::http::detail
