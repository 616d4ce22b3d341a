// The event loop: turns, posting, spawning, timers, timeouts, descriptors, context objects.
#include <roost/async/deadline.hpp>
#include <roost/async/descriptor.hpp>
#include <roost/async/errors.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/async/event_loop_group.hpp>
#include <roost/async/timers.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace roost {
namespace {

using namespace std::chrono_literals;

std::string message_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& exception) {
    return exception.what();
  }
}

TEST(EventLoop, RunsPostedFunctionsInOrder) {
  EventLoop loop;
  std::string order;
  loop.post([&] {
    order += 'a';
    loop.post([&] {
      order += 'c';
      loop.post([&] { loop.stop(); });
    });
  });
  loop.post([&] { order += 'b'; });
  loop.run();
  EXPECT_EQ(order, "abc");
}

TEST(EventLoop, KnowsTheLoopOfItsThread) {
  EXPECT_EQ(EventLoop::current_or_null(), nullptr);
  EXPECT_THROW(static_cast<void>(EventLoop::current()), Error);
  EventLoop loop;
  loop.post([&] {
    EXPECT_EQ(&EventLoop::current(), &loop);
    loop.stop();
  });
  loop.run();
  EXPECT_EQ(EventLoop::current_or_null(), nullptr);
}

TEST(EventLoop, RunsAgainAfterAStopAndKeepsWorkForIt) {
  EventLoop loop;
  int runs = 0;
  loop.stop();
  loop.run();
  for (int i = 0; i < 2; ++i) {
    loop.post([&] {
      ++runs;
      loop.stop();
    });
    loop.run();
  }
  EXPECT_EQ(runs, 2);
}

TEST(EventLoop, RefusesToRunInsideALoop) {
  EventLoop loop;
  EventLoop other;
  loop.post([&] {
    EXPECT_THROW(other.run(), Error);
    EXPECT_THROW(loop.block_on(sleep_for(0ms)), Error);
    loop.stop();
  });
  loop.run();
}

TEST(EventLoop, SaysWhenItIsStoppedUnderABlockedCaller) {
  EventLoop loop;
  loop.post([&] { loop.stop(); });
  EXPECT_THROW(loop.block_on(sleep_for(1h)), Error);
}

TEST(EventLoop, RunsHooksAfterTheWorkOfTheTurn) {
  EventLoop loop;
  std::string order;
  int flushes = 0;
  EndOfTurn flush{loop, [&] {
                    ++flushes;
                    order += '|';
                  }};
  loop.post([&] {
    flush.arm();
    order += 'a';
    loop.post([&] {
      flush.arm();
      order += 'c';
    });
  });
  loop.post([&] {
    flush.arm();
    order += 'b';
  });
  loop.defer([&] { order += 'd'; });
  loop.block_on(sleep_for(20ms));
  EXPECT_EQ(order, "abcd|");
  EXPECT_EQ(flushes, 1);
}

TEST(EventLoop, RunsAHookThatIsArmedFromAHook) {
  EventLoop loop;
  int rounds = 0;
  std::optional<EndOfTurn> again;
  again.emplace(loop, [&] {
    if (++rounds < 3) again->arm();
  });
  again->arm();
  loop.block_on(sleep_for(20ms));
  EXPECT_EQ(rounds, 3);
}

TEST(EventLoop, ForgetsAHookThatIsDestroyed) {
  EventLoop loop;
  bool ran = false;
  {
    EndOfTurn hook{loop, [&] { ran = true; }};
    hook.arm();
  }
  loop.block_on(sleep_for(5ms));
  EXPECT_FALSE(ran);
}

Task<void> posts_for_ever(EventLoop& loop, const bool& stop) {
  while (!stop) {
    bool posted = false;
    loop.post([&] { posted = true; });
    while (!posted) co_await yield();
  }
}

TEST(EventLoop, ServesTimersWhileWorkIsPostedWithoutEnd) {
  EventLoop loop;
  bool stop = false;
  loop.spawn(posts_for_ever(loop, stop));
  loop.block_on(sleep_for(20ms));
  stop = true;
  loop.block_on(sleep_for(1ms));
  EXPECT_EQ(loop.spawned_tasks(), 0U);
}

Task<void> fails_after(Duration delay) {
  co_await sleep_for(delay);
  throw std::runtime_error("spawned work failed");
}

