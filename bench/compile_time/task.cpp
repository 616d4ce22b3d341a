// The price of coroutines alone.
#include <roost/async/task.hpp>

roost::Task<int> answer() { co_return 42; }

roost::Task<int> twice() {
  const int one = co_await answer();
  co_return one * 2;
}
