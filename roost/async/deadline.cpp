// The timer behind a deadline, and the exception that it becomes.
#include <roost/async/deadline.hpp>
#include <roost/async/detail/loop_core.hpp>
#include <roost/async/timers.hpp>

namespace roost::async {

struct DeadlineScope::Timer final : TimerNode {
  Timer(CancellationScope& owner, EventLoop& owning_loop) noexcept
      : TimerNode{&Timer::fire}, scope{owner}, loop{owning_loop} {}
  ~Timer() { loop.core().remove_timer(*this); }
  static void fire(TimerNode& node) {
    auto& self = static_cast<Timer&>(node);
    self.expired = true;
    self.scope.cancel(CancellationReason::deadline);
  }

  CancellationScope& scope;
  EventLoop& loop;
  bool expired = false;
};

DeadlineScope::DeadlineScope(TimePoint deadline) : deadline_{deadline} {}
DeadlineScope::~DeadlineScope() = default;

CancellationScope::EnterAwaiter DeadlineScope::enter() noexcept { return scope_.enter(deadline_); }

void DeadlineScope::start() {
  if (deadline_ == TimePoint::max()) return;
  if (deadline_ <= Clock::now())
    throw TimeoutError("the deadline had passed before the work began");
  EventLoop& loop = EventLoop::current();
  timer_ = std::make_unique<Timer>(scope_, loop);
  loop.core().add_timer(*timer_, deadline_);
}

void DeadlineScope::rethrow_as_timeout() const {
  if (timer_ == nullptr || !timer_->expired) return;
  throw TimeoutError("the work did not end before its deadline and was cancelled");
}

TimePoint deadline_after(Duration duration) noexcept {
  return saturating_add(Clock::now(), duration);
}

}  // namespace roost::async
