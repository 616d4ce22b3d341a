// Descriptor readiness through Asio.
#include <roost/async/descriptor.hpp>
#include <roost/async/detail/loop_core.hpp>
#include <roost/base/error.hpp>

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <array>
#include <string>
#include <utility>

namespace roost {

namespace {

using NativeDescriptor =
    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;

}  // namespace

struct DescriptorWatch::State {
  State(EventLoop& owner, int number) : loop{owner}, descriptor{owner.core().io} {
    boost::system::error_code error;
    descriptor.assign(number, error);
    if (error) {
      throw Error("DescriptorWatch: cannot wait for descriptor " + std::to_string(number) + ": " +
                  error.message());
    }
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { detach(); }

  void detach() noexcept {
    for (Side& side : sides) {
      if (side.waiter != nullptr) side.waiter->cancel();
    }
    // Cancels the native waits; does not close.
    if (descriptor.is_open()) descriptor.release();
  }

  struct Side {
    Awaiter* waiter = nullptr;
    bool native_wait = false;
  };
  Side& side(Direction direction) noexcept { return sides[static_cast<std::size_t>(direction)]; }

  EventLoop& loop;
  NativeDescriptor descriptor;
  std::array<Side, 2> sides;
};

DescriptorWatch::DescriptorWatch(int descriptor)
    : DescriptorWatch{EventLoop::current(), descriptor} {}

DescriptorWatch::DescriptorWatch(EventLoop& loop, int descriptor)
    : state_{std::make_shared<State>(loop, descriptor)} {}

DescriptorWatch& DescriptorWatch::operator=(DescriptorWatch&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

DescriptorWatch::~DescriptorWatch() {
  if (state_ != nullptr) state_->detach();
}

DescriptorWatch::Awaiter::Awaiter(std::shared_ptr<State> state, Direction direction) noexcept
    : state_{std::move(state)}, direction_{direction} {}

DescriptorWatch::Awaiter::~Awaiter() { cancel_wait(); }

void DescriptorWatch::Awaiter::start() {
  State::Side& side = state_->side(direction_);
  if (side.waiter != nullptr || !state_->descriptor.is_open()) {
    cancel_wait();
    throw Error(side.waiter != nullptr
                    ? "DescriptorWatch: another task already waits for this direction"
                    : "DescriptorWatch: waited on after its end");
  }
  side.waiter = this;
  // A wait that an earlier, cancelled awaiter left behind serves this one.
  if (std::exchange(side.native_wait, true)) return;
  const auto kind =
      direction_ == Direction::read ? NativeDescriptor::wait_read : NativeDescriptor::wait_write;
  state_->descriptor.async_wait(kind, [state = state_,
                                       direction = direction_](const boost::system::error_code&) {
    State::Side& ended = state->side(direction);
    ended.native_wait = false;
    if (ended.waiter == nullptr) return;
    state->loop.core().in_handler([&ended] { std::exchange(ended.waiter, nullptr)->complete(); });
  });
}

bool DescriptorWatch::Awaiter::abandon() noexcept {
  State::Side& side = state_->side(direction_);
  if (side.waiter == this) side.waiter = nullptr;
  return true;
}

Task<void> wait_readable(int descriptor) {
  const DescriptorWatch watch{descriptor};
  co_await watch.readable();
}

Task<void> wait_writable(int descriptor) {
  const DescriptorWatch watch{descriptor};
  co_await watch.writable();
}

}  // namespace roost
