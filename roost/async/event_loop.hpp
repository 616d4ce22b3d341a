// EventLoop: what runs the tasks, timers and descriptors of one thread.
//
// A turn of the loop: the handlers of ready descriptors and timers run, then what they posted, then
// the end-of-turn hooks (a database driver sends there what the turn's tasks asked for), then the
// loop blocks until something is ready. Nothing of a loop is shared with other threads except
// `post` and `stop`.
#pragma once

#include <roost/async/context.hpp>
#include <roost/async/loop_node.hpp>
#include <roost/async/task.hpp>
#include <roost/base/unique_function.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace roost {

class BlockingPool;

namespace async {
struct LoopCore;

[[nodiscard]] std::size_t next_context_slot() noexcept;
template <class T>
inline const std::size_t context_slot = next_context_slot();
}  // namespace async

/// One event loop, run by one thread at a time. Unless a function says otherwise, call it on the
/// loop's thread, or before the loop runs. Destroying a loop destroys the tasks that it spawned,
/// then its context objects in reverse order of their making; descriptors, timers and hooks that
/// belong to it must be gone by then.
class EventLoop {
 public:
  using ErrorHandler = UniqueFunction<void(std::exception_ptr error, std::string_view where)>;

  EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();

  /// Runs until `stop`. Throws roost::Error when this thread already runs a loop.
  void run();
  /// From any thread: `run` returns once the handlers that are running have ended; work that is
  /// left stays for the next `run`. A stop before `run` makes that `run` return at once.
  void stop() noexcept;

  /// From any thread: calls `function` on the loop's thread, soon and in order.
  void post(UniqueFunction<void()> function);
  /// Calls `function` at the end of this turn, once.
  void defer(UniqueFunction<void()> function);

  /// Starts a task that nobody awaits: at once on the loop's own thread, through `post` from any
  /// other. An exception that escapes it goes to the error handler.
  void spawn(Task<void> task);
  /// Number of spawned tasks that have not ended.
  [[nodiscard]] std::size_t spawned_tasks() const noexcept;
  /// Runs the loop until `task` has ended, for `main` and tests. Throws what the task throws;
  /// roost::Error when this thread already runs a loop or the loop is stopped meanwhile.
  template <class T>
  T block_on(Task<T> task) {
    const auto coroutine = task.coroutine();
    if (!coroutine) async::throw_empty_task();
    run_until_finished(coroutine.promise(), coroutine);
    return coroutine.promise().take_result();
  }

  /// Gets the exceptions of spawned tasks and posted functions; the default writes them to stderr.
  void set_error_handler(ErrorHandler handler);
  /// Gives the exception being handled, or `error`, to the error handler.
  void report(std::exception_ptr error, std::string_view where) noexcept;

  /// The loop that runs on this thread. Throws roost::Error when there is none.
  [[nodiscard]] static EventLoop& current();
  [[nodiscard]] static EventLoop* current_or_null() noexcept;

  /// The loop's own T, made at its first use from `T(EventLoop&)` or `T()`: for what belongs to a
  /// thread, as a connection pool or a cache of the date. The reference lives as long as the loop.
  template <class T>
  T& context() {
    const std::size_t slot = async::context_slot<T>;
    if (slot < slots_.size() && slots_[slot] != nullptr) return *static_cast<T*>(slots_[slot]);
    if constexpr (std::is_constructible_v<T, EventLoop&>) {
      return adopt_context(slot, std::make_unique<T>(*this));
    } else {
      return adopt_context(slot, std::make_unique<T>());
    }
  }

  /// The time, up to some milliseconds late but without a system call: for timeouts and dates.
  [[nodiscard]] TimePoint now() const noexcept;

  /// Where `run_blocking` runs; made with its default size at first use. Share one pool between
  /// loops by setting it before it is used.
  [[nodiscard]] BlockingPool& blocking_pool();
  void set_blocking_pool(std::shared_ptr<BlockingPool> pool);

  /// For awaiters and hooks: run a node that is in no list in this turn, or at its end.
  void schedule(async::LoopNode& node);
  void schedule_at_end_of_turn(async::LoopNode& node);
  [[nodiscard]] async::LoopCore& core() noexcept { return *core_; }

 private:
  struct ContextObject {
    void* object;
    void (*destroy)(void*) noexcept;
  };

  template <class T>
  T& adopt_context(std::size_t slot, std::unique_ptr<T> object) {
    add_context(slot, {object.get(), [](void* made) noexcept { delete static_cast<T*>(made); }});
    return *object.release();
  }
  void add_context(std::size_t slot, ContextObject object);
  void run_until_finished(async::PromiseBase& promise, std::coroutine_handle<> task);

  std::unique_ptr<async::LoopCore> core_;
  std::vector<void*> slots_;
  std::vector<ContextObject> contexts_;
};

/// A function that runs once at the end of every turn in which it was armed: for drivers that
/// gather commands and send them together. Arming costs two pointer writes.
class EndOfTurn : private async::LoopNode {
 public:
  EndOfTurn(EventLoop& loop, UniqueFunction<void()> function) noexcept
      : LoopNode{&EndOfTurn::fire}, loop_{loop}, function_{std::move(function)} {}
  ~EndOfTurn() = default;

  void arm() {
    if (!linked()) loop_.schedule_at_end_of_turn(*this);
  }
  void disarm() noexcept { unlink(); }

 private:
  static void fire(LoopNode& node) { static_cast<EndOfTurn&>(node).function_(); }

  EventLoop& loop_;
  UniqueFunction<void()> function_;
};

/// Awaiter that lets everything else that is ready run first.
class YieldAwaiter {
 public:
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) {
    node_.set_coroutine(coroutine);
    EventLoop::current().schedule(node_);
  }
  void await_resume() const noexcept {}

 private:
  async::ResumeNode node_;
};

/// `co_await yield();` — lets the loop go on with other ready work before this task.
[[nodiscard]] inline YieldAwaiter yield() noexcept { return {}; }

}  // namespace roost
