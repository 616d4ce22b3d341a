// Sleeping, and coarse timeouts that are armed and disarmed all the time.
#pragma once

#include <roost/async/context.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/async/task.hpp>
#include <roost/base/unique_function.hpp>

#include <cstdint>
#include <utility>

namespace roost {

/// Ends after `duration`, to the precision of the system's timers; a duration of zero or less lets
/// other ready work run first. Throws CancelledError when the task is cancelled meanwhile.
[[nodiscard]] Task<void> sleep_for(Duration duration);
/// The same until a point in time.
[[nodiscard]] Task<void> sleep_until(TimePoint when);

namespace async {
class TimeoutWheel;

/// `now + duration`, or the largest time there is.
[[nodiscard]] TimePoint saturating_add(TimePoint now, Duration duration) noexcept;
}  // namespace async

/// Calls a function when something took too long: for header, body, idle and write timeouts, one
/// object per connection. Arming and disarming write two numbers and make no system call. It never
/// fires early, and at most 0.1 s late. Belongs to the loop's thread; the function may destroy this
/// object.
class Timeout : private async::LoopNode {
 public:
  Timeout(EventLoop& loop, UniqueFunction<void()> on_expiry);
  ~Timeout();

  /// Fires once, `after` from now; replaces what was armed before.
  void arm(Duration after);
  void disarm() noexcept { deadline_ = never; }
  [[nodiscard]] bool armed() const noexcept { return deadline_ != never; }

 private:
  friend class async::TimeoutWheel;
  static constexpr std::uint64_t never = static_cast<std::uint64_t>(-1);

  void expire();

  EventLoop& loop_;
  UniqueFunction<void()> on_expiry_;
  std::uint64_t deadline_ = never;  // ticks
  std::uint64_t visit_ = 0;         // tick of the slot that holds this object
  bool* destroyed_ = nullptr;
};

}  // namespace roost
