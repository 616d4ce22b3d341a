// The ambient context of a task: what every function that it awaits inherits without being told.
//
// A context is reached through a pointer in each task's promise. Awaiting a task copies the
// pointer; `with_timeout` and `with_deadline` put a new context, which refers to the old one,
// before the task that they run. Operations of the loop (sleeping, waiting for descriptors,
// mutexes, completions) look there for the token that ends their wait.
#pragma once

#include <roost/async/cancellation.hpp>
#include <roost/async/task.hpp>
#include <roost/base/chrono.hpp>

#include <coroutine>

namespace roost {

/// The clock of deadlines and timers.
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

/// Cancellation and deadline of a task and everything that it awaits. A server makes one per
/// request and binds it to the request's task; it must outlive that task. Belongs to one event
/// loop.
class TaskContext {
 public:
  TaskContext() noexcept = default;
  /// The state behind the token must outlive the context.
  explicit TaskContext(const CancellationToken& token,
                       TimePoint deadline = TimePoint::max()) noexcept
      : cancellation_{token.state()}, deadline_{deadline} {}

  [[nodiscard]] CancellationToken token() const noexcept {
    return CancellationToken{cancellation_};
  }
  [[nodiscard]] bool cancellation_requested() const noexcept {
    return cancellation_ != nullptr && cancellation_->requested();
  }
  /// When the work is to be given up; `TimePoint::max()` when nobody set a deadline.
  [[nodiscard]] TimePoint deadline() const noexcept { return deadline_; }
  [[nodiscard]] bool has_deadline() const noexcept { return deadline_ != TimePoint::max(); }

  [[nodiscard]] async::CancellationState* cancellation() const noexcept { return cancellation_; }

 private:
  async::CancellationState* cancellation_ = nullptr;
  TimePoint deadline_ = TimePoint::max();
};

namespace async {

class ContextAwaiter {
 public:
  ContextAwaiter() noexcept = default;
  bool await_ready() const noexcept { return false; }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> caller) noexcept {
    if (const TaskContext* context = context_of(caller); context != nullptr) context_ = *context;
    return false;
  }
  TaskContext await_resume() const noexcept { return context_; }

 private:
  TaskContext context_;
};

}  // namespace async

/// `TaskContext context = co_await current_context();` — the context that the calling task runs
/// under; an empty one when it has none. Valid while that task runs.
[[nodiscard]] inline async::ContextAwaiter current_context() noexcept { return {}; }

/// Runs a task that has not started under `context`, which must outlive it.
template <class T>
[[nodiscard]] Task<T> bind_context(Task<T> task, const TaskContext& context) noexcept {
  task.coroutine().promise().set_context(&context);
  return task;
}

}  // namespace roost
