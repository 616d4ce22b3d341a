// The event loop: turns, posted work, spawned tasks, the native timer.
#include <roost/async/blocking.hpp>
#include <roost/async/detail/asio.hpp>
#include <roost/async/detail/loop_core.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/base/error.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <atomic>
#include <cstdio>
#include <time.h>

namespace roost {
namespace async {

namespace {

constinit thread_local EventLoop* current_loop = nullptr;

/// How many generations of posted work run before the loop looks at its descriptors again.
constexpr int rounds_per_turn = 16;

void write_to_stderr(const std::exception_ptr& error, std::string_view where) noexcept {
  const char* what = "an exception that is no std::exception";
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& exception) {
    what = exception.what();
    std::fprintf(stderr, "roost: unhandled exception in %.*s: %s\n", static_cast<int>(where.size()),
                 where.data(), what);
  } catch (...) {
    std::fprintf(stderr, "roost: unhandled exception in %.*s: %s\n", static_cast<int>(where.size()),
                 where.data(), what);
  }
}

/// Ends `block_on`.
class BlockedCaller final : public CompletionObserver {
 public:
  std::coroutine_handle<> on_task_finished(PromiseBase&) noexcept override {
    done = true;
    return std::noop_coroutine();
  }
  bool done = false;
};

}  // namespace

std::size_t next_context_slot() noexcept {
  static std::atomic<std::size_t> next{0};
  return next.fetch_add(1, std::memory_order_relaxed);
}

boost::asio::io_context& native(EventLoop& loop) noexcept { return loop.core().io; }

CurrentLoop::CurrentLoop(EventLoop& loop) noexcept
    : previous_{std::exchange(current_loop, &loop)} {}
CurrentLoop::~CurrentLoop() { current_loop = previous_; }

void FunctionNode::call(LoopNode& node) {
  auto& self = static_cast<FunctionNode&>(node);
  UniqueFunction<void()> function = std::move(self.function);
  self.core.spare_functions.push_back(&self);
  function();
}

std::coroutine_handle<> SpawnedTask::on_task_finished(PromiseBase&) noexcept {
  core.loop.schedule(*this);
  return std::noop_coroutine();
}

void SpawnedTask::reap(LoopNode& node) {
  auto& self = static_cast<SpawnedTask&>(node);
  self.core.finish(self);
}

LoopCore::LoopCore(EventLoop& owner)
    : loop{owner}, io{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO}, native_timer{io} {}

LoopCore::~LoopCore() = default;

void LoopCore::request_turn() {
  if (turn_requested) return;
  turn_requested = true;
  boost::asio::post(io, [this] { turn(); });
}

void LoopCore::turn() {
  turn_requested = true;
  run_ready();
  run_end_of_turn();
  turn_requested = false;
  if (!ready.empty() || !end_of_turn.empty()) request_turn();
}

void LoopCore::run_ready() {
  for (int round = 0; round < rounds_per_turn && !ready.empty(); ++round) {
    if (stop_requested.load(std::memory_order_relaxed)) return;
    LoopList batch;
    batch.append(ready);
    while (LoopNode* node = batch.pop_front()) run_node(*node);
  }
}

void LoopCore::run_end_of_turn() {
  LoopList batch;
  batch.append(end_of_turn);
  while (LoopNode* node = batch.pop_front()) run_node(*node);
}

void LoopCore::run_node(LoopNode& node) noexcept {
  try {
    node.run();
  } catch (...) {
    loop.report(std::current_exception(), "a posted function");
  }
}

void LoopCore::post_from_elsewhere(UniqueFunction<void()> function) {
  bool first = false;
  {
    const std::lock_guard lock{inbox_mutex};
    first = inbox.empty();
    inbox.push_back(std::move(function));
  }
  if (first) {
    boost::asio::post(io, [this] { in_handler([this] { drain_inbox(); }); });
  }
}

void LoopCore::drain_inbox() {
  std::vector<UniqueFunction<void()>> arrived;
  {
    const std::lock_guard lock{inbox_mutex};
    arrived.swap(inbox);
  }
  for (UniqueFunction<void()>& function : arrived) {
    ready.push_back(make_function(std::move(function)));
  }
}

FunctionNode& LoopCore::make_function(UniqueFunction<void()> function) {
  if (spare_functions.empty()) {
    functions.emplace_back(*this);
    spare_functions.push_back(&functions.back());
  }
  FunctionNode& node = *spare_functions.back();
  spare_functions.pop_back();
  node.function = std::move(function);
  return node;
}

void LoopCore::start(Task<void> task) {
  SpawnedTask& added = spawned.emplace_back(*this, std::move(task));
  added.self = std::prev(spawned.end());
  const auto coroutine = added.task.coroutine();
  const SubjectScope nothing{nullptr};  // it may outlive what its spawner works for
  const bool waits = coroutine.promise().start_observed(coroutine, added);
  if (!waits) finish(added);
}

void LoopCore::finish(SpawnedTask& ended) noexcept {
  const std::exception_ptr error = ended.task.coroutine().promise().exception();
  spawned.erase(ended.self);
  if (error != nullptr) loop.report(error, "a spawned task");
}

void LoopCore::discard_work() noexcept {
  // Destructors of tasks may post and even spawn again.
  while (!spawned.empty() || !functions.empty()) {
    while (!spawned.empty()) spawned.pop_front();
    std::deque<FunctionNode> dropped;
    dropped.swap(functions);
    spare_functions.clear();
  }
  std::vector<UniqueFunction<void()>> dropped;
  const std::lock_guard lock{inbox_mutex};
  dropped.swap(inbox);
}

void LoopCore::add_timer(TimerNode& node, TimePoint when) {
  timers.add(node, when);
  arm_native_timer();
}

void LoopCore::arm_native_timer() {
  const TimePoint next = timers.next();
  if (next >= native_timer_at) return;
  native_timer_at = next;
  native_timer.expires_at(next);
  native_timer.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    in_handler([this] {
      native_timer_at = TimePoint::max();
      timers.fire_until(Clock::now());
      arm_native_timer();
    });
  });
}

