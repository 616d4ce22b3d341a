// Task<T>: the lazy coroutine that every asynchronous function of Roost returns.
//
// How one task awaits another. The awaiting side resumes the inner task at once, as an ordinary
// nested call. If the inner task ends without having suspended, its final suspend only notes so,
// and `await_suspend` returns false: control is back in the caller without any jump. That is the
// quickest form on g++ 12 and needs no tail call. Otherwise the inner task's state becomes
// `awaited`, and its final suspend transfers to the caller later. Both sides run on one thread:
// whatever completes a suspended operation resumes its coroutine on the loop that it belongs to.
#pragma once

#include <roost/async/frame_cache.hpp>

#include <coroutine>
#include <exception>
#include <new>
#include <type_traits>
#include <utility>

namespace roost {

class TaskContext;
template <class T = void>
class Task;

namespace async {

enum class TaskState : unsigned char {
  fresh,     // not started
  starting,  // running inside the await_suspend of its caller
  awaited,   // suspended; `waiter` is the caller's coroutine
  observed,  // `waiter` is a CompletionObserver
  finished,
};

class PromiseBase;

/// Told when a task that no coroutine awaits has ended. Runs inside the task's final suspend, so it
/// must neither throw nor destroy the task; it may name a coroutine to go on with.
class CompletionObserver {
 public:
  virtual std::coroutine_handle<> on_task_finished(PromiseBase& ended) noexcept = 0;

 protected:
  ~CompletionObserver() = default;
};

[[noreturn]] void throw_empty_task();
[[noreturn]] void throw_task_used_twice();
/// Prints the coroutine rule that g++ 12 breaks and how to obey it, then aborts.
[[noreturn]] void abort_on_broken_frame() noexcept;

/// The frame that this thread allocated last, for the check in `PromiseBase::check_frame`.
inline constinit thread_local void* last_frame = nullptr;

/// What the promises of all tasks have in common.
class PromiseBase {
 public:
  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept {
      return static_cast<PromiseBase&>(self.promise()).finish();
    }
    void await_resume() const noexcept {}
  };

  PromiseBase() noexcept = default;
  PromiseBase(const PromiseBase&) = delete;
  PromiseBase& operator=(const PromiseBase&) = delete;

  static void* operator new(std::size_t size) {
    void* frame = allocate_frame(size);
    last_frame = frame;
    return frame;
  }
  static void operator delete(void* frame, std::size_t size) noexcept { free_frame(frame, size); }

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { exception_ = std::current_exception(); }

  [[nodiscard]] TaskState state() const noexcept { return state_; }
  [[nodiscard]] const TaskContext* context() const noexcept { return context_; }
  void set_context(const TaskContext* context) noexcept { context_ = context; }

  /// Runs the task until it suspends or ends; true when `caller` has to wait for it.
  bool start_awaited(std::coroutine_handle<> self, std::coroutine_handle<> caller) {
    state_ = TaskState::starting;
    self.resume();
    if (state_ == TaskState::finished) return false;
    waiter_ = caller.address();
    state_ = TaskState::awaited;
    return true;
  }

  /// Runs the task until it suspends or ends; true when `observer` will be told of its end, false
  /// when it has already ended.
  bool start_observed(std::coroutine_handle<> self, CompletionObserver& observer) {
    state_ = TaskState::starting;
    self.resume();
    if (state_ == TaskState::finished) return false;
    waiter_ = &observer;
    state_ = TaskState::observed;
    return true;
  }

  void rethrow_if_failed() {
    if (exception_ != nullptr) [[unlikely]] {
      std::rethrow_exception(std::move(exception_));
    }
  }
  [[nodiscard]] const std::exception_ptr& exception() const noexcept { return exception_; }

 protected:
  ~PromiseBase() = default;

  /// g++ 12 lays out the frame of some coroutines wrongly (a co_await in a condition, no local
  /// variables): the promise is then not where the handle says.
  void check_frame([[maybe_unused]] void* address) const noexcept {
#if defined(__GNUC__) && !defined(__clang__)
    if (address != last_frame) [[unlikely]] {
      abort_on_broken_frame();
    }
#endif
  }

 private:
  std::coroutine_handle<> finish() noexcept {
    const TaskState before = std::exchange(state_, TaskState::finished);
    if (before == TaskState::awaited) return std::coroutine_handle<>::from_address(waiter_);
    if (before == TaskState::observed) {
      return static_cast<CompletionObserver*>(waiter_)->on_task_finished(*this);
    }
    return std::noop_coroutine();
  }

