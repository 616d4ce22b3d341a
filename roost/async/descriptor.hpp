// Waiting until a file descriptor can be read or written: for drivers around C libraries.
#pragma once

#include <roost/async/event_loop.hpp>
#include <roost/async/suspension.hpp>
#include <roost/async/task.hpp>

#include <coroutine>
#include <memory>

namespace roost {

/// Registers a descriptor with a loop for as long as this object lives. The descriptor stays its
/// owner's, who must destroy this object before closing it; that ends waits with CancelledError.
/// One reader and one writer may wait at a time. All on the loop's thread.
class DescriptorWatch {
 public:
  enum class Direction : unsigned char { read, write };

  /// With the loop that runs on this thread. Throws roost::Error when the descriptor is closed or
  /// cannot be waited for, as regular files.
  explicit DescriptorWatch(int descriptor);
  DescriptorWatch(EventLoop& loop, int descriptor);
  DescriptorWatch(DescriptorWatch&&) noexcept = default;
  DescriptorWatch& operator=(DescriptorWatch&& other) noexcept;
  DescriptorWatch(const DescriptorWatch&) = delete;
  DescriptorWatch& operator=(const DescriptorWatch&) = delete;
  ~DescriptorWatch();

 private:
  struct State;

 public:
  class Awaiter final : public async::Suspension {
   public:
    Awaiter(std::shared_ptr<State> state, Direction direction) noexcept;
    ~Awaiter();
    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> coroutine) {
      if (!begin_wait(coroutine)) return false;
      start();
      return true;
    }
    void await_resume() const { finish_wait(); }

   private:
    void start();
    bool abandon() noexcept override;

    std::shared_ptr<State> state_;
    Direction direction_;
  };

  /// `co_await watch.readable();` — until a read would not block, which includes end of file and
  /// errors. CancelledError when the task is cancelled meanwhile.
  [[nodiscard]] Awaiter readable() const noexcept { return {state_, Direction::read}; }
  [[nodiscard]] Awaiter writable() const noexcept { return {state_, Direction::write}; }

 private:
  std::shared_ptr<State> state_;
};

/// One wait without a registration that lasts; for repeated waits keep a DescriptorWatch.
[[nodiscard]] Task<void> wait_readable(int descriptor);
[[nodiscard]] Task<void> wait_writable(int descriptor);

}  // namespace roost
