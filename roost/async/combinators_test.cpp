// What tasks do together: cancellation, deadlines, joining, completions, turns, blocking work.
#include <roost/async/blocking.hpp>
#include <roost/async/cancellation.hpp>
#include <roost/async/deadline.hpp>
#include <roost/async/errors.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/async/one_shot.hpp>
#include <roost/async/semaphore.hpp>
#include <roost/async/synchronized.hpp>
#include <roost/async/timers.hpp>
#include <roost/async/when_all.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace roost {
namespace {

using namespace std::chrono_literals;

Task<int> value_after(Duration delay, int value) {
  co_await sleep_for(delay);
  co_return value;
}
Task<int> failure_after(Duration delay, std::string text) {
  co_await sleep_for(delay);
  throw std::runtime_error(text);
}
/// Notes whether it was cancelled.
Task<int> sleeps_long(bool& cancelled) {
  try {
    co_await sleep_for(1h);
  } catch (const CancelledError&) {
    cancelled = true;
    throw;
  }
  co_return 0;
}

class Together : public testing::Test {
 protected:
  EventLoop loop_;
};
using Cancellation = Together;
using Deadline = Together;
using WhenAll = Together;
using WhenAny = Together;
using OneShotTest = Together;
using Semaphore = Together;
using Blocking = Together;

TEST_F(Cancellation, EndsAWaitAnywhereBelow) {
  CancellationSource source{loop_};
  const TaskContext context{source.token()};
  bool cancelled = false;
  auto outer = [](bool& flag) -> Task<int> {
    const int inner = co_await sleeps_long(flag);
    co_return inner;
  };
  loop_.post([&] { source.request_cancellation(); });
  EXPECT_THROW(loop_.block_on(bind_context(outer(cancelled), context)), CancelledError);
  EXPECT_TRUE(cancelled);
}

TEST_F(Cancellation, EndsTheFirstWaitWhenItCameBefore) {
  CancellationSource source{loop_};
  const TaskContext context{source.token()};
  source.request_cancellation();
  bool cancelled = false;
  EXPECT_THROW(loop_.block_on(bind_context(sleeps_long(cancelled), context)), CancelledError);
  EXPECT_TRUE(cancelled);
}

TEST_F(Cancellation, CallsBackOnceAndOnlyWhileRegistered) {
  CancellationSource source;
  const CancellationToken token = source.token();
  int calls = 0;
  const CancellationCallback kept{token, [&] { ++calls; }};
  {
    const CancellationCallback gone{token, [&] { calls += 100; }};
  }
  EXPECT_FALSE(token.cancellation_requested());
  EXPECT_NO_THROW(token.throw_if_cancelled());
  source.request_cancellation();
  source.request_cancellation();
  EXPECT_EQ(calls, 1);
  const CancellationCallback late{token, [&] { calls += 10; }};
  EXPECT_EQ(calls, 11);
  EXPECT_THROW(token.throw_if_cancelled(), CancelledError);
}

TEST_F(Cancellation, KeepsATokenValidAfterItsSource) {
  CancellationToken token;
  EXPECT_FALSE(token.can_be_cancelled());
  {
    const CancellationSource source;
    token = source.token();
  }
  EXPECT_TRUE(token.can_be_cancelled());
  EXPECT_FALSE(token.cancellation_requested());
}

Task<TimePoint> ambient_deadline() {
  const TaskContext context = co_await current_context();
  co_return context.deadline();
}

TEST_F(Deadline, IsVisibleInTheContextAndTheNearestOneCounts) {
  EXPECT_EQ(loop_.block_on(ambient_deadline()), TimePoint::max());
  const TimePoint soon = Clock::now() + 1h;
  EXPECT_EQ(loop_.block_on(with_deadline(ambient_deadline(), soon)), soon);
  EXPECT_EQ(loop_.block_on(with_deadline(with_deadline(ambient_deadline(), soon + 1h), soon)),
            soon);
  EXPECT_EQ(loop_.block_on(with_deadline(with_deadline(ambient_deadline(), soon), soon + 1h)),
            soon);
}

TEST_F(Deadline, GivesTheResultOfWorkThatIsInTime) {
  EXPECT_EQ(loop_.block_on(with_timeout(value_after(1ms, 3), 5s)), 3);
  EXPECT_THROW(loop_.block_on(with_timeout(failure_after(1ms, "x"), 5s)), std::runtime_error);
}

TEST_F(Deadline, CancelsAndThrowsWhenItPasses) {
  bool cancelled = false;
  EXPECT_THROW(loop_.block_on(with_timeout(sleeps_long(cancelled), 10ms)), TimeoutError);
  EXPECT_TRUE(cancelled);
}

Task<bool> started(bool& flag) {
  flag = true;
  co_return true;
}

TEST_F(Deadline, DoesNotBeginWhenItHasPassed) {
  bool began = false;
  EXPECT_THROW(loop_.block_on(with_deadline(started(began), Clock::now() - 1ms)), TimeoutError);
  EXPECT_FALSE(began);
}

Task<std::string> tells_which_timeout() {
  bool cancelled = false;
  try {
    Task<int> inner = with_timeout(sleeps_long(cancelled), 1h);
    static_cast<void>(co_await std::move(inner));
  } catch (const TimeoutError&) {
    co_return "inner timed out";
  } catch (const CancelledError&) {
    throw;
  }
  co_return "ended";
}

TEST_F(Deadline, OfTheOuterWorkIsNoTimeoutOfTheInner) {
  EXPECT_THROW(loop_.block_on(with_timeout(tells_which_timeout(), 10ms)), TimeoutError);
}

Task<int> ignores_cancellation() {
  try {
    co_await sleep_for(1h);
  } catch (const CancelledError&) {
  }
  co_return 8;
}

TEST_F(Deadline, KeepsAValueThatCameInSpiteOfIt) {
  EXPECT_EQ(loop_.block_on(with_timeout(ignores_cancellation(), 10ms)), 8);
}

TEST_F(WhenAll, GivesResultsInOrder) {
  std::vector<Task<int>> tasks;
  for (int i = 0; i < 5; ++i)
    tasks.push_back(value_after(std::chrono::milliseconds{10 - 2 * i}, i));
  EXPECT_EQ(loop_.block_on(when_all(std::move(tasks))), (std::vector<int>{0, 1, 2, 3, 4}));
  EXPECT_TRUE(loop_.block_on(when_all(std::vector<Task<int>>{})).empty());
}

Task<int> immediately(int value) { co_return value; }
Task<void> nothing_after(Duration delay) { co_await sleep_for(delay); }
Task<int&> same(int& value) { co_return value; }
Task<std::unique_ptr<int>> owned(int value) { co_return std::make_unique<int>(value); }

Task<std::string> joins_different_types() {
  int value = 3;
  auto [number, none, reference, pointer] =
      co_await when_all(immediately(1), nothing_after(2ms), same(value), owned(9));
  *reference = 4;
  EXPECT_EQ(none, Nothing{});
  co_return std::to_string(number) + std::to_string(value) + std::to_string(*pointer);
}

TEST_F(WhenAll, JoinsDifferentTypes) { EXPECT_EQ(loop_.block_on(joins_different_types()), "149"); }

Task<void> comes_and_goes(std::string& log) {
  log += '+';
  co_await yield();
  log += '-';
}

TEST_F(WhenAll, RunsTasksAtTheSameTime) {
  std::string log;
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 3; ++i) tasks.push_back(comes_and_goes(log));
  loop_.block_on(when_all(std::move(tasks)));
  EXPECT_EQ(log, "+++---");
}

