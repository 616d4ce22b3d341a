// Test support: what the test server answers, and how the test client reads.
#include <roost/async/errors.hpp>
#include <roost/async/timers.hpp>
#include <roost/http/body_source.hpp>
#include <roost/http/detail/test_server.hpp>
#include <roost/http/exceptions.hpp>
#include <roost/http/fields.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/http/stream.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <cstdlib>
#include <future>
#include <memory>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace roost::http::detail {

namespace {

constexpr std::chrono::seconds patience{10};

std::size_t number(Request& request, std::string_view name) {
  return std::strtoul(std::string(request.query_parameter(name).value_or("0")).c_str(), nullptr,
                      10);
}

void describe(Request& request, Response& response) {
  response.content_type("text/plain").body().append(request.method_text());
  response.body().append(" ").append(request.target()).append(" ").append(request.body());
}

// `n` pieces of `size` bytes; every other one after a suspension. Fails after `fail` pieces.
class Pieces final : public Stream {
 public:
  Pieces(TestHandler& handler, Request& request)
      : handler_{handler},
        left_{number(request, "n")},
        size_{number(request, "size")},
        fail_{number(request, "fail")} {}

  Task<bool> next(std::string& out) override {
    if (left_ % 2 == 0) co_await yield();
    if (fail_ != 0 && --fail_ == 0) throw std::runtime_error("the stream has failed");
    if (left_ == 0) co_return false;
    out.append(size_, static_cast<char>('a' + left_ % 26));
    handler_.produced += size_;
    --left_;
    co_return left_ > 0;
  }

 private:
  TestHandler& handler_;
  std::size_t left_;
  std::size_t size_;
  std::size_t fail_;
};

Task<void> answer_later(TestHandler& handler, Request& request, Response& response) {
  const std::chrono::milliseconds delay{number(request, "ms")};
  ++handler.started;
  try {
    co_await sleep_for(delay);
  } catch (const CancelledError&) {
    ++handler.cancelled;
    throw;
  }
  describe(request, response);
}

// "N bytes of L", where L is what the head says; ?most= reads no more than about that many.
Task<void> read_pieces(TestHandler& handler, Request& request, Response& response) {
  const std::chrono::milliseconds delay{number(request, "ms")};
  const std::size_t most = number(request, "most");
  const bool gated = request.path() == "/pieces/gated";
  const bool echoes = request.path() == "/pieces/echo";
  BodySource& source = *request.extension<BodySource>();
  ++handler.started;
  while (gated && !handler.gate) co_await sleep_for(std::chrono::milliseconds{1});
  std::uint64_t taken = 0;
  try {
    while (most == 0 || taken < most) {
      if (delay.count() > 0) co_await sleep_for(delay);
      const auto piece = co_await source.read();
      if (!piece) break;
      taken += piece->size();
      handler.taken += piece->size();
      if (echoes) response.body().append(*piece);
    }
  } catch (const IncompleteBodyException&) {
    ++handler.incomplete;
    throw;
  }
  if (echoes) co_return;
  const auto length = source.length();
  response.body(std::to_string(taken) + " bytes of " + (length ? std::to_string(*length) : "any"));
}

Task<void> fail_later() {
  co_await yield();
  throw ConflictException("later");
}

}  // namespace

// /later?ms=  answers after a while          /big?size=  answers that many bytes
// /throw  fails     /http-throw  is a 404    /throw-later  is a 409, from a task
// /stream?n=&size=&fail=  in chunks          /sized?n=&size=  with Content-Length
// /close  asks to close                      anything else: "METHOD target body"
// /pieces  reads the body in pieces, at most 100 MB; /pieces/small at most ten bytes
// /ten  takes ten bytes, /million a million
Task<void> TestHandler::handle(Request& request, Response& response) {
  const std::string_view path = request.path();
  if (path == "/later") return answer_later(*this, request, response);
  if (path == "/throw") throw std::runtime_error("secret");
  if (path == "/http-throw") throw NotFoundException("no such cat");
  if (path == "/throw-later") return fail_later();
  if (path.starts_with("/pieces") && request.extension<BodySource>() != nullptr) {
    if (path == "/pieces/at-once") return {};
    if (path == "/pieces/refused") throw ForbiddenException("not you");
    return read_pieces(*this, request, response);
  }
  if (path == "/stream") {
    response.stream(std::make_unique<Pieces>(*this, request));
    return {};
  }
  if (path == "/sized") {
    const std::uint64_t length = number(request, "n") * number(request, "size");
    response.stream(std::make_unique<Pieces>(*this, request), length);
    return {};
  }
  if (path == "/big") {
    response.body().append(number(request, "size"), 'x');
    return {};
  }
  if (path == "/close") response.close_connection();
  if (path == "/remote") {
    response.body(std::string(request.remote_address()));
    return {};
  }
  describe(request, response);
  return {};
}

