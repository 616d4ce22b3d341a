// Synchronized<T>: state that several threads share, reachable only under its lock.
#pragma once

#include <roost/async/shared_mutex.hpp>
#include <roost/async/task.hpp>

#include <type_traits>
#include <utility>

namespace roost {

namespace async {

/// Rule: a lock is never held across co_await, so what runs under it is no coroutine.
template <class R>
struct SynchronizedCallbackIsNoCoroutine {
  static constexpr bool holds = true;
};
template <class T>
struct SynchronizedCallbackIsNoCoroutine<Task<T>> {
  static constexpr bool holds = false;
};

/// Rule: nothing that refers into the value leaves the lock.
template <class R>
struct SynchronizedCallbackReturnsNoReference {
  static constexpr bool holds = !std::is_reference_v<R>;
};

template <class R>
constexpr void check_synchronized_callback() {
  static_assert(SynchronizedCallbackIsNoCoroutine<R>::holds,
                "Synchronized: the callback returns a Task, which would run after the lock was "
                "released; copy out what you need, leave, and co_await afterwards");
  static_assert(SynchronizedCallbackReturnsNoReference<R>::holds,
                "Synchronized: the callback returns a reference into the guarded value; return a "
                "copy");
}

}  // namespace async

/// A T that all threads may use, one writer or many readers at a time: for singleton providers with
/// state. The lock is held only while a callback runs, so it cannot be held across co_await.
/// Callbacks must be short, must not call back into the same object, and return values:
/// `auto count = sessions_.read([](const Sessions& sessions) { return sessions.size(); });`
template <class T>
class Synchronized {
 public:
  template <class... Arguments>
  requires std::is_constructible_v<T, Arguments&&...>
  explicit Synchronized(Arguments&&... arguments) : value_(std::forward<Arguments>(arguments)...) {}
  Synchronized(const Synchronized&) = delete;
  Synchronized& operator=(const Synchronized&) = delete;
  ~Synchronized() = default;

  /// Calls `callback(T&)` with nobody else inside.
  template <class F>
  auto with(F&& callback) -> std::invoke_result_t<F, T&> {
    async::check_synchronized_callback<std::invoke_result_t<F, T&>>();
    const async::WriterLock lock{mutex_};
    return std::forward<F>(callback)(value_);
  }
  /// Calls `callback(const T&)`, beside other readers.
  template <class F>
  auto read(F&& callback) const -> std::invoke_result_t<F, const T&> {
    async::check_synchronized_callback<std::invoke_result_t<F, const T&>>();
    const async::ReaderLock lock{mutex_};
    return std::forward<F>(callback)(value_);
  }

 private:
  mutable async::SharedMutex mutex_;
  T value_;
};

}  // namespace roost
