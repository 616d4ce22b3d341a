// Attaching child contexts, and joining tasks that run at once.
#include <roost/async/event_loop.hpp>
#include <roost/async/scope.hpp>

#include <algorithm>

namespace roost::async {

void CancellationScope::attach(const TaskContext* parent, TimePoint deadline) {
  source_.emplace(EventLoop::current());
  if (parent != nullptr) deadline = std::min(deadline, parent->deadline());
  context_ = TaskContext{source_->token(), deadline};
  CancellationState* above = parent == nullptr ? nullptr : parent->cancellation();
  if (above == nullptr) return;
  if (above->requested()) {
    cancel(CancellationReason::requested);
  } else {
    above->subscribe(link_);
  }
}

void JoinScope::start(PromiseBase& promise, std::coroutine_handle<> task) {
  if (promise.state() != TaskState::fresh) throw_task_used_twice();
  const bool decided = cancel_ == Cancel::on_first_end ? first_ != nullptr : failure_ != nullptr;
  if (decided) return;
  promise.set_context(&scope_.context());
  ++running_;
  if (!promise.start_observed(task, *this)) ended(promise);
}

void JoinScope::ended(PromiseBase& promise) noexcept {
  --running_;
  const bool failed = promise.exception() != nullptr;
  if (failed && failure_ == nullptr) failure_ = promise.exception();
  if (first_ == nullptr) first_ = &promise;
  if (failed || cancel_ == Cancel::on_first_end) scope_.cancel(CancellationReason::requested);
}

std::coroutine_handle<> JoinScope::on_task_finished(PromiseBase& promise) noexcept {
  ended(promise);
  if (running_ == 0 && waiter_) return waiter_;
  return std::noop_coroutine();
}

}  // namespace roost::async
