// A coroutine type that is just enough for the samples to parse.
#pragma once

#include <coroutine>

namespace samples {

template <class T>
struct Task {
  struct promise_type {
    Task get_return_object();
    std::suspend_always initial_suspend();
    std::suspend_always final_suspend() noexcept;
    void return_value(T);
    void unhandled_exception();
  };
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<>) const;
  T await_resume() const;
};

}  // namespace samples