bool LoopCore::run_until(const bool& done) {
  const auto work = boost::asio::make_work_guard(io);
  const SubjectScope nothing{nullptr};  // of `block_on`'s caller
  while (!done) {
    // In this order: a stop that comes between these lines is seen by the next check or by Asio.
    io.restart();
    if (stop_requested.exchange(false)) return false;
    try {
      while (!done && io.run_one() != 0) {
      }
    } catch (...) {
      loop.report(std::current_exception(), "a handler of the event loop");
    }
  }
  return true;
}

}  // namespace async

EventLoop::EventLoop() : core_{std::make_unique<async::LoopCore>(*this)} {}

EventLoop::~EventLoop() {
  const async::CurrentLoop current{*this};
  core_->discard_work();
  while (!contexts_.empty()) {
    const ContextObject last = contexts_.back();
    contexts_.pop_back();
    for (void*& slot : slots_) {
      if (slot == last.object) slot = nullptr;
    }
    last.destroy(last.object);
  }
  core_->discard_work();
  core_->pool.reset();
}

void EventLoop::run() {
  if (async::current_loop != nullptr) {
    throw Error(
        "EventLoop::run called on a thread that already runs an event loop: run it on a thread of "
        "its own, or co_await the work");
  }
  const async::CurrentLoop current{*this};
  const bool done = false;
  core_->run_until(done);
}

void EventLoop::stop() noexcept {
  core_->stop_requested.store(true);
  core_->io.stop();
}

void EventLoop::run_until_finished(async::PromiseBase& promise, std::coroutine_handle<> task) {
  if (async::current_loop != nullptr) {
    throw Error(
        "EventLoop::block_on called on a thread that already runs an event loop, which would wait "
        "for itself: co_await the task instead");
  }
  if (promise.state() != async::TaskState::fresh) async::throw_task_used_twice();
  const async::CurrentLoop current{*this};
  async::BlockedCaller caller;
  if (!promise.start_observed(task, caller)) return;
  if (!core_->run_until(caller.done)) {
    throw Error("EventLoop::block_on: the loop was stopped before the task had ended");
  }
}

void EventLoop::post(UniqueFunction<void()> function) {
  if (async::current_loop == this) {
    schedule(core_->make_function(std::move(function)));
  } else {
    core_->post_from_elsewhere(std::move(function));
  }
}

void EventLoop::defer(UniqueFunction<void()> function) {
  schedule_at_end_of_turn(core_->make_function(std::move(function)));
}

void EventLoop::spawn(Task<void> task) {
  if (!task) async::throw_empty_task();
  if (task.coroutine().promise().state() != async::TaskState::fresh) async::throw_task_used_twice();
  if (async::current_loop == this) {
    core_->start(std::move(task));
  } else {
    core_->post_from_elsewhere(
        [this, task = std::move(task)]() mutable { core_->start(std::move(task)); });
  }
}

std::size_t EventLoop::spawned_tasks() const noexcept { return core_->spawned.size(); }

void EventLoop::set_error_handler(ErrorHandler handler) {
  core_->error_handler = std::move(handler);
}

void EventLoop::report(std::exception_ptr error, std::string_view where) noexcept {
  if (!core_->error_handler) {
    async::write_to_stderr(error, where);
    return;
  }
  try {
    core_->error_handler(error, where);
  } catch (...) {
    async::write_to_stderr(error, where);
    async::write_to_stderr(std::current_exception(), "the error handler of the event loop");
  }
}

EventLoop& EventLoop::current() {
  if (async::current_loop == nullptr) {
    throw Error(
        "no event loop runs on this thread: asynchronous operations work inside EventLoop::run or "
        "block_on only");
  }
  return *async::current_loop;
}

EventLoop* EventLoop::current_or_null() noexcept { return async::current_loop; }

void EventLoop::add_context(std::size_t slot, ContextObject object) {
  contexts_.reserve(contexts_.size() + 1);
  if (slot >= slots_.size()) slots_.resize(slot + 1, nullptr);
  slots_[slot] = object.object;
  contexts_.push_back(object);
}

TimePoint EventLoop::now() const noexcept {
  timespec coarse{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &coarse);
  return TimePoint{std::chrono::seconds{coarse.tv_sec} + std::chrono::nanoseconds{coarse.tv_nsec}};
}

BlockingPool& EventLoop::blocking_pool() {
  if (core_->pool == nullptr) core_->pool = std::make_shared<BlockingPool>();
  return *core_->pool;
}

void EventLoop::set_blocking_pool(std::shared_ptr<BlockingPool> pool) {
  core_->pool = std::move(pool);
}

void EventLoop::schedule(async::LoopNode& node) {
  core_->ready.push_back(node);
  core_->request_turn();
}

void EventLoop::schedule_at_end_of_turn(async::LoopNode& node) {
  core_->end_of_turn.push_back(node);
  core_->request_turn();
}

}  // namespace roost