TEST_F(WhenAll, ThrowsTheFirstFailureAfterCancellingTheOthers) {
  bool cancelled = false;
  std::vector<Task<int>> tasks;
  tasks.push_back(sleeps_long(cancelled));
  tasks.push_back(failure_after(20ms, "second"));
  tasks.push_back(failure_after(5ms, "first"));
  try {
    static_cast<void>(loop_.block_on(when_all(std::move(tasks))));
    FAIL() << "no exception";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "first");
  }
  EXPECT_TRUE(cancelled);
}

TEST_F(WhenAll, DoesNotStartTasksAfterAFailure) {
  bool began = false;
  std::vector<Task<int>> tasks;
  auto fails_at_once = []() -> Task<int> {
    throw std::runtime_error("at once");
    co_return 1;
  };
  auto starts = [&]() -> Task<int> {
    began = true;
    co_return 1;
  };
  tasks.push_back(fails_at_once());
  tasks.push_back(starts());
  EXPECT_THROW(static_cast<void>(loop_.block_on(when_all(std::move(tasks)))), std::runtime_error);
  EXPECT_FALSE(began);
}

TEST_F(WhenAll, IsCancelledWithItsCaller) {
  bool one = false;
  bool two = false;
  EXPECT_THROW(static_cast<void>(loop_.block_on(
                   with_timeout(when_all(sleeps_long(one), sleeps_long(two)), 10ms))),
               TimeoutError);
  EXPECT_TRUE(one && two);
}

