// Child contexts: work that can be cancelled apart from the task that started it.
#pragma once

#include <roost/async/cancellation.hpp>
#include <roost/async/context.hpp>
#include <roost/async/task.hpp>

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>

namespace roost::async {

/// A context below the ambient one: cancelled when that is, and by itself. A local variable of a
/// coroutine; `co_await scope.enter()` attaches it to that coroutine's context.
class CancellationScope {
 public:
  CancellationScope() noexcept = default;
  CancellationScope(const CancellationScope&) = delete;
  CancellationScope& operator=(const CancellationScope&) = delete;
  ~CancellationScope() = default;

  class EnterAwaiter {
   public:
    EnterAwaiter(CancellationScope& scope, TimePoint deadline) noexcept
        : scope_{scope}, deadline_{deadline} {}
    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> caller) const {
      scope_.attach(context_of(caller), deadline_);
      return false;
    }
    void await_resume() const noexcept {}

   private:
    CancellationScope& scope_;
    TimePoint deadline_;
  };
  [[nodiscard]] EnterAwaiter enter(TimePoint deadline = TimePoint::max()) noexcept {
    return {*this, deadline};
  }

  [[nodiscard]] const TaskContext& context() const noexcept { return context_; }
  void cancel(CancellationReason reason) noexcept { source_->state().request(reason); }

 private:
  struct Link : LoopNode {
    explicit Link(CancellationScope& owner) noexcept : LoopNode{&Link::fire}, scope{owner} {}
    static void fire(LoopNode& node) {
      static_cast<Link&>(node).scope.cancel(CancellationReason::requested);
    }
    CancellationScope& scope;
  };

  void attach(const TaskContext* parent, TimePoint deadline);

  std::optional<CancellationSource> source_;
  TaskContext context_;
  Link link_{*this};
};

/// Runs several tasks at once in a scope of their own and waits until all have ended.
class JoinScope final : public CompletionObserver {
 public:
  enum class Cancel : unsigned char { on_failure, on_first_end };

  explicit JoinScope(Cancel cancel) noexcept : cancel_{cancel} {}
  JoinScope(const JoinScope&) = delete;
  JoinScope& operator=(const JoinScope&) = delete;
  ~JoinScope() = default;

  [[nodiscard]] CancellationScope::EnterAwaiter enter() noexcept { return scope_.enter(); }

  /// Starts a task; not any more once the others were cancelled.
  template <class T>
  void start(Task<T>& task) {
    const auto coroutine = task.coroutine();
    if (!coroutine) throw_empty_task();
    start(coroutine.promise(), coroutine);
  }

  class WaitAwaiter {
   public:
    explicit WaitAwaiter(JoinScope& join) noexcept : join_{join} {}
    bool await_ready() const noexcept { return join_.running_ == 0; }
    void await_suspend(std::coroutine_handle<> caller) const noexcept { join_.waiter_ = caller; }
    void await_resume() const noexcept {}

   private:
    JoinScope& join_;
  };
  /// Until every task that was started has ended.
  [[nodiscard]] WaitAwaiter wait() noexcept { return WaitAwaiter{*this}; }

  /// Throws what the first task to fail has thrown.
  void rethrow_first_failure() const {
    if (failure_ != nullptr) std::rethrow_exception(failure_);
  }
  /// Whether this task was the first to end.
  template <class T>
  [[nodiscard]] bool ended_first(const Task<T>& task) const noexcept {
    return first_ == &task.coroutine().promise();
  }

 private:
  void start(PromiseBase& promise, std::coroutine_handle<> task);
  void ended(PromiseBase& promise) noexcept;
  std::coroutine_handle<> on_task_finished(PromiseBase& promise) noexcept override;

  CancellationScope scope_;
  std::coroutine_handle<> waiter_;
  std::exception_ptr failure_;
  PromiseBase* first_ = nullptr;
  std::size_t running_ = 0;
  Cancel cancel_;
};

}  // namespace roost::async
