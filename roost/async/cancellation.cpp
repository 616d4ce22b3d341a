// Requests for cancellation, and how they reach their subscribers.
#include <roost/async/cancellation.hpp>
#include <roost/async/errors.hpp>
#include <roost/async/event_loop.hpp>

namespace roost {
namespace async {

void throw_cancelled() {
  throw CancelledError("the operation was cancelled: cancellation was requested for its task");
}

void CancellationState::request(CancellationReason reason) noexcept {
  CancellationReason none = CancellationReason::none;
  if (!reason_.compare_exchange_strong(none, reason, std::memory_order_acq_rel)) return;
  if (loop_ == nullptr || EventLoop::current_or_null() == loop_) {
    notify();
    return;
  }
  acquire();
  loop_->post([token = CancellationToken{this}, this] { notify(); });
  release();
}

void CancellationState::notify() noexcept {
  acquire();  // a subscriber may let go of the last source
  while (LoopNode* node = subscribers_.pop_front()) node->run();
  release();
}

void CancellationState::release() noexcept {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

}  // namespace async

CancellationSource::CancellationSource()
    : state_{std::make_unique<async::CancellationState>(EventLoop::current_or_null()).release()} {}

CancellationSource::CancellationSource(EventLoop& loop)
    : state_{std::make_unique<async::CancellationState>(&loop).release()} {}

CancellationCallback::CancellationCallback(const CancellationToken& token,
                                           UniqueFunction<void()> function)
    : LoopNode{[](LoopNode& node) {
        UniqueFunction<void()> called =
            std::move(static_cast<CancellationCallback&>(node).function_);
        called();
      }},
      token_{token},
      function_{std::move(function)} {
  if (token_.state() == nullptr) return;
  if (token_.cancellation_requested()) {
    UniqueFunction<void()> called = std::move(function_);
    called();
    return;
  }
  token_.state()->subscribe(*this);
}

}  // namespace roost
