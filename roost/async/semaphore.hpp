// AsyncSemaphore and AsyncMutex: turns for the tasks of one loop, first come, first served.
#pragma once

#include <roost/async/suspension.hpp>

#include <coroutine>
#include <cstddef>
#include <utility>

namespace roost {

/// Limits how many tasks of one loop do something at once. All calls on the loop's thread; must
/// outlive its permits and waiters.
class AsyncSemaphore {
 public:
  /// A turn, given back when destroyed.
  class Permit {
   public:
    Permit() noexcept = default;
    Permit(Permit&& other) noexcept : semaphore_{std::exchange(other.semaphore_, nullptr)} {}
    Permit& operator=(Permit&& other) noexcept {
      std::swap(semaphore_, other.semaphore_);
      return *this;
    }
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    ~Permit() { release(); }

    /// Gives the turn back early.
    void release() noexcept {
      if (semaphore_ != nullptr) std::exchange(semaphore_, nullptr)->release();
    }
    [[nodiscard]] explicit operator bool() const noexcept { return semaphore_ != nullptr; }

   private:
    friend class AsyncSemaphore;
    explicit Permit(AsyncSemaphore& semaphore) noexcept : semaphore_{&semaphore} {}
    AsyncSemaphore* semaphore_ = nullptr;
  };

  class Awaiter final : public async::Suspension, private async::LoopNode {
   public:
    explicit Awaiter(AsyncSemaphore& semaphore) noexcept
        : LoopNode{[](LoopNode&) {}}, semaphore_{semaphore} {}
    ~Awaiter();
    bool await_ready() noexcept;
    template <class P>
    bool await_suspend(std::coroutine_handle<P> coroutine) {
      if (!begin_wait(coroutine)) return false;
      semaphore_.waiters_.push_back(*this);
      return true;
    }
    [[nodiscard]] Permit await_resume();

   private:
    friend class AsyncSemaphore;
    bool abandon() noexcept override;

    AsyncSemaphore& semaphore_;
    bool granted_ = false;
  };

  explicit AsyncSemaphore(std::size_t permits) noexcept : available_{permits} {}
  AsyncSemaphore(const AsyncSemaphore&) = delete;
  AsyncSemaphore& operator=(const AsyncSemaphore&) = delete;
  ~AsyncSemaphore() = default;

  /// `auto permit = co_await semaphore.acquire();` CancelledError when cancelled while waiting.
  [[nodiscard]] Awaiter acquire() noexcept { return Awaiter{*this}; }
  /// A permit if one is free and nobody waits, else an empty one.
  [[nodiscard]] Permit try_acquire() noexcept;
  [[nodiscard]] std::size_t available() const noexcept { return available_; }

 private:
  void release() noexcept;

  std::size_t available_;
  async::LoopList waiters_;
};

/// One task of a loop at a time; unlike a std::mutex it may be held across co_await.
class AsyncMutex {
 public:
  using Lock = AsyncSemaphore::Permit;

  /// `auto lock = co_await mutex.lock();`
  [[nodiscard]] AsyncSemaphore::Awaiter lock() noexcept { return semaphore_.acquire(); }
  [[nodiscard]] Lock try_lock() noexcept { return semaphore_.try_acquire(); }

 private:
  AsyncSemaphore semaphore_{1};
};

}  // namespace roost
