// Deadlines: giving up work that takes too long.
#pragma once

#include <roost/async/context.hpp>
#include <roost/async/errors.hpp>
#include <roost/async/scope.hpp>
#include <roost/async/task.hpp>

#include <coroutine>
#include <memory>
#include <utility>

namespace roost {

namespace async {

/// A child context that is cancelled at a point in time.
class DeadlineScope {
 public:
  explicit DeadlineScope(TimePoint deadline);
  DeadlineScope(const DeadlineScope&) = delete;
  DeadlineScope& operator=(const DeadlineScope&) = delete;
  ~DeadlineScope();

  [[nodiscard]] CancellationScope::EnterAwaiter enter() noexcept;
  /// After entering: starts the timer. Throws TimeoutError when the deadline has already passed.
  void start();
  [[nodiscard]] const TaskContext& context() const noexcept { return scope_.context(); }
  /// In the handler of a CancelledError: throws TimeoutError when this deadline was the reason.
  void rethrow_as_timeout() const;

 private:
  struct Timer;
  CancellationScope scope_;
  TimePoint deadline_;
  std::unique_ptr<Timer> timer_;
};

[[nodiscard]] TimePoint deadline_after(Duration duration) noexcept;

}  // namespace async

/// Runs `task` under a deadline, which every operation that it awaits observes. When the deadline
/// passes, what the task waits for is cancelled; once the task has ended so, TimeoutError is
/// thrown. A task that gives a value or another exception in spite of it has that value or
/// exception.
template <class T>
[[nodiscard]] Task<T> with_deadline(Task<T> task, TimePoint deadline) {
  async::DeadlineScope scope{deadline};
  co_await scope.enter();
  scope.start();
  Task<T> bound = bind_context(std::move(task), scope.context());
  try {
    co_return co_await std::move(bound);
  } catch (const CancelledError&) {
    scope.rethrow_as_timeout();
    throw;
  }
}

/// The same, `duration` from the start of the returned task.
template <class T>
[[nodiscard]] Task<T> with_timeout(Task<T> task, Duration duration) {
  Task<T> limited = with_deadline(std::move(task), async::deadline_after(duration));
  co_return co_await std::move(limited);
}

}  // namespace roost