TEST(EventLoop, GivesEscapedExceptionsToItsErrorHandler) {
  EventLoop loop;
  std::vector<std::string> reports;
  loop.set_error_handler([&](const std::exception_ptr& error, std::string_view where) {
    reports.push_back(std::string{where} + ": " + message_of(error));
  });
  loop.spawn(fails_after(0ms));
  loop.post([] { throw std::runtime_error("posted work failed"); });
  loop.block_on(sleep_for(20ms));
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(loop.spawned_tasks(), 0U);
  std::sort(reports.begin(), reports.end());
  EXPECT_EQ(reports[0], "a posted function: posted work failed");
  EXPECT_EQ(reports[1], "a spawned task: spawned work failed");
}

TEST(EventLoop, WritesEscapedExceptionsToStderrByDefault) {
  EventLoop loop;
  testing::internal::CaptureStderr();
  loop.spawn(fails_after(0ms));
  loop.block_on(sleep_for(10ms));
  EXPECT_NE(testing::internal::GetCapturedStderr().find("spawned work failed"), std::string::npos);
}

TEST(EventLoop, SurvivesAnErrorHandlerThatThrows) {
  EventLoop loop;
  loop.set_error_handler(
      [](const std::exception_ptr& error, std::string_view) { std::rethrow_exception(error); });
  testing::internal::CaptureStderr();
  loop.spawn(fails_after(0ms));
  loop.block_on(sleep_for(10ms));
  EXPECT_NE(testing::internal::GetCapturedStderr().find("the error handler"), std::string::npos);
}

struct Journal {
  std::string text;
};
struct FirstPart {
  explicit FirstPart(EventLoop& owner) : loop{owner} {}
  ~FirstPart() { journal->text += "first;"; }
  EventLoop& loop;
  Journal* journal = nullptr;
};
struct SecondPart {
  ~SecondPart() { journal->text += "second;"; }
  Journal* journal = nullptr;
};

TEST(EventLoop, OwnsOneObjectOfATypeAndDestroysInReverseOrder) {
  Journal journal;
  {
    EventLoop loop;
    loop.context<FirstPart>().journal = &journal;
    loop.context<SecondPart>().journal = &journal;
    EXPECT_EQ(&loop.context<FirstPart>().loop, &loop);
    EXPECT_EQ(&loop.context<SecondPart>(), &loop.context<SecondPart>());
    EventLoop other;
    EXPECT_NE(&loop.context<FirstPart>(), &other.context<FirstPart>());
    other.context<FirstPart>().journal = &journal;
  }
  EXPECT_EQ(journal.text, "first;second;first;");
}

TEST(EventLoop, DropsWhatWasPostedAndNeverRan) {
  auto kept = std::make_shared<int>(1);
  {
    EventLoop loop;
    loop.post([kept] {});
    loop.spawn([](std::shared_ptr<int> held) -> Task<void> {
      static_cast<void>(held);
      co_await sleep_for(1h);
    }(kept));
  }
  EXPECT_EQ(kept.use_count(), 1);
}

TEST(EventLoop, TellsTheTime) {
  EventLoop loop;
  const TimePoint before = Clock::now();
  EXPECT_LT(before - loop.now(), 100ms);
  EXPECT_LE(loop.now(), Clock::now());
}

Task<void> notes_at(TimePoint when, char name, std::string& order) {
  co_await sleep_until(when);
  order += name;
}

TEST(Timers, EndInTheOrderOfTheirTimes) {
  EventLoop loop;
  std::string order;
  const TimePoint start = Clock::now() + 5ms;
  loop.spawn(notes_at(start + 3ms, 'c', order));
  loop.spawn(notes_at(start + 1ms, 'a', order));
  loop.spawn(notes_at(start + 2ms, 'b', order));
  loop.spawn(notes_at(start - 1h, '0', order));
  loop.block_on(sleep_until(start + 4ms));
  EXPECT_EQ(order, "0abc");
}

TEST(Timers, OfOneTimeEndInTheOrderOfTheirStart) {
  EventLoop loop;
  std::string order;
  const TimePoint when = Clock::now() + 10ms;
  for (const char name : std::string{"abcdefgh"}) loop.spawn(notes_at(when, name, order));
  loop.block_on(sleep_until(when + 1ms));
  EXPECT_EQ(order, "abcdefgh");
}

