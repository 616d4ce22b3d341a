// An epoll set inside the loop's own.
#include <roost/async/detail/asio.hpp>
#include <roost/async/detail/loop_core.hpp>
#include <roost/base/error.hpp>
#include <roost/http/detail/poller.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <cerrno>
#include <string>
#include <sys/epoll.h>
#include <system_error>

namespace roost::http::detail {

namespace {

constexpr int batch_size = 256;
constexpr int greedy_rounds = 16;
// Serving this many took long enough for more to have come; after fewer, asking again is a waste.
constexpr int worth_asking_again = 4;

}  // namespace

class Poller::Core {
 public:
  explicit Core(EventLoop& loop) : loop_{loop}, set_{async::native(loop)} {
    const int descriptor = epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0) {
      throw Error("Server: no epoll set could be made: " + std::system_category().message(errno));
    }
    set_.assign(descriptor);
  }

  void wait() {
    set_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                    [this](const boost::system::error_code& error) {
                      if (error) return;
                      loop_.core().in_handler([this] { dispatch(); });
                    });
  }

  void dispatch() {
    // A client may destroy the poller's owner; `alive` tells.
    bool alive = true;
    alive_ = &alive;
    for (int round = 0; round < (greedy_ ? greedy_rounds : 1); ++round) {
      count_ = epoll_wait(set_.native_handle(), events_.data(), batch_size, 0);
      if (count_ <= 0) break;
      for (next_ = 0; next_ < count_;) {
        const epoll_event& event = events_[static_cast<std::size_t>(next_++)];
        auto* client = static_cast<PollClient*>(event.data.ptr);
        if (client != nullptr) client->on_ready(event.events);
        if (!alive) return;
      }
      if (count_ < worth_asking_again) break;
    }
    alive_ = nullptr;
    wait();
  }

  void forget(const PollClient& client) noexcept {
    for (int i = next_; i < count_; ++i) {
      epoll_event& event = events_[static_cast<std::size_t>(i)];
      if (event.data.ptr == &client) event.data.ptr = nullptr;
    }
  }

  [[nodiscard]] int descriptor() { return set_.native_handle(); }
  void set_greedy(bool greedy) { greedy_ = greedy; }

  ~Core() {
    if (alive_ != nullptr) *alive_ = false;
  }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

 private:
  EventLoop& loop_;
  boost::asio::posix::stream_descriptor set_;
  bool greedy_ = false;
  bool* alive_ = nullptr;
  int count_ = 0;
  int next_ = 0;
  std::array<epoll_event, batch_size> events_{};
};

Poller::Poller(EventLoop& loop) : core_{std::make_unique<Core>(loop)} { core_->wait(); }

Poller::~Poller() = default;

void Poller::add(int descriptor, std::uint32_t events, PollClient& client) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &client;
  if (epoll_ctl(core_->descriptor(), EPOLL_CTL_ADD, descriptor, &event) != 0) {
    throw Error("Server: a socket cannot be watched: " + std::system_category().message(errno));
  }
}

void Poller::remove(int descriptor, PollClient& client) noexcept {
  epoll_event event{};
  epoll_ctl(core_->descriptor(), EPOLL_CTL_DEL, descriptor, &event);
  core_->forget(client);
}

void Poller::set_greedy(bool greedy) noexcept { core_->set_greedy(greedy); }

}  // namespace roost::http::detail