void TestHandler::plan_body(const Request& request, BodyPlan& plan) const noexcept {
  const std::string_view path = request.path();
  plan.streams = path.starts_with("/pieces");
  if (plan.streams) plan.limit = 100'000'000;
  if (path == "/ten" || path == "/pieces/small") plan.limit = 10;
  if (path == "/million") plan.limit = 1'000'000;
}

void TestHandler::on_exception(const Request&, std::exception_ptr) noexcept { ++exceptions; }

void TestHandler::on_response(Request&, const Response&) noexcept { ++responses; }

TestServer::TestServer(const ServerOptions& options, std::size_t loops)
    : loops_{loops}, server_{handler_, options} {
  server_.listen("127.0.0.1", 0, loops_);
  loops_.start();
}

TestServer::~TestServer() {
  loops_.stop();
  loops_.join();
}

bool TestServer::drain(std::chrono::milliseconds grace) {
  const auto done = std::make_shared<std::promise<void>>();
  server_.drain(grace, [done] { done->set_value(); });
  return done->get_future().wait_for(patience) == std::future_status::ready;
}

std::string Received::header(std::string_view name) const {
  std::string_view rest = head;
  for (std::size_t end = rest.find("\r\n"); end != std::string_view::npos;
       end = rest.find("\r\n")) {
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    if (equal_ignoring_case(line.substr(0, colon), name))
      return std::string(line.substr(colon + 2));
  }
  return "";
}

TestClient::TestClient(std::uint16_t port, int receive_buffer)
    : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  if (receive_buffer > 0) {
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  const timeval limit{patience.count(), 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ended_ = true;
  }
}

TestClient::~TestClient() {
  if (socket_ >= 0) ::close(socket_);
}

bool TestClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void TestClient::end_sending() { ::shutdown(socket_, SHUT_WR); }

std::size_t TestClient::send_until_stuck(std::string_view bytes, std::chrono::milliseconds quiet) {
  std::size_t all = 0;
  pollfd writable{socket_, POLLOUT, 0};
  while (all < bytes.size() && ::poll(&writable, 1, static_cast<int>(quiet.count())) == 1) {
    const std::string_view rest = bytes.substr(all);
    const ssize_t sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) all += static_cast<std::size_t>(sent);
    if (sent < 0 && errno != EAGAIN) break;
  }
  return all;
}

void TestClient::reset() {
  const linger at_once{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(socket_);
  socket_ = -1;
}

bool TestClient::fill() {
  if (ended_) return false;
  char bytes[65536];
  const ssize_t received = ::recv(socket_, bytes, sizeof bytes, 0);
  if (received <= 0) {
    ended_ = received == 0 || errno == ECONNRESET;
    return false;
  }
  buffer_.append(bytes, static_cast<std::size_t>(received));
  return true;
}

Received TestClient::receive(bool to_head) {
  Received received;
  std::size_t end = buffer_.find("\r\n\r\n");
  while (end == std::string::npos) {
    if (!fill()) return received;
    end = buffer_.find("\r\n\r\n");
  }
  received.head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  received.status =
      static_cast<unsigned>(std::strtoul(received.head.substr(9, 3).c_str(), nullptr, 10));
  if (to_head || received.status == 204 || received.status == 304 || received.status == 100) {
    received.complete = true;
    return received;
  }
  const auto need = [this](std::size_t size) {
    while (buffer_.size() < size) {
      if (!fill()) return false;
    }
    return true;
  };
  if (received.header("Transfer-Encoding") == "chunked") {
    for (;;) {
      while (buffer_.find("\r\n") == std::string::npos) {
        if (!fill()) return received;
      }
      const std::size_t line = buffer_.find("\r\n");
      const std::size_t size = std::strtoul(buffer_.c_str(), nullptr, 16);
      if (!need(line + 2 + size + 2)) return received;
      received.body += buffer_.substr(line + 2, size);
      buffer_.erase(0, line + 2 + size + 2);
      if (size == 0) break;
    }
    received.complete = true;
    return received;
  }
  if (received.header("Content-Length").empty()) {
    received.body = receive_all();
    received.complete = true;
    return received;
  }
  const std::size_t length = std::strtoul(received.header("Content-Length").c_str(), nullptr, 10);
  received.complete = need(length);
  received.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return received;
}

Received TestClient::get(std::string_view path) {
  send("GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n\r\n");
  return receive();
}

std::string TestClient::receive_all() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

bool TestClient::closed() {
  while (fill()) {
  }
  return ended_ && buffer_.empty();
}

}  // namespace roost::http::detail
