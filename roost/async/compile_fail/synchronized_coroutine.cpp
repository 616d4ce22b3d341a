// A coroutine as callback of Synchronized would run after the lock was released.
// expect: Synchronized: the callback returns a Task
// expect-g++: SynchronizedCallbackIsNoCoroutine
#include <roost/async/synchronized.hpp>

roost::Synchronized<int> counter;

void count() {
#ifdef ROOST_FIXED
  counter.with([](int& value) { ++value; });
#else
  auto task = counter.with([](int& value) -> roost::Task<void> {
    ++value;
    co_return;
  });
#endif
}
