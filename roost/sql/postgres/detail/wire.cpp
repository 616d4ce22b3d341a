// Connecting without blocking the loop; bytes out and in.
#include <roost/async/blocking.hpp>
#include <roost/async/descriptor.hpp>
#include <roost/sql/postgres/detail/failure.hpp>
#include <roost/sql/postgres/detail/wire.hpp>

#include <libpq-fe.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <poll.h>
#include <span>
#include <sys/socket.h>
#include <system_error>
#include <utility>
#include <vector>

namespace roost::db::postgres::detail {

namespace {

PGconn* start_connecting(const Settings& settings) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (std::size_t i = 0; i < settings.keywords.size(); ++i) {
    keywords.push_back(settings.keywords[i].c_str());
    values.push_back(settings.values[i].c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  return ::PQconnectStartParams(keywords.data(), values.data(), 0);
}

/// What is read before somebody looks at it.
constexpr std::size_t most_at_once = 65'536;

[[noreturn]] void throw_connect_failure(const Wire& wire) {
  Failure failure = connect_failure(wire.native());
  throw_error(failure.kind, std::move(failure.details));
}

}  // namespace

Wire::Wire(PGconn* connection, std::shared_ptr<Core> core)
    : statements{core->options.statement_cache},
      number{core->wires.fetch_add(1, std::memory_order_relaxed) + 1},
      connection_{connection},
      core_{std::move(core)} {}

Wire::~Wire() {
  if (counted) core_->open_wires.fetch_sub(1, std::memory_order_relaxed);
  if (connection_ == nullptr) return;
  // libpq says goodbye; that must not land in the middle of a message.
  if (!out.pending().empty()) ::shutdown(socket(), SHUT_RDWR);
  ::PQfinish(connection_);
}

bool Wire::works() const {
  return connection_ != nullptr && problem_.empty() && ::PQstatus(connection_) == CONNECTION_OK;
}

int Wire::socket() const { return ::PQsocket(connection_); }

bool Wire::stale() const {
  pollfd about{socket(), POLLIN, 0};
  return !works() || ::poll(&about, 1, 0) != 0;
}

void Wire::take_over() {
  // What the server said after its greeting (notices) is libpq's to read.
  static_cast<void>(::PQisBusy(connection_));
  tls_ = static_cast<SSL*>(::PQsslStruct(connection_, "OpenSSL"));
  if (tls_ != nullptr) {
    ::SSL_set_mode(tls_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }
}

Wire::Transfer Wire::fail(std::string problem) {
  problem_ = std::move(problem);
  return Transfer::failed;
}

Wire::Transfer Wire::send() {
  if (out.pending().empty()) return Transfer::done;
  return tls_ != nullptr ? send_encrypted() : send_plain();
}

Wire::Transfer Wire::receive() { return tls_ != nullptr ? receive_encrypted() : receive_plain(); }

Wire::Transfer Wire::send_plain() {
  while (!out.pending().empty()) {
    const std::string_view bytes = out.pending();
    const ssize_t sent = ::send(socket(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      out.sent(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return Transfer::blocked;
    } else if (errno != EINTR) {
      return fail("could not send to PostgreSQL: " + std::system_category().message(errno));
    }
  }
  return Transfer::done;
}

Wire::Transfer Wire::receive_plain() {
  for (;;) {
    const std::span<char> room = in.room();
    const ssize_t size = ::recv(socket(), room.data(), room.size(), 0);
    if (size == 0) return fail("PostgreSQL closed the connection");
    if (size > 0) {
      in.received(static_cast<std::size_t>(size));
      return Transfer::done;  // more of it makes the socket readable again
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Transfer::done;
    if (errno != EINTR) {
      return fail("could not receive from PostgreSQL: " + std::system_category().message(errno));
    }
  }
}

/// `result` of an operation that did not succeed.
Wire::Transfer Wire::fail_encrypted(int result) {
  const int why = ::SSL_get_error(tls_, result);
  if (why == SSL_ERROR_WANT_WRITE || why == SSL_ERROR_WANT_READ) return Transfer::blocked;
  if (why == SSL_ERROR_ZERO_RETURN) return fail("PostgreSQL closed the connection");
  const unsigned long code = ::ERR_get_error();
  if (code == 0) return fail("the connection to PostgreSQL broke");
  std::array<char, 256> text{};
  ::ERR_error_string_n(code, text.data(), text.size());
  ::ERR_clear_error();
  return fail(std::string{"TLS with PostgreSQL failed: "} + text.data());
}

Wire::Transfer Wire::send_encrypted() {
  while (!out.pending().empty()) {
    const std::string_view bytes = out.pending();
    const auto size =
        static_cast<int>(std::min<std::size_t>(bytes.size(), std::numeric_limits<int>::max()));
    ::ERR_clear_error();
    const int sent = ::SSL_write(tls_, bytes.data(), size);
    if (sent <= 0) return fail_encrypted(sent);
    out.sent(static_cast<std::size_t>(sent));
  }
  return Transfer::done;
}

Wire::Transfer Wire::receive_encrypted() {
  for (std::size_t in_all = 0; in_all < most_at_once;) {
    const std::span<char> room = in.room();
    const auto size =
        static_cast<int>(std::min<std::size_t>(room.size(), std::numeric_limits<int>::max()));
    ::ERR_clear_error();
    const int received = ::SSL_read(tls_, room.data(), size);
    if (received <= 0) {
      const Transfer end = fail_encrypted(received);
      return end == Transfer::blocked ? Transfer::done : end;
    }
    in.received(static_cast<std::size_t>(received));
    in_all += static_cast<std::size_t>(received);
  }
  // What is decrypted already does not make the socket readable again.
  return ::SSL_pending(tls_) > 0 ? Transfer::more : Transfer::done;
}

Task<std::unique_ptr<Wire>> connect_wire(std::shared_ptr<Core> core) {
  PGconn* started = nullptr;
  if (core->settings.looks_up_names) {
    const Settings& settings = core->settings;
    auto start = [&settings] { return start_connecting(settings); };
    started = co_await run_blocking(start);
  } else {
    started = start_connecting(core->settings);
  }
  auto wire = std::make_unique<Wire>(started, core);
  if (started != nullptr) {
    ::PQsetNoticeReceiver(
        started, [](void*, const PGresult*) {}, nullptr);
  }
  if (!wire->works() && (started == nullptr || ::PQstatus(started) == CONNECTION_BAD)) {
    throw_connect_failure(*wire);
  }
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    // A new registration each time: libpq may close one socket and open another.
    const int socket = ::PQsocket(started);
    if (socket < 0) throw_connect_failure(*wire);
    if (state == PGRES_POLLING_READING) {
      co_await wait_readable(socket);
    } else {
      co_await wait_writable(socket);
    }
    state = ::PQconnectPoll(started);
    if (state == PGRES_POLLING_FAILED) throw_connect_failure(*wire);
  }
  if (::PQsetnonblocking(started, 1) != 0) throw_connect_failure(*wire);
  wire->take_over();
  wire->counted = true;
  core->open_wires.fetch_add(1, std::memory_order_relaxed);
  co_return wire;
}

}  // namespace roost::db::postgres::detail
