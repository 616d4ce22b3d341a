// Opening listeners and spreading a server over event loops.
#include <roost/async/event_loop.hpp>
#include <roost/async/event_loop_group.hpp>
#include <roost/base/error.hpp>
#include <roost/http/detail/worker.hpp>
#include <roost/http/server.hpp>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace roost::http {

namespace {

// A socket descriptor that is closed unless released.
class Socket {
 public:
  explicit Socket(int descriptor) noexcept : descriptor_{descriptor} {}
  Socket(Socket&& other) noexcept : descriptor_{other.release()} {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  int release() noexcept { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

[[noreturn]] void fail(std::string_view host, std::uint16_t port, const std::string& why) {
  throw Error("Server: cannot listen on " + std::string(host) + ":" + std::to_string(port) + ": " +
              why + ".");
}

Address resolve(std::string_view host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error =
      getaddrinfo(std::string(host).c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) fail(host, port, gai_strerror(error));
  Address address;
  address.size = found->ai_addrlen;
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  return address;
}

void set_port(Address& address, std::uint16_t port) {
  if (address.storage.ss_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6&>(address.storage).sin6_port = htons(port);
  } else {
    reinterpret_cast<sockaddr_in&>(address.storage).sin_port = htons(port);
  }
}

std::uint16_t bound_port(const Socket& socket) {
  Address address;
  address.size = sizeof address.storage;
  getsockname(socket.descriptor(), reinterpret_cast<sockaddr*>(&address.storage), &address.size);
  return ntohs(address.storage.ss_family == AF_INET6
                   ? reinterpret_cast<sockaddr_in6&>(address.storage).sin6_port
                   : reinterpret_cast<sockaddr_in&>(address.storage).sin_port);
}

Socket bind_to(const Address& address, bool shared) {
  Socket socket{::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const int on = 1;
  setsockopt(socket.descriptor(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (shared) setsockopt(socket.descriptor(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (::bind(socket.descriptor(), reinterpret_cast<const sockaddr*>(&address.storage),
             address.size) != 0) {
    return Socket{-1};
  }
  return socket;
}

// One listener per loop. The first is bound without SO_REUSEPORT to find out whether the port is
// free: with it, two programs could share a port by mistake.
std::vector<Socket> open_listeners(std::string_view host, std::uint16_t port, std::size_t count,
                                   int backlog) {
  Address address = resolve(host, port);
  std::vector<Socket> sockets;
  {
    Socket probe = bind_to(address, false);
    if (probe.descriptor() < 0) fail(host, port, std::system_category().message(errno));
    set_port(address, bound_port(probe));
    if (count == 1) sockets.push_back(std::move(probe));
  }
  while (sockets.size() < count) {
    sockets.push_back(bind_to(address, true));
    if (sockets.back().descriptor() < 0) fail(host, port, std::system_category().message(errno));
  }
  for (const Socket& socket : sockets) {
    if (::listen(socket.descriptor(), backlog) != 0)
      fail(host, port, std::system_category().message(errno));
  }
  return sockets;
}

}  // namespace

class Server::State {
 public:
  State(RequestHandler& server_handler, const ServerOptions& server_options)
      : handler{server_handler},
        options{server_options},
        shared{std::make_shared<detail::Shared>(server_options)} {}

  RequestHandler& handler;
  ServerOptions options;
  std::shared_ptr<detail::Shared> shared;
  std::uint16_t port = 0;
  std::vector<std::unique_ptr<detail::Worker>> workers;
  std::atomic<std::size_t> undrained{0};
  UniqueFunction<void()> drained;
};

Server::Server(RequestHandler& handler, const ServerOptions& options)
    : state_{std::make_shared<State>(handler, options)} {}

Server::~Server() { state_->workers.clear(); }

void Server::listen(std::string_view host, std::uint16_t port, std::span<EventLoop* const> loops) {
  std::vector<Socket> sockets = open_listeners(host, port, loops.size(), state_->options.backlog);
  state_->port = bound_port(sockets.front());
  for (std::size_t i = 0; i < loops.size(); ++i) {
    state_->workers.push_back(std::make_unique<detail::Worker>(
        *loops[i], state_->handler, state_->options, state_->shared, sockets[i].release()));
  }
  for (std::size_t i = 0; i < loops.size(); ++i) {
    const std::weak_ptr<State> state = state_;
    loops[i]->post([state, i] {
      const std::shared_ptr<State> alive = state.lock();
      if (alive && i < alive->workers.size()) alive->workers[i]->start();
    });
  }
}

void Server::listen(std::string_view host, std::uint16_t port, EventLoop& loop) {
  EventLoop* const loops[] = {&loop};
  listen(host, port, loops);
}

void Server::listen(std::string_view host, std::uint16_t port, EventLoopGroup& loops) {
  std::vector<EventLoop*> each;
  for (std::size_t i = 0; i < loops.size(); ++i) each.push_back(&loops.loop(i));
  listen(host, port, each);
}

std::uint16_t Server::port() const { return state_->port; }

void Server::drain(std::chrono::milliseconds grace, UniqueFunction<void()> done) {
  state_->undrained = state_->workers.size();
  state_->drained = std::move(done);
  for (const std::unique_ptr<detail::Worker>& worker : state_->workers) {
    const std::weak_ptr<State> state = state_;
    detail::Worker* drained = worker.get();
    worker->loop().post([state, drained, grace] {
      const std::shared_ptr<State> alive = state.lock();
      if (!alive || alive->workers.empty()) return;
      drained->drain(grace, [state] {
        const std::shared_ptr<State> left = state.lock();
        if (left && left->undrained.fetch_sub(1) == 1 && left->drained) left->drained();
      });
    });
  }
}

void Server::reload_certificate() {
  if (state_->shared->tls == nullptr) throw Error("Server: it does not speak TLS.");
  state_->shared->tls->reload(*state_->options.tls);
}

std::size_t Server::connections() const {
  std::size_t sum = 0;
  for (const std::unique_ptr<detail::Worker>& worker : state_->workers) {
    sum += worker->connection_count();
  }
  return sum;
}

}  // namespace roost::http