TEST_F(WhenAll, CanBeDestroyedWhileItWaits) {
  EventLoop loop;
  loop.spawn([]() -> Task<void> {
    bool one = false;
    bool two = false;
    static_cast<void>(co_await when_all(sleeps_long(one), sleeps_long(two)));
  }());
  loop.block_on(sleep_for(1ms));
  EXPECT_EQ(loop.spawned_tasks(), 1U);
}

TEST_F(WhenAny, GivesTheFirstAndCancelsTheOthers) {
  bool cancelled = false;
  std::vector<Task<int>> tasks;
  tasks.push_back(sleeps_long(cancelled));
  tasks.push_back(value_after(5ms, 11));
  const auto first = loop_.block_on(when_any(std::move(tasks)));
  EXPECT_EQ(first.index, 1U);
  EXPECT_EQ(first.value, 11);
  EXPECT_TRUE(cancelled);
}

TEST_F(WhenAny, ThrowsWhenTheFirstFailsAndWhenThereIsNone) {
  bool cancelled = false;
  std::vector<Task<int>> tasks;
  tasks.push_back(sleeps_long(cancelled));
  tasks.push_back(failure_after(1ms, "lost"));
  EXPECT_THROW(static_cast<void>(loop_.block_on(when_any(std::move(tasks)))), std::runtime_error);
  EXPECT_THROW(static_cast<void>(loop_.block_on(when_any(std::vector<Task<int>>{}))), Error);
}

TEST_F(OneShotTest, GivesAValueThatCameBeforeOrAfterTheWait) {
  OneShot<std::string> before;
  before.set_value("early");
  before.set_value("ignored");
  EXPECT_EQ(loop_.block_on(before.wait()), "early");
  OneShot<std::string> after;
  loop_.post([&] { after.set_value("late"); });
  EXPECT_EQ(loop_.block_on(after.wait()), "late");
  OneShot<> none;
  loop_.post([&] { none.set_value(); });
  loop_.block_on(none.wait());
}

TEST_F(OneShotTest, ThrowsWhatItWasGiven) {
  OneShot<int> failed;
  loop_.post([&] {
    failed.set_exception(std::make_exception_ptr(std::runtime_error("connection lost")));
  });
  EXPECT_THROW(loop_.block_on(failed.wait()), std::runtime_error);
}

TEST_F(OneShotTest, MayBeCompletedAfterItsWaiterGaveUp) {
  OneShot<int> one_shot;
  EXPECT_THROW(loop_.block_on(with_timeout(one_shot.wait(), 5ms)), TimeoutError);
  one_shot.set_value(1);
  EXPECT_TRUE(one_shot.ready());
}

TEST_F(OneShotTest, ForgetsAWaiterThatIsDestroyedAfterCompletion) {
  auto waits = [](OneShot<int>& one_shot) -> Task<void> {
    static_cast<void>(co_await one_shot.wait());
  };
  OneShot<int> one_shot;
  {
    EventLoop loop;
    loop.spawn(waits(one_shot));
    loop.post([&] {
      one_shot.set_value(1);
      loop.stop();
    });
    loop.run();
  }
}

TEST_F(OneShotTest, IsCompletedByAnotherThread) {
  const Completion<std::string> completion{loop_};
  std::thread other{[completion] { completion.complete("from afar"); }};
  EXPECT_EQ(loop_.block_on(completion.wait()), "from afar");
  other.join();
  const Completion<> failing{loop_};
  std::thread third{
      [failing] { failing.fail(std::make_exception_ptr(std::runtime_error("lost"))); }};
  EXPECT_THROW(loop_.block_on(failing.wait()), std::runtime_error);
  third.join();
}

Task<void> works_alone(AsyncMutex& mutex, std::string& log, char name) {
  auto lock = co_await mutex.lock();
  log += name;
  co_await sleep_for(1ms);
  log += name;
}

