// Sleeping on the timer heap, and the wheel of coarse timeouts.
#include <roost/async/detail/loop_core.hpp>
#include <roost/async/detail/timeout_wheel.hpp>
#include <roost/async/suspension.hpp>
#include <roost/async/timers.hpp>

namespace roost {
namespace async {

TimePoint saturating_add(TimePoint now, Duration duration) noexcept {
  if (duration > TimePoint::max() - now) return TimePoint::max();
  return now + duration;
}

namespace {

class Sleep final : public Suspension, private TimerNode {
 public:
  explicit Sleep(TimePoint when) noexcept : TimerNode{&Sleep::fire}, when_{when} {}
  ~Sleep() { cancel_wait(); }

  bool await_ready() const noexcept { return false; }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> coroutine) {
    if (!begin_wait(coroutine)) return false;
    loop().core().add_timer(*this, when_);
    return true;
  }
  void await_resume() const { finish_wait(); }

 private:
  static void fire(TimerNode& node) { static_cast<Sleep&>(node).complete(); }
  bool abandon() noexcept override {
    loop().core().remove_timer(*this);
    return true;
  }

  TimePoint when_;
};

}  // namespace

void TimeoutWheel::arm(Timeout& timeout, TimePoint when) {
  const std::uint64_t deadline =
      when > TimePoint::max() - clock_slack ? Timeout::never - 1 : tick_of(when + clock_slack) + 1;
  timeout.deadline_ = deadline;
  if (timeout.linked()) {
    if (timeout.visit_ <= deadline) return;
    timeout.unlink();
    --linked_;
  }
  if (!TimerNode::armed() && !advancing_) {
    current_ = tick_of(Clock::now());
    core_.add_timer(*this, time_of(current_ + 1));
  }
  insert(timeout, deadline);
}

void TimeoutWheel::forget(Timeout& timeout) noexcept {
  if (!timeout.linked()) return;
  timeout.unlink();
  --linked_;
}

void TimeoutWheel::insert(Timeout& timeout, std::uint64_t tick) noexcept {
  timeout.visit_ = tick;
  slots_[tick % slot_count].push_back(timeout);
  ++linked_;
}

void TimeoutWheel::tick(TimerNode& node) {
  auto& self = static_cast<TimeoutWheel&>(node);
  self.advancing_ = true;
  self.advance(tick_of(Clock::now()));
  self.advancing_ = false;
  if (self.linked_ != 0) {
    self.core_.add_timer(node, time_of(self.current_ + 1));
  }
}

void TimeoutWheel::advance(std::uint64_t now) {
  // After a long pause every slot is visited once.
  if (now - current_ > slot_count) current_ = now - slot_count;
  while (current_ < now) {
    ++current_;
    visit(current_);
  }
}

void TimeoutWheel::visit(std::uint64_t tick) {
  LoopList batch;
  batch.append(slots_[tick % slot_count]);
  while (LoopNode* node = batch.pop_front()) {
    auto& timeout = static_cast<Timeout&>(*node);
    --linked_;
    if (!timeout.armed()) continue;
    if (timeout.deadline_ > tick) {
      insert(timeout, timeout.deadline_);
      continue;
    }
    timeout.deadline_ = Timeout::never;
    timeout.expire();
  }
}

}  // namespace async

Task<void> sleep_until(TimePoint when) {
  async::Sleep sleep{when};
  co_await sleep;
}

Task<void> sleep_for(Duration duration) {
  async::Sleep sleep{async::saturating_add(Clock::now(), duration)};
  co_await sleep;
}

Timeout::Timeout(EventLoop& loop, UniqueFunction<void()> on_expiry)
    : LoopNode{[](LoopNode&) {}}, loop_{loop}, on_expiry_{std::move(on_expiry)} {}

Timeout::~Timeout() {
  if (destroyed_ != nullptr) *destroyed_ = true;
  loop_.core().wheel.forget(*this);
}

void Timeout::arm(Duration after) {
  loop_.core().wheel.arm(*this, async::saturating_add(loop_.now(), after));
}

void Timeout::expire() {
  UniqueFunction<void()> called = std::move(on_expiry_);
  bool destroyed = false;
  destroyed_ = &destroyed;
  try {
    called();
  } catch (...) {
    loop_.report(std::current_exception(), "the function of a Timeout");
  }
  if (destroyed) return;
  destroyed_ = nullptr;
  on_expiry_ = std::move(called);
}

}  // namespace roost
