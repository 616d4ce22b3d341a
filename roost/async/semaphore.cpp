// Handing permits from task to task.
#include <roost/async/semaphore.hpp>

namespace roost {

AsyncSemaphore::Awaiter::~Awaiter() {
  cancel_wait();
  // Granted, but the coroutine was destroyed before it could take the permit.
  if (granted_) semaphore_.release();
}

bool AsyncSemaphore::Awaiter::await_ready() noexcept {
  if (semaphore_.available_ == 0) return false;
  --semaphore_.available_;
  granted_ = true;
  return true;
}

AsyncSemaphore::Permit AsyncSemaphore::Awaiter::await_resume() {
  finish_wait();
  granted_ = false;
  return Permit{semaphore_};
}

bool AsyncSemaphore::Awaiter::abandon() noexcept {
  unlink();
  return true;
}

AsyncSemaphore::Permit AsyncSemaphore::try_acquire() noexcept {
  if (available_ == 0) return {};
  --available_;
  return Permit{*this};
}

void AsyncSemaphore::release() noexcept {
  async::LoopNode* next = waiters_.pop_front();
  if (next == nullptr) {
    ++available_;
    return;
  }
  // The permit passes on without becoming available, so that nobody can overtake.
  auto& awaiter = static_cast<Awaiter&>(*next);
  awaiter.granted_ = true;
  awaiter.complete();
}

}  // namespace roost
