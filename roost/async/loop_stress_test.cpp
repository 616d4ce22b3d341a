// What several threads do to loops at once; also run under ThreadSanitizer.
#include <roost/async/blocking.hpp>
#include <roost/async/cancellation.hpp>
#include <roost/async/deadline.hpp>
#include <roost/async/errors.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/async/event_loop_group.hpp>
#include <roost/async/one_shot.hpp>
#include <roost/async/synchronized.hpp>
#include <roost/async/timers.hpp>
#include <roost/async/when_all.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace roost {
namespace {

using namespace std::chrono_literals;

TEST(LoopStress, RunsWhatManyThreadsPostInEachOnesOrder) {
  constexpr int threads = 4;
  constexpr int posts = 5'000;
  EventLoop loop;
  std::vector<int> last(threads, -1);
  int ran = 0;
  bool in_order = true;
  std::vector<std::thread> posters;
  for (std::size_t thread = 0; thread < threads; ++thread) {
    posters.emplace_back([&, thread] {
      for (int i = 0; i < posts; ++i) {
        loop.post([&, thread, i] {
          in_order = in_order && last[thread] == i - 1;
          last[thread] = i;
          if (++ran == threads * posts) loop.stop();
        });
      }
    });
  }
  loop.run();
  for (std::thread& poster : posters) poster.join();
  EXPECT_EQ(ran, threads * posts);
  EXPECT_TRUE(in_order);
}

TEST(LoopStress, StopsWheneverAnotherThreadSaysSo) {
  for (int i = 0; i < 300; ++i) {
    EventLoop loop;
    std::thread stopper{[&] { loop.stop(); }};
    loop.run();
    stopper.join();
  }
}

Task<void> asks(Completion<std::size_t> completion, EventLoop& other, std::size_t value) {
  other.post([completion, value] { completion.complete(value); });
  const std::size_t answer = co_await completion.wait();
  EXPECT_EQ(answer, value);
}
Task<void> asks_all(EventLoopGroup& group, std::size_t index, std::atomic<int>& done) {
  for (std::size_t i = 0; i < 300; ++i) {
    const Completion<std::size_t> completion;
    co_await asks(completion, group.loop((index + i) % group.size()), i);
  }
  ++done;
}

TEST(LoopStress, CompletesAcrossThreads) {
  EventLoopGroup group{3};
  std::atomic<int> done{0};
  group.start(
      [&](EventLoop& loop, std::size_t index) { loop.spawn(asks_all(group, index, done)); });
  while (done < 3) std::this_thread::sleep_for(1ms);
  group.stop();
  group.join();
}

/// Frames that one thread makes and another destroys.
TEST(LoopStress, FreesFramesOnAnotherThread) {
  EventLoop loop;
  std::thread maker{[&] {
    for (int i = 0; i < 3'000; ++i) {
      loop.spawn([](int number) -> Task<void> {
        static_cast<void>(number);
        co_await yield();
      }(i));
    }
    loop.post([&] { loop.stop(); });
  }};
  loop.run();
  maker.join();
  loop.block_on(sleep_for(1ms));
  EXPECT_EQ(loop.spawned_tasks(), 0U);
}

Task<void> naps_until_cancelled(std::atomic<int>& cancelled) {
  try {
    for (;;) co_await sleep_for(100us);
  } catch (const CancelledError&) {
    ++cancelled;
  }
}

TEST(LoopStress, IsCancelledByAnotherThread) {
  std::atomic<int> cancelled{0};
  for (int i = 0; i < 100; ++i) {
    EventLoop loop;
    CancellationSource source{loop};
    const CancellationToken token = source.token();
    const TaskContext context{token};
    std::thread canceller{[&] {
      source.request_cancellation();
      EXPECT_TRUE(token.cancellation_requested());
    }};
    loop.block_on(bind_context(naps_until_cancelled(cancelled), context));
    canceller.join();
  }
  EXPECT_EQ(cancelled, 100);
}

Task<std::size_t> blocks_much(std::size_t calls, bool with_deadline_too) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < calls; ++i) {
    Task<std::size_t> call = run_blocking([i] { return i; });
    if (with_deadline_too) call = with_timeout(std::move(call), 10s);
    sum += co_await std::move(call);
  }
  co_return sum;
}

TEST(LoopStress, SharesABlockingPoolBetweenLoops) {
  EventLoopGroup group{3};
  std::atomic<int> done{0};
  std::atomic<std::size_t> sum{0};
  group.start([&](EventLoop& loop, std::size_t) {
    loop.spawn([](std::atomic<int>& ended, std::atomic<std::size_t>& total) -> Task<void> {
      const std::size_t plain = co_await blocks_much(200, false);
      const std::size_t limited = co_await blocks_much(200, true);
      total += plain + limited;
      ++ended;
    }(done, sum));
  });
  while (done < 3) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(sum, 3U * 2U * 19'900U);
}

Task<void> blocks_for_ever(std::atomic<int>& calls) {
  for (;;) {
    co_await run_blocking([&calls] {
      ++calls;
      std::this_thread::sleep_for(50us);
    });
  }
}

Task<void> until_some_ran(const std::atomic<int>& calls) {
  const int before = calls;
  while (calls == before) co_await sleep_for(100us);
}

TEST(LoopStress, IsDestroyedWhileWorkRunsOnThePool) {
  std::atomic<int> calls{0};
  for (int i = 0; i < 50; ++i) {
    const auto pool = std::make_shared<BlockingPool>(2);
    EventLoop loop;
    loop.set_blocking_pool(pool);
    for (int task = 0; task < 4; ++task) loop.spawn(blocks_for_ever(calls));
    loop.block_on(until_some_ran(calls));
  }
  EXPECT_GE(calls, 50);
}

Task<void> gives_up_blocking(int attempts) {
  for (int i = 0; i < attempts; ++i) {
    try {
      co_await with_timeout(run_blocking([] { std::this_thread::sleep_for(100us); }), 100us);
    } catch (const TimeoutError&) {
    }
  }
}

TEST(LoopStress, CancelsBlockingWorkAtAnyMoment) {
  EventLoop loop;
  loop.set_blocking_pool(std::make_shared<BlockingPool>(1));
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 4; ++i) tasks.push_back(gives_up_blocking(100));
  loop.block_on(when_all(std::move(tasks)));
}

TEST(LoopStress, CountsUnderSynchronized) {
  Synchronized<std::vector<int>> shared;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i) {
        shared.with([&](std::vector<int>& all) { all.push_back(i); });
        static_cast<void>(shared.read([](const std::vector<int>& all) { return all.size(); }));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(shared.read([](const std::vector<int>& all) { return all.size(); }), 3'000U);
}

TEST(LoopStress, StartsAndStopsGroups) {
  for (int i = 0; i < 30; ++i) {
    EventLoopGroup group{2};
    std::atomic<int> set_up{0};
    group.start([&](EventLoop& loop, std::size_t) {
      EXPECT_EQ(&EventLoop::current(), &loop);
      ++set_up;
    });
    EXPECT_EQ(set_up, 2);
  }
}

}  // namespace
}  // namespace roost