TEST(Timers, NeverEndEarly) {
  EventLoop loop;
  const TimePoint before = Clock::now();
  loop.block_on(sleep_for(15ms));
  EXPECT_GE(Clock::now() - before, 15ms);
}

TEST(Timers, MayBeFarAwayAndForgotten) {
  EventLoop loop;
  loop.spawn(sleep_for(Duration::max()));
  loop.spawn(sleep_until(TimePoint::max()));
  loop.block_on(sleep_for(1ms));
  EXPECT_EQ(loop.spawned_tasks(), 2U);
}

Task<void> notes_unless_cancelled(TimePoint when, int number, std::vector<int>& order) {
  try {
    co_await sleep_until(when);
    order.push_back(number);
  } catch (const CancelledError&) {
  }
}

TEST(Timers, StayInOrderWhenSomeAreTakenAway) {
  EventLoop loop;
  std::vector<int> order;
  std::vector<CancellationSource> sources;
  std::vector<std::unique_ptr<TaskContext>> contexts;
  const TimePoint start = Clock::now() + 20ms;
  for (int i = 0; i < 200; ++i) {
    sources.emplace_back(loop);
    contexts.push_back(std::make_unique<TaskContext>(sources.back().token()));
    const int delay = (i * 37) % 50;
    loop.spawn(bind_context(
        notes_unless_cancelled(start + std::chrono::microseconds{100 * delay}, delay, order),
        *contexts.back()));
  }
  loop.post([&] {
    for (std::size_t i = 0; i < sources.size(); i += 3) sources[i].request_cancellation();
  });
  loop.block_on(sleep_until(start + 10ms));
  EXPECT_EQ(order.size(), 200U - 67U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(Timeout, FiresOnceAndNotEarly) {
  EventLoop loop;
  int fired = 0;
  TimePoint when;
  Timeout timeout{loop, [&] {
                    ++fired;
                    when = Clock::now();
                  }};
  const TimePoint before = Clock::now();
  timeout.arm(50ms);
  EXPECT_TRUE(timeout.armed());
  loop.block_on(sleep_for(300ms));
  EXPECT_EQ(fired, 1);
  EXPECT_FALSE(timeout.armed());
  EXPECT_GE(when - before, 50ms);
}

TEST(Timeout, DoesNotFireWhenDisarmedOrDestroyed) {
  EventLoop loop;
  int fired = 0;
  Timeout disarmed{loop, [&] { ++fired; }};
  disarmed.arm(10ms);
  disarmed.disarm();
  {
    Timeout destroyed{loop, [&] { ++fired; }};
    destroyed.arm(10ms);
  }
  loop.block_on(sleep_for(200ms));
  EXPECT_EQ(fired, 0);
}

TEST(Timeout, CanBeMovedToALaterAndToAnEarlierTime) {
  EventLoop loop;
  std::string order;
  Timeout later{loop, [&] { order += 'l'; }};
  Timeout earlier{loop, [&] { order += 'e'; }};
  later.arm(10ms);
  later.arm(1s);
  earlier.arm(1h);
  earlier.arm(10ms);
  loop.block_on(sleep_for(200ms));
  EXPECT_EQ(order, "e");
  loop.block_on(sleep_for(1s));
  EXPECT_EQ(order, "el");
}

TEST(Timeout, MayDestroyOrArmItselfInItsFunction) {
  EventLoop loop;
  std::unique_ptr<Timeout> suicidal;
  suicidal = std::make_unique<Timeout>(loop, [&] { suicidal = nullptr; });
  suicidal->arm(1ms);
  int fired = 0;
  std::unique_ptr<Timeout> again;
  again = std::make_unique<Timeout>(loop, [&] {
    if (++fired < 2) again->arm(1ms);
  });
  again->arm(1ms);
  loop.block_on(sleep_for(450ms));
  EXPECT_EQ(suicidal, nullptr);
  EXPECT_EQ(fired, 2);
}

TEST(Timeout, FiresAfterTheLoopWasBusyThoughAnotherArmsItselfThen) {
  EventLoop loop;
  std::string order;
  std::unique_ptr<Timeout> again;
  again = std::make_unique<Timeout>(loop, [&] {
    order += 'a';
    again->arm(1h);
  });
  Timeout other{loop, [&] { order += 'o'; }};
  again->arm(1ms);
  other.arm(150ms);
  loop.post([] { std::this_thread::sleep_for(400ms); });
  loop.block_on(sleep_for(100ms));
  EXPECT_EQ(order, "ao");
}

class SocketPair {
 public:
  SocketPair() {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_.data()), 0);
  }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;
  ~SocketPair() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  [[nodiscard]] int near() const { return ends_[0]; }
  void send(char byte) const { EXPECT_EQ(::write(ends_[1], &byte, 1), 1); }
  [[nodiscard]] std::string receive() const {
    std::array<char, 16> buffer{};
    const ssize_t size = ::read(ends_[0], buffer.data(), buffer.size());
    return size <= 0 ? std::string{} : std::string(buffer.data(), static_cast<std::size_t>(size));
  }

 private:
  std::array<int, 2> ends_{};
};