  void* waiter_ = nullptr;
  const TaskContext* context_ = nullptr;
  std::exception_ptr exception_;
  TaskState state_ = TaskState::fresh;
};

template <class T>
class Promise final : public PromiseBase {
 public:
  Promise() noexcept {}
  ~Promise() {
    if (has_value_) value_.~T();
  }

  Task<T> get_return_object() noexcept;

  template <class U = T>
  requires std::is_constructible_v<T, U&&>
  void return_value(U&& value) {
    ::new (static_cast<void*>(__builtin_addressof(value_))) T(std::forward<U>(value));
    has_value_ = true;
  }

  T take_result() {
    rethrow_if_failed();
    return std::move(value_);
  }
  /// What the task, which has ended without an exception, returned.
  T& result() noexcept { return value_; }

 private:
  union {
    T value_;
  };
  bool has_value_ = false;
};

/// The result of all tasks that return a pointer or a reference, whatever of: see with_type.
class PointerPromise : public PromiseBase {
 protected:
  ~PointerPromise() = default;
  void keep(const volatile void* value) noexcept { value_ = const_cast<void*>(value); }
  [[nodiscard]] void* kept() const noexcept { return value_; }

 private:
  void* value_ = nullptr;
};

template <class T>
concept Pointable = std::is_object_v<T> || std::is_void_v<T>;

template <Pointable T>
class Promise<T*> final : public PointerPromise {
 public:
  Task<T*> get_return_object() noexcept;
  void return_value(T* value) noexcept { keep(value); }
  T* take_result() {
    rethrow_if_failed();
    return result();
  }
  [[nodiscard]] T* result() const noexcept { return static_cast<T*>(kept()); }
};

template <class T>
class Promise<T&> final : public PointerPromise {
 public:
  static_assert(std::is_object_v<T>, "roost: a Task returns no reference to a function");

  Task<T&> get_return_object() noexcept;
  void return_value(T& value) noexcept { keep(__builtin_addressof(value)); }
  T& take_result() {
    rethrow_if_failed();
    return result();
  }
  [[nodiscard]] T& result() const noexcept { return *static_cast<T*>(kept()); }
};

template <>
class Promise<void> final : public PromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take_result() { rethrow_if_failed(); }
};

/// The ambient context of the coroutine behind a handle; null for coroutines that are no tasks.
template <class P>
[[nodiscard]] const TaskContext* context_of(
    [[maybe_unused]] std::coroutine_handle<P> coroutine) noexcept {
  if constexpr (std::is_base_of_v<PromiseBase, P>) {
    return coroutine.promise().context();
  } else {
    return nullptr;
  }
}

template <class T>
class TaskAwaiter {
 public:
  explicit TaskAwaiter(std::coroutine_handle<Promise<T>> inner) noexcept : inner_{inner} {}

  bool await_ready() const {
    if (!inner_) [[unlikely]] {
      throw_empty_task();
    }
    if (inner_.promise().state() != TaskState::fresh) [[unlikely]] {
      throw_task_used_twice();
    }
    return false;
  }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> caller) const {
    PromiseBase& promise = inner_.promise();
    if (promise.context() == nullptr) promise.set_context(context_of(caller));
    return promise.start_awaited(inner_, caller);
  }
  T await_resume() const { return inner_.promise().take_result(); }

 private:
  std::coroutine_handle<Promise<T>> inner_;
};

/// Rule: a task is awaited once, so a named one is given away: `co_await std::move(task)`.
template <class T>
struct AwaitedTaskIsGivenAway {
  static constexpr bool holds = false;
};

}  // namespace async

/// A lazy coroutine: it starts when it is awaited (or spawned, or given to a combinator), and is
/// awaited once, by one consumer. T is a value (also a move-only one), a reference, or void; an
/// exception that leaves the coroutine is thrown from the `co_await`. Destroying a task that has
/// not ended destroys its frame and everything in it, which takes back what it was waiting for.
///
/// A task belongs to one thread at a time, and to one event loop from its start to its end.
/// Parameters of a coroutine are copied into its frame; what they refer to must outlive the task.
template <class T>
class [[nodiscard("a Task does nothing until it is awaited")]] Task {
 public:
  using promise_type = async::Promise<T>;

