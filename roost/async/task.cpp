// Misuse of tasks: what is said when one is awaited empty or twice, or compiled wrongly.
#include <roost/async/task.hpp>
#include <roost/base/error.hpp>

#include <cstdio>
#include <cstdlib>

namespace roost::async {

void throw_empty_task() {
  throw Error(
      "awaited an empty Task: it was default-constructed or moved from before this co_await; await "
      "the Task that holds the coroutine");
}

void throw_task_used_twice() {
  throw Error(
      "awaited a Task that was already started: a Task has one consumer; call the function again "
      "for a second run, or keep the result of the first");
}

void abort_on_broken_frame() noexcept {
  std::fputs(
      "roost: this coroutine was miscompiled by g++: its frame is laid out wrongly.\n"
      "  Rule: no co_await in the condition of if, while, for or switch (nor under && or ||) in a\n"
      "        coroutine without local variables.\n"
      "  Fix:  await first, then test:  bool ok = co_await f();  if (ok) ...\n"
      "  The coroutine is the nearest function of yours in the backtrace of this abort.\n",
      stderr);
  std::abort();
}

}  // namespace roost::async
