// One thread polls all sockets.
#include <roost/base/error.hpp>
#include <roost/sql/postgres/testing/breaking_proxy.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace roost::db::postgres {

namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void close_with_reset(int socket) {
  const linger at_once{1, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(socket);
}

}  // namespace

struct BreakingProxy::State {
  /// Index 0: from the client to the server; 1: back.
  struct Pair {
    std::array<int, 2> sockets{-1, -1};  // the client's, the server's
    std::array<std::atomic<std::uint64_t>, 2> passed{};
    std::size_t last_side = 1;
    bool open = true;
    bool stalled = false;
  };

  int server_port = 0;
  int listener = -1;
  int port = 0;
  Break kind = Break::never;
  int target = 0;
  Direction direction = Direction::to_server;
  std::uint64_t limit = 0;
  std::atomic<std::uint64_t> turns{0};
  std::atomic<bool> broken{false};
  std::atomic<bool> stopping{false};
  std::atomic<bool> cutting{false};
  mutable std::mutex mutex;  // guards the vector
  std::vector<std::unique_ptr<Pair>> pairs;
  std::thread thread;

  void listen() {
    listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (listener < 0 ||
        ::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener, 64) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw Error("BreakingProxy: cannot listen on 127.0.0.1");
    }
    port = ntohs(address.sin_port);
  }

  void accept_one() {
    auto pair = std::make_unique<Pair>();
    const int one = 1;
    pair->sockets[0] = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    pair->sockets[1] = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(server_port);
    for (const int socket : pair->sockets) {
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    const bool connected = ::connect(pair->sockets[1], reinterpret_cast<const sockaddr*>(&address),
                                     sizeof address) == 0;
    if (!connected) end(*pair, false);
    const std::lock_guard lock{mutex};
    pairs.push_back(std::move(pair));
  }

  static void end(Pair& pair, bool reset) {
    if (!pair.open) return;
    pair.open = false;
    for (const int socket : pair.sockets) {
      if (reset) {
        close_with_reset(socket);
      } else {
        ::close(socket);
      }
    }
  }

  void break_pair(Pair& pair) {
    broken.store(true);
    if (kind == Break::stall) {
      pair.stalled = true;
    } else {
      end(pair, kind == Break::reset);
    }
  }

  /// Forwards what one side has sent.
  void forward(std::size_t number, std::size_t side) {
    Pair& pair = *pairs[number];
    std::array<char, 16'384> buffer{};
    const bool targeted = kind != Break::never && static_cast<int>(number) == target &&
                          static_cast<std::size_t>(direction) == side;
    const std::uint64_t left = limit - std::min(limit, pair.passed[side].load());
    const std::size_t wanted =
        targeted ? std::min<std::size_t>(buffer.size(), std::max<std::uint64_t>(left, 1))
                 : buffer.size();
    if (targeted && left == 0) return break_pair(pair);
    const ssize_t got = ::recv(pair.sockets[side], buffer.data(), wanted, 0);
    if (got <= 0) return end(pair, false);
    if (side == 0 && pair.last_side != 0) ++turns;
    pair.last_side = side;
    for (ssize_t sent = 0; sent < got;) {
      const ssize_t more = ::send(pair.sockets[1 - side], buffer.data() + sent,
                                  static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
      if (more <= 0) return end(pair, false);
      sent += more;
    }
    pair.passed[side] += static_cast<std::uint64_t>(got);
    if (targeted && static_cast<std::uint64_t>(got) == left) break_pair(pair);
  }

  void run() {
    std::vector<pollfd> watched;
    while (!stopping.load()) {
      if (cutting.exchange(false)) {
        for (const auto& pair : pairs) end(*pair, true);
      }
      watched.clear();
      watched.push_back(pollfd{listener, POLLIN, 0});
      for (const auto& pair : pairs) {
        for (const int socket : pair->sockets) {
          watched.push_back(pollfd{pair->open && !pair->stalled ? socket : -1, POLLIN, 0});
        }
      }
      ::poll(watched.data(), watched.size(), 5);
      for (std::size_t i = 0; 2 * i + 2 < watched.size(); ++i) {
        for (std::size_t side = 0; side < 2; ++side) {
          if (watched[2 * i + 1 + side].revents != 0 && pairs[i]->open && !pairs[i]->stalled) {
            forward(i, side);
          }
        }
      }
      if (watched[0].revents != 0) accept_one();
    }
    for (const auto& pair : pairs) end(*pair, false);
  }
};

BreakingProxy::BreakingProxy(int server_port, Break kind, int connection, Direction direction,
                             std::uint64_t bytes)
    : state_{std::make_unique<State>()} {
  state_->server_port = server_port;
  state_->kind = kind;
  state_->target = connection;
  state_->direction = direction;
  state_->limit = bytes;
  state_->listen();
  state_->thread = std::thread{[state = state_.get()] { state->run(); }};
}

BreakingProxy::~BreakingProxy() {
  state_->stopping.store(true);
  state_->thread.join();
  ::close(state_->listener);
}

int BreakingProxy::port() const { return state_->port; }

std::uint64_t BreakingProxy::passed(int connection, Direction direction) const {
  const std::lock_guard lock{state_->mutex};
  const auto number = static_cast<std::size_t>(connection);
  if (number >= state_->pairs.size()) return 0;
  return state_->pairs[number]->passed[static_cast<std::size_t>(direction)].load();
}

std::uint64_t BreakingProxy::turns() const { return state_->turns.load(); }

bool BreakingProxy::broken() const { return state_->broken.load(); }

void BreakingProxy::cut_all() { state_->cutting.store(true); }

}  // namespace roost::db::postgres
