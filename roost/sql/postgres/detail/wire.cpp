// Connecting without blocking the loop.
#include <roost/async/blocking.hpp>
#include <roost/async/descriptor.hpp>
#include <roost/sql/postgres/detail/failure.hpp>
#include <roost/sql/postgres/detail/wire.hpp>

#include <libpq-fe.h>

#include <cerrno>
#include <poll.h>
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
  if (connection_ != nullptr) ::PQfinish(connection_);
}

bool Wire::works() const {
  return connection_ != nullptr && ::PQstatus(connection_) == CONNECTION_OK;
}

bool Wire::stale() const {
  pollfd about{::PQsocket(connection_), POLLIN, 0};
  return !works() || ::poll(&about, 1, 0) != 0;
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
  ::PQsetNoticeReceiver(
      started, [](void*, const PGresult*) {}, nullptr);
  if (::PQsetnonblocking(started, 1) != 0 || ::PQenterPipelineMode(started) != 1) {
    throw_connect_failure(*wire);
  }
  wire->counted = true;
  core->open_wires.fetch_add(1, std::memory_order_relaxed);
  co_return wire;
}

}  // namespace roost::db::postgres::detail