TEST_F(Semaphore, LetsOneTaskInAtATimeInOrder) {
  AsyncMutex mutex;
  std::string log;
  std::vector<Task<void>> tasks;
  for (const char name : std::string{"abcd"}) tasks.push_back(works_alone(mutex, log, name));
  loop_.block_on(when_all(std::move(tasks)));
  EXPECT_EQ(log, "aabbccdd");
  EXPECT_TRUE(mutex.try_lock());
}

Task<void> takes(AsyncSemaphore& semaphore) {
  const auto permit = co_await semaphore.acquire();
  co_await sleep_for(1h);
}

TEST_F(Semaphore, PassesOverWaitersThatGaveUp) {
  AsyncSemaphore semaphore{2};
  auto first = semaphore.try_acquire();
  auto second = semaphore.try_acquire();
  EXPECT_FALSE(semaphore.try_acquire());
  EXPECT_THROW(loop_.block_on(with_timeout(takes(semaphore), 5ms)), TimeoutError);
  first.release();
  EXPECT_EQ(semaphore.available(), 1U);
  second = {};
  EXPECT_EQ(semaphore.available(), 2U);
}

TEST_F(Semaphore, TakesAPermitBackFromAWaiterThatIsDestroyedBeforeItRuns) {
  AsyncSemaphore semaphore{1};
  auto permit = semaphore.try_acquire();
  {
    EventLoop loop;
    loop.spawn(takes(semaphore));
    loop.post([&] {
      permit.release();
      loop.stop();
    });
    loop.run();
  }
  EXPECT_EQ(semaphore.available(), 1U);
}

TEST_F(Blocking, RunsOnAnotherThreadAndComesBack) {
  const auto home = std::this_thread::get_id();
  std::thread::id there;
  std::thread::id back;
  auto work = [&]() -> Task<int> {
    auto blocking = [&] {
      there = std::this_thread::get_id();
      return 5;
    };
    const int result = co_await run_blocking(std::move(blocking));
    back = std::this_thread::get_id();
    co_return result;
  };
  EXPECT_EQ(loop_.block_on(work()), 5);
  EXPECT_NE(there, home);
  EXPECT_EQ(back, home);
}

TEST_F(Blocking, CarriesMoveOnlyResultsAndExceptions) {
  EXPECT_EQ(*loop_.block_on(run_blocking([] { return std::make_unique<int>(3); })), 3);
  EXPECT_THROW(loop_.block_on(run_blocking([] { throw std::runtime_error("disk full"); })),
               std::runtime_error);
}

TEST_F(Blocking, RefusesWorkWhenItsQueueIsFull) {
  loop_.set_blocking_pool(std::make_shared<BlockingPool>(1, 1));
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 4; ++i) {
    tasks.push_back(run_blocking([] { std::this_thread::sleep_for(20ms); }));
  }
  EXPECT_THROW(loop_.block_on(when_all(std::move(tasks))), OverloadError);
  loop_.block_on(run_blocking([] {}));
}

TEST_F(Blocking, TakesQueuedWorkBackAndWaitsForRunningWork) {
  loop_.set_blocking_pool(std::make_shared<BlockingPool>(1));
  bool first = false;
  bool second = false;
  auto slow = [&] {
    std::this_thread::sleep_for(30ms);
    first = true;
  };
  auto never = [&] { second = true; };
  EXPECT_THROW(static_cast<void>(loop_.block_on(
                   with_timeout(when_all(run_blocking(slow), run_blocking(never)), 10ms))),
               TimeoutError);
  EXPECT_TRUE(first);
  EXPECT_FALSE(second);
}

TEST_F(Blocking, IsWaitedForWhenItsCallerIsDestroyed) {
  std::atomic<bool> began{false};
  bool ended = false;
  {
    EventLoop loop;
    loop.spawn(run_blocking([&] {
      began = true;
      std::this_thread::sleep_for(20ms);
      ended = true;
    }));
    while (!began) loop.block_on(sleep_for(1ms));  // what no thread has taken is taken back
  }
  EXPECT_TRUE(ended);
}

TEST(SynchronizedTest, ReadsAndChangesUnderItsLock) {
  Synchronized<std::vector<int>> numbers{std::vector<int>(2, 1)};
  numbers.with([](std::vector<int>& all) { all.push_back(5); });
  EXPECT_EQ(numbers.read([](const std::vector<int>& all) { return all.size(); }), 3U);
  const Synchronized<int> none;
  EXPECT_EQ(none.read([](const int& value) { return value; }), 0);
}

}  // namespace
}  // namespace roost