  /// An empty task; awaiting it throws roost::Error.
  Task() noexcept = default;
  explicit Task(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_{coroutine} {}
  Task(Task && other) noexcept : coroutine_{std::exchange(other.coroutine_, {})} {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (coroutine_) coroutine_.destroy();
      coroutine_ = std::exchange(other.coroutine_, {});
    }
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() {
    if (coroutine_) coroutine_.destroy();
  }

  /// Runs the task and gives its result, or throws what it threw.
  async::TaskAwaiter<T> operator co_await()&& noexcept { return async::TaskAwaiter<T>{coroutine_}; }
  template <class Self = T>
  async::TaskAwaiter<T> operator co_await()& noexcept {
    static_assert(async::AwaitedTaskIsGivenAway<Self>::holds,
                  "a Task is awaited once: write co_await std::move(task)");
    return async::TaskAwaiter<T>{coroutine_};
  }

  /// False for an empty (default-constructed or moved-from) task.
  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(coroutine_); }

  /// Gives the coroutine away; who takes it destroys it.
  [[nodiscard]] std::coroutine_handle<promise_type> release() noexcept {
    const auto coroutine = coroutine_;
    coroutine_ = {};
    return coroutine;
  }
  /// For combinators and servers, which start tasks themselves.
  [[nodiscard]] std::coroutine_handle<promise_type> coroutine() const noexcept {
    return coroutine_;
  }

 private:
  std::coroutine_handle<promise_type> coroutine_;
};

template <class T>
Task<T> async::Promise<T>::get_return_object() noexcept {
  auto coroutine = std::coroutine_handle<Promise>::from_promise(*this);
  check_frame(coroutine.address());
  return Task<T>{coroutine};
}

template <async::Pointable T>
Task<T*> async::Promise<T*>::get_return_object() noexcept {
  auto coroutine = std::coroutine_handle<Promise>::from_promise(*this);
  check_frame(coroutine.address());
  return Task<T*>{coroutine};
}

template <class T>
Task<T&> async::Promise<T&>::get_return_object() noexcept {
  auto coroutine = std::coroutine_handle<Promise>::from_promise(*this);
  check_frame(coroutine.address());
  return Task<T&>{coroutine};
}

inline Task<void> async::Promise<void>::get_return_object() noexcept {
  auto coroutine = std::coroutine_handle<Promise>::from_promise(*this);
  check_frame(coroutine.address());
  return Task<void>{coroutine};
}

namespace async {

/// The task itself, whose pointer is known to be one to a T: R is T* or, when it is never null, T&.
/// So one coroutine finds entities of every class, without another one around it for each.
template <class R>
[[nodiscard]] Task<R> with_type(Task<void*>&& task) noexcept {
  static_assert(std::is_base_of_v<PointerPromise, Promise<R>> &&
                sizeof(Promise<R>) == sizeof(Promise<void*>) &&
                alignof(Promise<R>) == alignof(Promise<void*>));
  const void* const frame = task.release().address();
  return Task<R>{std::coroutine_handle<Promise<R>>::from_address(const_cast<void*>(frame))};
}

/// A task whose result type is not known here: awaits it without a coroutine for each type. An
/// exception that left the task is thrown from the `co_await`, which gives nothing; the result is
/// in the promise.
class AnyTask {
 public:
  template <class T>
  explicit AnyTask(Task<T>&& task) noexcept {
    const auto coroutine = task.release();
    if (coroutine) promise_ = &coroutine.promise();
    coroutine_ = coroutine;
  }
  AnyTask(AnyTask&& other) noexcept : coroutine_{other.coroutine_}, promise_{other.promise_} {
    other.coroutine_ = {};
  }
  AnyTask& operator=(AnyTask&&) = delete;
  AnyTask(const AnyTask&) = delete;
  AnyTask& operator=(const AnyTask&) = delete;
  ~AnyTask() {
    if (coroutine_) coroutine_.destroy();
  }

  /// A Promise<T> of the T that the task was made with.
  [[nodiscard]] PromiseBase& promise() const noexcept { return *promise_; }

  bool await_ready() const {
    if (!coroutine_) [[unlikely]] {
      throw_empty_task();
    }
    if (promise_->state() != TaskState::fresh) [[unlikely]] {
      throw_task_used_twice();
    }
    return false;
  }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> caller) const {
    if (promise_->context() == nullptr) promise_->set_context(context_of(caller));
    return promise_->start_awaited(coroutine_, caller);
  }
  void await_resume() const { promise_->rethrow_if_failed(); }

 private:
  std::coroutine_handle<> coroutine_;
  PromiseBase* promise_ = nullptr;
};

}  // namespace async
}  // namespace roost
