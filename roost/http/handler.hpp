// The boundary between a server and what answers its requests.
#pragma once

#include <roost/async/task.hpp>

#include <cstdint>
#include <exception>
#include <string_view>

namespace roost::http {

class Request;
class Response;

/// How the body of a request is read.
struct BodyPlan {
  /// Bytes; more is answered with a 413.
  std::uint64_t limit = 0;
  /// The handler starts as soon as the head is there and reads the body from the request's
  /// extension BodySource. Otherwise it starts with the whole body in Request::body.
  bool streams = false;
};

/// Answers requests. One object serves all connections of a server, on all its threads.
class RequestHandler {
 public:
  RequestHandler() = default;
  virtual ~RequestHandler() = default;
  RequestHandler(const RequestHandler&) = delete;
  RequestHandler& operator=(const RequestHandler&) = delete;

  /// Fills `response`. Returns an empty task (`{}`) if it is complete, which costs no coroutine;
  /// else a task after which it is complete. `request` and `response` live until then. An
  /// exception, thrown or out of the task, becomes a bare 500 and is passed to `on_exception`.
  virtual Task<void> handle(Request& request, Response& response) = 0;

  /// Whether plan_body shall be asked; looked at once, when the server starts to listen.
  [[nodiscard]] virtual bool plans_bodies() const noexcept;

  /// Asked when the head of a request has come that has a body, before any of the body is read.
  /// `plan` holds what the server's options say. Must not throw, nor change what `handle` will see.
  virtual void plan_body(const Request& request, BodyPlan& plan) const noexcept;

  /// Fills the response to a request that was refused before it became one (malformed, too large,
  /// too slow). By default the standard JSON error body with `reason` as its message.
  virtual void refuse(unsigned status, std::string_view reason, Response& response);

  /// Told about every exception that escaped `handle` or a stream. `request` is what was answered.
  virtual void on_exception(const Request& request, std::exception_ptr exception) noexcept;

  /// Told about every response when it has been handed to the connection (not necessarily taken by
  /// the client yet), for access logs.
  virtual void on_response(Request& request, const Response& response) noexcept;
};

}  // namespace roost::http
