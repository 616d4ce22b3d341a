// The threads of a group of event loops.
#include <roost/async/blocking.hpp>
#include <roost/async/event_loop_group.hpp>
#include <roost/base/error.hpp>

#include <deque>
#include <exception>
#include <future>
#include <thread>
#include <vector>

namespace roost {

struct EventLoopGroup::State {
  std::deque<EventLoop> loops;
  std::vector<std::thread> threads;
};

EventLoopGroup::EventLoopGroup(std::size_t loops) : state_{std::make_unique<State>()} {
  if (loops == 0) throw Error("EventLoopGroup: needs at least one loop");
  const auto pool = std::make_shared<BlockingPool>();
  for (std::size_t i = 0; i < loops; ++i) {
    state_->loops.emplace_back().set_blocking_pool(pool);
  }
}

EventLoopGroup::~EventLoopGroup() {
  stop();
  join();
}

std::size_t EventLoopGroup::size() const noexcept { return state_->loops.size(); }

EventLoop& EventLoopGroup::loop(std::size_t index) noexcept { return state_->loops[index]; }

void EventLoopGroup::start(Setup setup) {
  if (!state_->threads.empty()) throw Error("EventLoopGroup: started twice");
  for (std::size_t i = 0; i < size(); ++i) {
    EventLoop& loop = state_->loops[i];
    std::promise<void> ready;
    std::future<void> started = ready.get_future();
    loop.post([&] {
      try {
        if (setup) setup(loop, i);
        ready.set_value();
      } catch (...) {
        ready.set_exception(std::current_exception());
      }
    });
    state_->threads.emplace_back([&loop] { loop.run(); });
    try {
      started.get();
    } catch (...) {
      stop();
      join();
      throw;
    }
  }
}

void EventLoopGroup::stop() noexcept {
  for (EventLoop& loop : state_->loops) loop.stop();
}

void EventLoopGroup::join() {
  for (std::thread& thread : state_->threads) thread.join();
  state_->threads.clear();
}

}  // namespace roost
