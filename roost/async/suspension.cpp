// Waiting, completing and giving up: the part of every awaiter that does not depend on what it
// waits for.
#include <roost/async/event_loop.hpp>
#include <roost/async/suspension.hpp>

namespace roost::async {

bool Suspension::begin_wait(std::coroutine_handle<> coroutine, const TaskContext* context) {
  loop_ = &EventLoop::current();
  CancellationState* cancellation = context == nullptr ? nullptr : context->cancellation();
  if (cancellation != nullptr) {
    if (cancellation->requested()) {
      outcome_ = Outcome::cancelled;
      return false;
    }
    cancellation->subscribe(cancellation_);
  }
  resumption_.set_coroutine(coroutine);
  outcome_ = Outcome::waiting;
  return true;
}

void Suspension::complete() noexcept {
  outcome_ = Outcome::completed;
  schedule();
}

void Suspension::schedule() noexcept {
  cancellation_.unlink();
  loop_->schedule(resumption_);
}

void Suspension::cancel() noexcept {
  if (!abandon()) return;
  outcome_ = Outcome::cancelled;
  schedule();
}

void Suspension::CancellationNode::fire(LoopNode& node) {
  static_cast<CancellationNode&>(node).suspension.cancel();
}

}  // namespace roost::async
