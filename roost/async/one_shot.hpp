// OneShot and Completion: how callbacks resume a coroutine.
#pragma once

#include <roost/async/event_loop.hpp>
#include <roost/async/suspension.hpp>

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace roost {

namespace async {

/// The part of a OneShot that does not depend on its type.
class OneShotBase {
 public:
  OneShotBase() noexcept = default;
  OneShotBase(const OneShotBase&) = delete;
  OneShotBase& operator=(const OneShotBase&) = delete;

  /// Whether a value or an exception was set.
  [[nodiscard]] bool ready() const noexcept { return ready_; }
  /// Makes the wait throw `error`. Like every way to complete, only the first one counts.
  void set_exception(std::exception_ptr error);

  class Awaiter final : public Suspension {
   public:
    explicit Awaiter(OneShotBase& one_shot) noexcept : one_shot_{one_shot} {}
    ~Awaiter() { cancel_wait(); }
    bool await_ready() const noexcept { return one_shot_.ready_; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> coroutine) {
      if (!begin_wait(coroutine)) return false;
      one_shot_.add_waiter(*this);
      return true;
    }
    void await_resume() const { finish_wait(); }

   private:
    bool abandon() noexcept override;
    OneShotBase& one_shot_;
  };

 protected:
  ~OneShotBase() = default;
  void add_waiter(Awaiter& waiter);
  void complete() noexcept;
  void rethrow_if_failed() const {
    if (error_ != nullptr) std::rethrow_exception(error_);
  }

 private:
  Awaiter* waiter_ = nullptr;
  std::exception_ptr error_;
  bool ready_ = false;
};

}  // namespace async

/// A value that a callback gives to a coroutine, once: drivers keep one per pending operation. All
/// on one loop's thread; it must outlive the coroutine's wait. Cancelling the waiting task makes
/// the wait throw CancelledError; a value that comes later is kept and nobody minds.
template <class T = void>
class OneShot : public async::OneShotBase {
 public:
  void set_value(T value) {
    if (ready()) return;
    value_.emplace(std::move(value));
    complete();
  }
  /// Waits for the value and takes it. One waiter.
  [[nodiscard]] Task<T> wait() {
    Awaiter awaiter{*this};
    co_await awaiter;
    rethrow_if_failed();
    co_return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <>
class OneShot<void> : public async::OneShotBase {
 public:
  void set_value() noexcept {
    if (!ready()) complete();
  }
  [[nodiscard]] Task<void> wait() {
    Awaiter awaiter{*this};
    co_await awaiter;
    rethrow_if_failed();
  }
};

/// A OneShot that any thread may complete. Copies share one state; the wait happens on the loop
/// that ran when it was made, which must outlive every copy that still completes.
template <class T = void>
class Completion {
 public:
  Completion() : state_{std::make_shared<State>(EventLoop::current())} {}
  explicit Completion(EventLoop& loop) : state_{std::make_shared<State>(loop)} {}

  /// From any thread.
  template <class... Value>
  requires std::is_constructible_v<std::conditional_t<std::is_void_v<T>, std::nullptr_t, T>,
                                   Value &&...> void
  complete(Value&&... value) const {
    if constexpr (std::is_void_v<T>) {
      state_->loop.post([state = state_] { state->one_shot.set_value(); });
    } else {
      state_->loop.post([state = state_, made = T(std::forward<Value>(value)...)]() mutable {
        state->one_shot.set_value(std::move(made));
      });
    }
  }
  /// From any thread.
  void fail(std::exception_ptr error) const {
    state_->loop.post(
        [state = state_, error = std::move(error)] { state->one_shot.set_exception(error); });
  }
  /// On the loop's thread, once.
  [[nodiscard]] Task<T> wait() const { return wait_for(state_); }

 private:
  struct State {
    explicit State(EventLoop& home) noexcept : loop{home} {}
    EventLoop& loop;
    OneShot<T> one_shot;
  };
  static Task<T> wait_for(std::shared_ptr<State> state) {
    Task<T> waited = state->one_shot.wait();
    co_return co_await std::move(waited);
  }

  std::shared_ptr<State> state_;
};

}  // namespace roost
