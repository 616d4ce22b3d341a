// The base of every awaiter that sleeps until its event loop resumes it.
#pragma once

#include <roost/async/context.hpp>
#include <roost/async/loop_node.hpp>

#include <coroutine>

namespace roost {

class EventLoop;

namespace async {

/// One wait of one coroutine. The derived awaiter starts the operation and calls `complete` when it
/// has ended; cancellation of the ambient token, and destruction of the suspended coroutine, call
/// `abandon`, which takes the awaiter away from whatever would complete it, or answers false when
/// the operation cannot be given up any more: a cancelled wait then goes on to its end. The
/// coroutine is resumed by the loop, never from inside `complete`. Lives on one loop's thread.
class Suspension {
 public:
  Suspension(const Suspension&) = delete;
  Suspension& operator=(const Suspension&) = delete;

  /// The operation has ended: resume the coroutine soon. Only while waiting.
  void complete() noexcept;
  /// Gives the operation up, if that can be done: the coroutine's wait throws CancelledError. Only
  /// while waiting.
  void cancel() noexcept;
  [[nodiscard]] bool waiting() const noexcept { return outcome_ == Outcome::waiting; }
  [[nodiscard]] EventLoop& loop() const noexcept { return *loop_; }

 protected:
  Suspension() noexcept = default;
  /// Derived classes call `cancel_wait()` in their own destructor, since it calls `abandon`.
  ~Suspension() = default;

  /// In `await_suspend`, before the operation starts: false when the task is cancelled already, so
  /// that the coroutine goes on at once and `finish_wait` throws.
  template <class P>
  bool begin_wait(std::coroutine_handle<P> coroutine) {
    return begin_wait(coroutine, context_of(coroutine));
  }
  /// In `await_resume`: throws CancelledError when the wait was given up.
  void finish_wait() const {
    if (outcome_ == Outcome::cancelled) throw_cancelled();
  }
  /// In the destructor of the derived class.
  void cancel_wait() noexcept {
    if (waiting()) static_cast<void>(abandon());
    outcome_ = Outcome::none;
  }
  virtual bool abandon() noexcept = 0;

 private:
  enum class Outcome : unsigned char { none, waiting, completed, cancelled };

  struct CancellationNode : LoopNode {
    explicit CancellationNode(Suspension& owner) noexcept
        : LoopNode{&CancellationNode::fire}, suspension{owner} {}
    static void fire(LoopNode& node);
    Suspension& suspension;
  };

  bool begin_wait(std::coroutine_handle<> coroutine, const TaskContext* context);
  void schedule() noexcept;

  ResumeNode resumption_;
  CancellationNode cancellation_{*this};
  EventLoop* loop_ = nullptr;
  Outcome outcome_ = Outcome::none;
};

}  // namespace async
}  // namespace roost
