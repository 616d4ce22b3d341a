#include <roost/async/shared_mutex.hpp>

#include <memory>
#include <new>
#include <shared_mutex>

namespace roost::async {

namespace {

std::shared_mutex& mutex_in(std::byte* storage) {
  return *std::launder(reinterpret_cast<std::shared_mutex*>(storage));
}

}  // namespace

SharedMutex::SharedMutex() {
  static_assert(sizeof(std::shared_mutex) <= size && alignof(std::shared_mutex) <= 8);
  ::new (static_cast<void*>(mutex_)) std::shared_mutex;
}
SharedMutex::~SharedMutex() { std::destroy_at(&mutex_in(mutex_)); }

void SharedMutex::lock() { mutex_in(mutex_).lock(); }
void SharedMutex::unlock() noexcept { mutex_in(mutex_).unlock(); }
void SharedMutex::lock_shared() { mutex_in(mutex_).lock_shared(); }
void SharedMutex::unlock_shared() noexcept { mutex_in(mutex_).unlock_shared(); }

}  // namespace roost::async
