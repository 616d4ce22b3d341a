// A named task is awaited once and has to be given away.
// expect: a Task is awaited once: write co_await std::move\(task\)
// expect-g++: AwaitedTaskIsGivenAway
#include <roost/async/task.hpp>

#include <utility>

roost::Task<int> answer() { co_return 42; }

roost::Task<int> twice() {
  roost::Task<int> task = answer();
#ifdef ROOST_FIXED
  const int value = co_await std::move(task);
#else
  const int value = co_await task;
#endif
  co_return 2 * value;
}
