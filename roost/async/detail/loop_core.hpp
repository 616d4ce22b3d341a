// PRIVATE: the state of an event loop: Asio's context, the ready lists, the inbox, the timers.
#pragma once

#include <roost/async/detail/timeout_wheel.hpp>
#include <roost/async/detail/timer_heap.hpp>
#include <roost/async/event_loop.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace roost::async {

/// A posted function. Nodes are kept for the next post and freed with the loop.
struct FunctionNode : LoopNode {
  explicit FunctionNode(LoopCore& owner) noexcept : LoopNode{&FunctionNode::call}, core{owner} {}
  static void call(LoopNode& node);

  LoopCore& core;
  UniqueFunction<void()> function;
};

/// A detached task. It is destroyed by the loop, not from inside its own final suspend.
struct SpawnedTask final : LoopNode, CompletionObserver {
  SpawnedTask(LoopCore& owner, Task<void> spawned) noexcept
      : LoopNode{&SpawnedTask::reap}, core{owner}, task{std::move(spawned)} {}
  std::coroutine_handle<> on_task_finished(PromiseBase&) noexcept override;
  static void reap(LoopNode& node);

  LoopCore& core;
  Task<void> task;
  std::list<SpawnedTask>::iterator self;
};

struct LoopCore {
  explicit LoopCore(EventLoop& owner);
  LoopCore(const LoopCore&) = delete;
  LoopCore& operator=(const LoopCore&) = delete;
  ~LoopCore();

  /// Every native handler of ours does its work in here: what the work makes ready runs at once,
  /// without another round through Asio's queue.
  template <class F>
  void in_handler(F work) {
    const bool requested = std::exchange(turn_requested, true);
    work();
    run_ready();
    turn_requested = requested;
    if (!requested && (!ready.empty() || !end_of_turn.empty())) request_turn();
  }
  void request_turn();
  void turn();
  void run_ready();
  void run_end_of_turn();
  void run_node(LoopNode& node) noexcept;
  void post_from_elsewhere(UniqueFunction<void()> function);
  void drain_inbox();
  /// Runs native handlers until `done` is set, or the loop is stopped: then false.
  bool run_until(const bool& done);

  FunctionNode& make_function(UniqueFunction<void()> function);
  void start(Task<void> task);
  void finish(SpawnedTask& spawned) noexcept;
  /// Destroys tasks and functions that have not run.
  void discard_work() noexcept;

  void add_timer(TimerNode& node, TimePoint when);
  void remove_timer(TimerNode& node) noexcept { timers.remove(node); }
  void arm_native_timer();

  EventLoop& loop;
  boost::asio::io_context io;
  boost::asio::steady_timer native_timer;
  TimePoint native_timer_at = TimePoint::max();
  TimerHeap timers;
  TimeoutWheel wheel{*this};

  LoopList ready;
  LoopList end_of_turn;
  bool turn_requested = false;
  std::atomic<bool> stop_requested{false};

  std::mutex inbox_mutex;
  std::vector<UniqueFunction<void()>> inbox;
  std::deque<FunctionNode> functions;
  std::vector<FunctionNode*> spare_functions;

  std::list<SpawnedTask> spawned;
  EventLoop::ErrorHandler error_handler;
  std::shared_ptr<BlockingPool> pool;
};

/// Makes `loop` the current one of this thread while it lives.
class CurrentLoop {
 public:
  explicit CurrentLoop(EventLoop& loop) noexcept;
  CurrentLoop(const CurrentLoop&) = delete;
  CurrentLoop& operator=(const CurrentLoop&) = delete;
  ~CurrentLoop();

 private:
  EventLoop* previous_;
};

}  // namespace roost::async
