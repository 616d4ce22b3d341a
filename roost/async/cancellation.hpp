// Cooperative cancellation: a source requests it, tokens and callbacks hear of it.
#pragma once

#include <roost/async/loop_node.hpp>
#include <roost/base/unique_function.hpp>

#include <atomic>
#include <cstdint>
#include <utility>

namespace roost {

class EventLoop;
class CancellationSource;

namespace async {

enum class CancellationReason : unsigned char { none, requested, deadline };

/// What a source and its tokens share. The flag may be read by any thread; everything else belongs
/// to the thread of its loop.
class CancellationState {
 public:
  explicit CancellationState(EventLoop* loop) noexcept : loop_{loop} {}
  CancellationState(const CancellationState&) = delete;
  CancellationState& operator=(const CancellationState&) = delete;
  ~CancellationState() = default;

  [[nodiscard]] CancellationReason reason() const noexcept {
    return reason_.load(std::memory_order_acquire);
  }
  [[nodiscard]] bool requested() const noexcept { return reason() != CancellationReason::none; }

  /// On the loop's thread: run `node` when cancellation is requested (never at once).
  void subscribe(LoopNode& node) noexcept { subscribers_.push_back(node); }
  /// On any thread; the first request counts.
  void request(CancellationReason reason) noexcept;

  void acquire() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept;

 private:
  void notify() noexcept;

  EventLoop* loop_;
  LoopList subscribers_;
  std::atomic<std::uint32_t> references_{1};
  std::atomic<CancellationReason> reason_{CancellationReason::none};
};

/// Throws CancelledError.
[[noreturn]] void throw_cancelled();

}  // namespace async

/// Says whether the work at hand should be given up. Cheap to copy; a default-constructed token is
/// never cancelled. `cancellation_requested` may be called by any thread.
class CancellationToken {
 public:
  CancellationToken() noexcept = default;
  explicit CancellationToken(async::CancellationState* state) noexcept : state_{state} {
    if (state_ != nullptr) state_->acquire();
  }
  CancellationToken(const CancellationToken& other) noexcept : CancellationToken{other.state_} {}
  CancellationToken(CancellationToken&& other) noexcept
      : state_{std::exchange(other.state_, nullptr)} {}
  CancellationToken& operator=(CancellationToken other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~CancellationToken() {
    if (state_ != nullptr) state_->release();
  }

  [[nodiscard]] bool cancellation_requested() const noexcept {
    return state_ != nullptr && state_->requested();
  }
  /// False when no source can ever cancel this token.
  [[nodiscard]] bool can_be_cancelled() const noexcept { return state_ != nullptr; }
  /// Throws CancelledError when cancellation was requested: for long computations.
  void throw_if_cancelled() const {
    if (cancellation_requested()) async::throw_cancelled();
  }
  [[nodiscard]] async::CancellationState* state() const noexcept { return state_; }

 private:
  async::CancellationState* state_ = nullptr;
};

/// Requests cancellation of the work that was given its token. Belongs to one event loop: the one
/// that runs on this thread when it is made, or the one named, which must outlive it.
class CancellationSource {
 public:
  CancellationSource();
  explicit CancellationSource(EventLoop& loop);
  CancellationSource(CancellationSource&& other) noexcept
      : state_{std::exchange(other.state_, nullptr)} {}
  CancellationSource& operator=(CancellationSource&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  CancellationSource(const CancellationSource&) = delete;
  CancellationSource& operator=(const CancellationSource&) = delete;
  ~CancellationSource() {
    if (state_ != nullptr) state_->release();
  }

  [[nodiscard]] CancellationToken token() const noexcept { return CancellationToken{state_}; }
  [[nodiscard]] bool cancellation_requested() const noexcept { return state_->requested(); }
  /// From any thread. On the loop's own thread callbacks run before this returns; from another one
  /// they are posted to the loop. The second request does nothing.
  void request_cancellation() noexcept { state_->request(async::CancellationReason::requested); }

  [[nodiscard]] async::CancellationState& state() const noexcept { return *state_; }

 private:
  async::CancellationState* state_;
};

/// Calls a function once when cancellation is requested, at once if it already was; no longer after
/// this object's destruction. Make and destroy it on the loop's thread. The function must not
/// throw.
class CancellationCallback : private async::LoopNode {
 public:
  CancellationCallback(const CancellationToken& token, UniqueFunction<void()> function);
  ~CancellationCallback() = default;

 private:
  CancellationToken token_;
  UniqueFunction<void()> function_;
};

}  // namespace roost
