// The pool's threads and queue, and how a result gets back to its loop.
#include <roost/async/blocking.hpp>
#include <roost/async/errors.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace roost {

struct BlockingPool::State {
  std::mutex mutex;
  std::condition_variable work_arrived;
  async::LoopList queue;
  std::size_t queued = 0;
  std::size_t idle = 0;
  std::size_t thread_limit = 0;
  std::size_t queue_limit = 0;
  bool closing = false;
  std::vector<std::thread> threads;

  void run_thread() {
    std::unique_lock lock{mutex};
    for (;;) {
      if (async::LoopNode* work = queue.pop_front(); work != nullptr) {
        --queued;
        lock.unlock();
        static_cast<async::BlockingWait*>(work)->run_on_thread();
        lock.lock();
        continue;
      }
      if (closing) return;
      ++idle;
      work_arrived.wait(lock);
      --idle;
    }
  }
};

BlockingPool::BlockingPool()
    : BlockingPool{std::max<std::size_t>(4, std::thread::hardware_concurrency())} {}

BlockingPool::BlockingPool(std::size_t threads, std::size_t queue_limit)
    : state_{std::make_unique<State>()} {
  if (threads == 0) throw Error("BlockingPool: needs at least one thread");
  state_->thread_limit = threads;
  state_->queue_limit = queue_limit;
}

BlockingPool::~BlockingPool() {
  {
    const std::lock_guard lock{state_->mutex};
    state_->closing = true;
  }
  state_->work_arrived.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

void BlockingPool::submit(async::BlockingWait& work) {
  const std::lock_guard lock{state_->mutex};
  const bool can_grow = state_->threads.size() < state_->thread_limit;
  if (state_->queued >= state_->queue_limit + state_->idle && !can_grow) {
    throw OverloadError("run_blocking: " + std::to_string(state_->queued) +
                        " calls already wait for " + std::to_string(state_->thread_limit) +
                        " threads; answer with 503, or make the BlockingPool larger");
  }
  if (state_->queued >= state_->idle && can_grow) {
    State* state = state_.get();
    state_->threads.emplace_back([state] { state->run_thread(); });
  }
  state_->queue.push_back(work);
  ++state_->queued;
  state_->work_arrived.notify_one();
}

bool BlockingPool::withdraw(async::BlockingWait& work) noexcept {
  const std::lock_guard lock{state_->mutex};
  if (!work.linked()) return false;
  work.unlink();
  --state_->queued;
  return true;
}

namespace async {

/// Outlives the wait, so that a result which comes after its coroutine's end finds nobody.
struct BlockingWait::Delivery {
  void wait_until_ended() {
    std::unique_lock lock{mutex};
    ended_signal.wait(lock, [this] { return ended; });
  }

  std::mutex mutex;
  std::condition_variable ended_signal;
  bool ended = false;
  BlockingWait* waiter = nullptr;  // the loop's thread only
};

BlockingWait::BlockingWait() : LoopNode{[](LoopNode&) {}} {}
BlockingWait::~BlockingWait() = default;

void BlockingWait::submit() {
  BlockingPool& pool = loop().blocking_pool();
  delivery_ = std::make_shared<Delivery>();
  delivery_->waiter = this;
  pool_ = &pool;
  try {
    pool.submit(*this);
  } catch (...) {
    delivery_ = nullptr;
    pool_ = nullptr;
    throw;
  }
}

void BlockingWait::leave() noexcept {
  if (delivery_ != nullptr) {
    if (waiting() && !abandon()) delivery_->wait_until_ended();
    delivery_->waiter = nullptr;
  }
  cancel_wait();
}

void BlockingWait::run_on_thread() noexcept {
  // From `ended` on the frame may be gone.
  const std::shared_ptr<Delivery> delivery = delivery_;
  EventLoop& home = loop();
  execute();
  home.post([delivery] {
    delivery->wait_until_ended();  // this thread may still be inside `post`
    if (delivery->waiter != nullptr) delivery->waiter->complete();
  });
  const std::lock_guard lock{delivery->mutex};
  delivery->ended = true;
  delivery->ended_signal.notify_all();
}

bool BlockingWait::abandon() noexcept { return pool_ == nullptr || pool_->withdraw(*this); }

}  // namespace async
}  // namespace roost
