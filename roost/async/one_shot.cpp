// Completing a OneShot, and leaving one.
#include <roost/async/one_shot.hpp>
#include <roost/base/error.hpp>

namespace roost::async {

void OneShotBase::set_exception(std::exception_ptr error) {
  if (ready_) return;
  error_ = std::move(error);
  complete();
}

void OneShotBase::add_waiter(Awaiter& waiter) {
  if (waiter_ != nullptr) throw Error("OneShot: a second task waits; it has room for one");
  waiter_ = &waiter;
}

void OneShotBase::complete() noexcept {
  ready_ = true;
  if (waiter_ != nullptr) std::exchange(waiter_, nullptr)->complete();
}

bool OneShotBase::Awaiter::abandon() noexcept {
  if (one_shot_.waiter_ == this) one_shot_.waiter_ = nullptr;
  return true;
}

}  // namespace roost::async