Task<std::string> reads(const SocketPair& sockets, int times) {
  const DescriptorWatch watch{sockets.near()};
  std::string all;
  for (int i = 0; i < times; ++i) {
    co_await watch.readable();
    all += sockets.receive();
  }
  co_return all;
}
Task<void> sends(const SocketPair& sockets, int times) {
  for (int i = 0; i < times; ++i) {
    co_await sleep_for(2ms);
    sockets.send(static_cast<char>('a' + i));
  }
}

TEST(DescriptorWatch, WakesForEveryArrival) {
  EventLoop loop;
  const SocketPair sockets;
  loop.spawn(sends(sockets, 4));
  EXPECT_EQ(loop.block_on(with_timeout(reads(sockets, 4), 5s)), "abcd");
}

TEST(DescriptorWatch, SeesWhatArrivedBeforeTheWait) {
  EventLoop loop;
  const SocketPair sockets;
  sockets.send('x');
  EXPECT_EQ(loop.block_on(with_timeout(reads(sockets, 1), 5s)), "x");
  sockets.send('y');
  loop.block_on(with_timeout(wait_readable(sockets.near()), 5s));
  loop.block_on(with_timeout(wait_writable(sockets.near()), 5s));
}

TEST(DescriptorWatch, IsCancelledByADeadlineAndUsableAfterwards) {
  EventLoop loop;
  const SocketPair sockets;
  const DescriptorWatch watch{loop, sockets.near()};
  auto waits = [](const DescriptorWatch& watched) -> Task<void> { co_await watched.readable(); };
  EXPECT_THROW(loop.block_on(with_timeout(waits(watch), 10ms)), TimeoutError);
  loop.post([&] { sockets.send('z'); });
  loop.block_on(with_timeout(waits(watch), 5s));
  EXPECT_EQ(sockets.receive(), "z");
}

TEST(DescriptorWatch, EndsWaitsWhenItIsDestroyed) {
  EventLoop loop;
  const SocketPair sockets;
  std::optional<DescriptorWatch> watch{std::in_place, loop, sockets.near()};
  auto waits = [](const DescriptorWatch& watched) -> Task<void> { co_await watched.readable(); };
  loop.post([&] { watch.reset(); });
  EXPECT_THROW(loop.block_on(waits(*watch)), CancelledError);
}

TEST(DescriptorWatch, RefusesASecondReaderAndWhatCannotBeWaitedFor) {
  EventLoop loop;
  EXPECT_THROW(DescriptorWatch(loop, -1), Error);
  const SocketPair sockets;
  const DescriptorWatch watch{loop, sockets.near()};
  auto waits = [](const DescriptorWatch& watched) -> Task<void> { co_await watched.readable(); };
  loop.spawn(waits(watch));
  loop.block_on(sleep_for(1ms));
  EXPECT_THROW(loop.block_on(waits(watch)), Error);
  sockets.send('a');
  loop.block_on(sleep_for(10ms));
  EXPECT_EQ(loop.spawned_tasks(), 0U);
}

TEST(EventLoopGroup, StopsWhenASetupFails) {
  EventLoopGroup group{3};
  EXPECT_THROW(group.start([](EventLoop&, std::size_t index) {
    if (index == 1) throw std::runtime_error("port in use");
  }),
               std::runtime_error);
  EXPECT_THROW(EventLoopGroup{0}, Error);
}

}  // namespace
}  // namespace roost
