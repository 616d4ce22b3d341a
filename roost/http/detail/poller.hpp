// PRIVATE: readiness of many descriptors behind one descriptor of the event loop.
//
// Asio re-arms every wait for readability with a system call, or spends one on a speculative read
// that returns EAGAIN. Here each descriptor is registered once, edge-triggered, in an epoll set of
// its own; Asio watches only that set. A turn in which many sockets are ready costs a constant
// number of system calls besides one recv and one send per request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace roost {
class EventLoop;
}

namespace roost::http::detail {

/// Told that its descriptor became ready. `events` are epoll's bits.
class PollClient {
 public:
  virtual void on_ready(std::uint32_t events) = 0;

 protected:
  ~PollClient() = default;
};

/// One epoll set, watched by one event loop. All calls on the loop's thread.
class Poller {
 public:
  explicit Poller(EventLoop& loop);
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// Watches `descriptor` with epoll's `events` (plus EPOLLET by the caller, if wanted). Throws
  /// roost::Error if the kernel refuses.
  void add(int descriptor, std::uint32_t events, PollClient& client);
  /// Also forgets events of this turn that the client has not been told yet.
  void remove(int descriptor, PollClient& client) noexcept;
  /// While true the set is asked again, a few times, before the loop's other work has its turn:
  /// right as long as nothing but these descriptors matters.
  void set_greedy(bool greedy) noexcept;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace roost::http::detail
