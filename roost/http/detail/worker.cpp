// Accepting, and the resources that the connections of one loop share.
#include <roost/base/error.hpp>
#include <roost/http/detail/connection.hpp>
#include <roost/http/detail/transport.hpp>
#include <roost/http/detail/worker.hpp>

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace roost::http::detail {

namespace {

constexpr std::size_t buffer_size = std::size_t{16} * 1024;
constexpr std::size_t kept_exchanges = 64;
constexpr std::size_t kept_buffers = 64;
constexpr int accepts_per_turn = 64;
constexpr std::chrono::milliseconds accept_pause_time{100};
constexpr std::string_view overloaded =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\n"
    "Connection: close\r\n\r\n";

struct Peer {
  std::string address;
  std::uint16_t port = 0;
};

Peer peer_of(const sockaddr_storage& storage) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (storage.ss_family == AF_INET) {
    const auto& address = reinterpret_cast<const sockaddr_in&>(storage);
    inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
    return {text.data(), ntohs(address.sin_port)};
  }
  if (storage.ss_family == AF_INET6) {
    const auto& address = reinterpret_cast<const sockaddr_in6&>(storage);
    if (IN6_IS_ADDR_V4MAPPED(&address.sin6_addr)) {
      inet_ntop(AF_INET, address.sin6_addr.s6_addr + 12, text.data(), text.size());
    } else {
      inet_ntop(AF_INET6, &address.sin6_addr, text.data(), text.size());
    }
    return {text.data(), ntohs(address.sin6_port)};
  }
  return {};
}

ParserLimits limits_of(const ServerOptions& options, const RequestHandler& handler) {
  ParserLimits limits;
  limits.request_line = options.request_line_limit;
  limits.header_bytes = options.header_limit;
  limits.header_count = options.header_count_limit;
  limits.body = options.body_limit;
  limits.plans_bodies = handler.plans_bodies();
  return limits;
}

}  // namespace

void Exchange::reset() {
  parser.reset();
  request.reset();
  response.reset();
}

Worker::Worker(EventLoop& loop, RequestHandler& handler, const ServerOptions& options,
               std::shared_ptr<Shared> shared, int listener)
    : loop_{loop},
      handler_{handler},
      options_{options},
      shared_{std::move(shared)},
      limits_{limits_of(options, handler)},
      poller_{loop},
      listener_{listener},
      reaper_{loop, [this] { destroy_buried(); }} {
  poller_.set_greedy(true);
}

Worker::~Worker() {
  stop_accepting();
  connections_.clear();
}

void Worker::start() {
  if (draining_ || listener_ < 0) return;
  poller_.add(listener_, EPOLLIN, *this);
  listening_ = true;
}

void Worker::on_ready(std::uint32_t) { accept_pending(); }

void Worker::accept_pending() {
  for (int i = 0; i < accepts_per_turn && listening_; ++i) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    const int descriptor = accept4(listener_, reinterpret_cast<sockaddr*>(&storage), &size,
                                   SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) pause_accepting();
      return;
    }
    Peer peer = peer_of(storage);
    welcome(descriptor, std::move(peer.address), peer.port);
  }
}

void Worker::welcome(int descriptor, std::string address, std::uint16_t port) {
  std::unique_ptr<Transport> transport = std::make_unique<SocketTransport>(descriptor);
  const auto turn_away = [&] {
    if (shared_->tls == nullptr) transport->send(overloaded);
  };
  if (connections_.size() >= options_.connection_limit) return turn_away();
  const bool trusted = shared_->trusted.contains(address);
  std::optional<IpAddress> counted;
  if (options_.connections_per_address != 0 && !trusted) counted = IpAddress::parse(address);
  if (counted && counted->is_loopback() && !options_.counts_loopback) counted.reset();
  if (counted && !shared_->counts.enter(*counted, options_.connections_per_address)) {
    return turn_away();
  }
  if (shared_->tls != nullptr) {
    static_cast<SocketTransport&>(*transport).release();
    transport = shared_->tls->accept(descriptor);
  }
  if (transport == nullptr) {
    if (counted) shared_->counts.leave(*counted);
    return;
  }
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto connection =
      std::make_unique<Connection>(*this, std::move(transport), std::move(address), port);
  connection->index = connections_.size();
  connection->trusted = trusted;
  connection->counted = counted;
  connections_.push_back(std::move(connection));
  count_.store(connections_.size(), std::memory_order_relaxed);
  try {
    poller_.add(descriptor, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, *connections_.back());
  } catch (const Error&) {
    loop_.report(std::current_exception(), "accepting an HTTP connection");
    connections_.back()->cut();
  }
}

// Out of descriptors or memory: the listener stays ready, and asking again at once would spin.
void Worker::pause_accepting() {
  poller_.remove(listener_, *this);
  listening_ = false;
  if (!accept_pause_) accept_pause_ = std::make_unique<Timeout>(loop_, [this] { start(); });
  accept_pause_->arm(accept_pause_time);
}

void Worker::stop_accepting() noexcept {
  if (listener_ < 0) return;
  if (listening_) poller_.remove(listener_, *this);
  listening_ = false;
  ::close(listener_);
  listener_ = -1;
}

void Worker::drain(std::chrono::milliseconds grace, UniqueFunction<void()> done) {
  draining_ = true;
  drained_ = std::move(done);
  stop_accepting();
  // Connections are destroyed at the end of the turn, so that the vector stays as it is here.
  for (std::size_t i = 0; i < connections_.size(); ++i) connections_[i]->drain();
  drain_limit_ = std::make_unique<Timeout>(loop_, [this] { cut_all(); });
  drain_limit_->arm(grace);
  reaper_.arm();
}

void Worker::cut_all() {
  for (std::size_t i = 0; i < connections_.size(); ++i) connections_[i]->cut();
  reaper_.arm();
}

void Worker::bury(Connection& connection) {
  buried_.push_back(&connection);
  reaper_.arm();
}

void Worker::destroy_buried() {
  std::vector<Connection*> buried;
  buried.swap(buried_);
  for (Connection* connection : buried) {
    const std::size_t index = connection->index;
    std::swap(connections_[index], connections_.back());
    connections_[index]->index = index;
    connections_.pop_back();
  }
  count_.store(connections_.size(), std::memory_order_relaxed);
  if (!draining_ || !connections_.empty() || !drained_) return;
  drain_limit_.reset();
  UniqueFunction<void()> done = std::exchange(drained_, UniqueFunction<void()>{});
  done();
}

std::unique_ptr<Exchange> Worker::lend_exchange() {
  if (exchanges_.empty()) return std::make_unique<Exchange>(limits_);
  std::unique_ptr<Exchange> exchange = std::move(exchanges_.back());
  exchanges_.pop_back();
  return exchange;
}

void Worker::give_back(std::unique_ptr<Exchange> exchange) {
  if (exchanges_.size() < kept_exchanges) exchanges_.push_back(std::move(exchange));
}

InputBuffer Worker::lend_buffer() {
  if (buffers_.empty()) return {std::make_unique_for_overwrite<char[]>(buffer_size), buffer_size};
  InputBuffer buffer = std::move(buffers_.back());
  buffers_.pop_back();
  return buffer;
}

void Worker::give_back(InputBuffer buffer) {
  if (buffer.capacity == buffer_size && buffers_.size() < kept_buffers) {
    buffers_.push_back(std::move(buffer));
  }
}

void Worker::task_started() {
  if (tasks_++ == 0) poller_.set_greedy(false);
}

void Worker::task_ended() {
  if (--tasks_ == 0) poller_.set_greedy(true);
}

}  // namespace roost::http::detail
