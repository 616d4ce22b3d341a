// Task<T>: every shape that must work, results, exceptions, lifetimes, depth.
#include <roost/async/event_loop.hpp>
#include <roost/async/task.hpp>
#include <roost/async/timers.hpp>
#include <roost/base/error.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace roost {
namespace {

using namespace std::chrono_literals;

Task<int> answer() { co_return 42; }
Task<int> twice(int value) {
  co_await yield();
  co_return 2 * value;
}

TEST(Task, GivesTheValueOfATaskThatNeverSuspends) {
  EventLoop loop;
  EXPECT_EQ(loop.block_on(answer()), 42);
}

TEST(Task, GivesTheValueOfATaskThatSuspends) {
  EventLoop loop;
  EXPECT_EQ(loop.block_on(twice(21)), 42);
}

}  // namespace
}  // namespace roost
