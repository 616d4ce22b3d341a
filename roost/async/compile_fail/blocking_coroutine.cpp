// A coroutine on a pool thread would have no loop to resume it.
// expect: run_blocking: the function runs on another thread
// expect-g++: BlockingFunctionReturnsNoTask
#include <roost/async/blocking.hpp>

roost::Task<void> work() {
#ifdef ROOST_FIXED
  auto function = [] {};
#else
  auto function = []() -> roost::Task<void> { co_return; };
#endif
  co_await roost::run_blocking(function);
}
