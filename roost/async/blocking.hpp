// Blocking work on a bounded pool of threads, awaited from the event loop.
#pragma once

#include <roost/async/event_loop.hpp>
#include <roost/async/suspension.hpp>
#include <roost/async/task.hpp>

#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace roost {

namespace async {
class BlockingWait;
}

/// Threads for work that would block an event loop: files, compression, password hashing, SQLite.
/// Threads start when there is work for them. May be shared by loops; every function may be called
/// by any thread. The destructor waits for the work that was accepted.
class BlockingPool {
 public:
  /// As many threads as processors, four at least; at most `default_queue_limit` waiting calls.
  BlockingPool();
  explicit BlockingPool(std::size_t threads, std::size_t queue_limit = default_queue_limit);
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;
  ~BlockingPool();

  static constexpr std::size_t default_queue_limit = 1024;

  /// Queues work that the caller keeps alive until it has run; OverloadError when the queue is
  /// full.
  void submit(async::BlockingWait& work);
  /// Takes work back; false when a thread has already taken it.
  [[nodiscard]] bool withdraw(async::BlockingWait& work) noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

namespace async {

/// One call on the pool and the coroutine that waits for it. The work lives here, in the frame of
/// the coroutine: whoever destroys the frame while a thread runs the work waits for that thread.
class BlockingWait : public Suspension, public LoopNode {
 public:
  bool await_ready() const noexcept { return false; }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> coroutine) {
    if (!begin_wait(coroutine)) return false;
    submit();
    return true;
  }
  void await_resume() const { finish_wait(); }

  /// On a pool thread.
  void run_on_thread() noexcept;

 protected:
  BlockingWait();
  ~BlockingWait();
  /// In the destructor of the derived class, while its members live.
  void leave() noexcept;
  virtual void execute() noexcept = 0;

 private:
  struct Delivery;
  void submit();
  bool abandon() noexcept override;

  std::shared_ptr<Delivery> delivery_;
  BlockingPool* pool_ = nullptr;
};

template <class F, class R>
class BlockingCall final : public BlockingWait {
 public:
  explicit BlockingCall(F& function) noexcept : function_{function} {}
  ~BlockingCall() { leave(); }

  R take_result() {
    if (error_ != nullptr) std::rethrow_exception(std::move(error_));
    if constexpr (!std::is_void_v<R>) return std::move(*result_);
  }

 private:
  struct Nothing {};
  using Stored = std::conditional_t<std::is_void_v<R>, Nothing, R>;

  void execute() noexcept override {
    try {
      if constexpr (std::is_void_v<R>) {
        function_();
      } else {
        result_.emplace(function_());
      }
    } catch (...) {
      error_ = std::current_exception();
    }
  }

  F& function_;
  std::optional<Stored> result_;
  std::exception_ptr error_;
};

/// Rule: what runs on a pool thread is no coroutine.
template <class R>
struct BlockingFunctionReturnsNoTask {
  static constexpr bool holds = true;
};
template <class T>
struct BlockingFunctionReturnsNoTask<Task<T>> {
  static constexpr bool holds = false;
};

}  // namespace async

/// Runs `function` on the loop's pool and gives its result, or throws what it threw, on this loop.
/// Cancellation takes a call back that still waits for a thread; one that runs is waited for, since
/// it may refer to the caller's frame. Throws OverloadError when too many calls wait.
template <class F>
[[nodiscard]] Task<std::invoke_result_t<F&>> run_blocking(F function) {
  using R = std::invoke_result_t<F&>;
  static_assert(!std::is_reference_v<R>, "run_blocking: return a value or a pointer");
  static_assert(async::BlockingFunctionReturnsNoTask<R>::holds,
                "run_blocking: the function runs on another thread, where no loop resumes a "
                "coroutine; make it an ordinary function");
  async::BlockingCall<F, R> call{function};
  co_await call;
  co_return call.take_result();
}

}  // namespace roost
