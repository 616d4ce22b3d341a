// What awaiting, posting, timers, deadlines and blocking work cost, per operation.
#include <roost/async/blocking.hpp>
#include <roost/async/deadline.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/async/one_shot.hpp>
#include <roost/async/semaphore.hpp>
#include <roost/async/timers.hpp>
#include <roost/async/when_all.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

namespace {

using namespace roost;
using namespace std::chrono_literals;

Task<int> leaf(int value) { co_return value; }
Task<int> middle(int value) {
  const int result = co_await leaf(value);
  co_return result;
}

/// Each benchmark is one coroutine that loops over the state.
Task<void> nested_await(benchmark::State& state) {
  int value = 0;
  for (auto _ : state) {
    value += co_await middle(1);
    benchmark::DoNotOptimize(value);
  }
  state.SetItemsProcessed(2 * static_cast<std::int64_t>(state.iterations()));
}

Task<void> resumed_by_the_loop(benchmark::State& state) {
  for (auto _ : state) co_await yield();
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

Task<void> posted_function(benchmark::State& state) {
  EventLoop& loop = EventLoop::current();
  for (auto _ : state) {
    OneShot<int> done;
    loop.post([&done] { done.set_value(1); });
    benchmark::DoNotOptimize(co_await done.wait());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

Task<void> end_of_turn(benchmark::State& state) {
  EventLoop& loop = EventLoop::current();
  std::size_t flushes = 0;
  EndOfTurn hook{loop, [&flushes] { ++flushes; }};
  for (auto _ : state) {
    hook.arm();
    co_await yield();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

Task<void> throwing(benchmark::State& state) {
  auto fails = []() -> Task<int> {
    throw std::runtime_error("expected");
    co_return 0;
  };
  for (auto _ : state) {
    try {
      static_cast<void>(co_await fails());
    } catch (const std::runtime_error&) {
    }
  }
}

Task<void> timeout_armed_and_disarmed(benchmark::State& state) {
  EventLoop& loop = EventLoop::current();
  std::vector<std::unique_ptr<Timeout>> timeouts;
  for (int i = 0; i < 10'000; ++i) {
    timeouts.push_back(std::make_unique<Timeout>(loop, [] {}));
  }
  std::size_t next = 0;
  for (auto _ : state) {
    Timeout& timeout = *timeouts[next];
    timeout.arm(5s);
    timeout.disarm();
    next = next + 1 == timeouts.size() ? 0 : next + 1;
  }
  co_return;
}

Task<void> with_a_timeout(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(co_await with_timeout(leaf(1), 5s));
}

Task<void> joined_pair(benchmark::State& state) {
  for (auto _ : state) {
    auto [one, two] = co_await when_all(leaf(1), leaf(2));
    benchmark::DoNotOptimize(one + two);
  }
}

Task<void> mutex_free(benchmark::State& state) {
  AsyncMutex mutex;
  for (auto _ : state) {
    const auto lock = co_await mutex.lock();
  }
}

Task<void> blocking_round_trip(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(co_await run_blocking([] { return 1; }));
}

Task<void> current_time(benchmark::State& state) {
  const EventLoop& loop = EventLoop::current();
  for (auto _ : state) benchmark::DoNotOptimize(loop.now());
  co_return;
}

template <Task<void> (*Body)(benchmark::State&)>
void run(benchmark::State& state) {
  EventLoop loop;
  loop.block_on(Body(state));
}

BENCHMARK(run<nested_await>)->Name("await, ends at once (two per iteration)");
BENCHMARK(run<resumed_by_the_loop>)->Name("await, resumed by the loop");
BENCHMARK(run<posted_function>)->Name("post, completion, await");
BENCHMARK(run<end_of_turn>)->Name("end-of-turn hook and resumption");
BENCHMARK(run<throwing>)->Name("exception through one await");
BENCHMARK(run<timeout_armed_and_disarmed>)->Name("timeout armed and disarmed, 10,000 objects");
BENCHMARK(run<with_a_timeout>)->Name("with_timeout around a task that ends at once");
BENCHMARK(run<joined_pair>)->Name("when_all of two tasks that end at once");
BENCHMARK(run<mutex_free>)->Name("uncontended AsyncMutex");
BENCHMARK(run<blocking_round_trip>)->Name("run_blocking, there and back")->UseRealTime();
BENCHMARK(run<current_time>)->Name("EventLoop::now");

}  // namespace

BENCHMARK_MAIN();
