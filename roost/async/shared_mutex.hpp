// A lock for one writer or many readers whose header costs nothing: std::shared_mutex brings
// <chrono> and <system_error> along.
#pragma once

#include <cstddef>

namespace roost::async {

/// std::shared_mutex behind a wall. Never held across co_await.
class SharedMutex {
 public:
  SharedMutex();
  SharedMutex(const SharedMutex&) = delete;
  SharedMutex& operator=(const SharedMutex&) = delete;
  ~SharedMutex();

  void lock();
  void unlock() noexcept;
  void lock_shared();
  void unlock_shared() noexcept;

 private:
  static constexpr std::size_t size = 56;
  alignas(8) std::byte mutex_[size];
};

/// Holds a SharedMutex for writing.
class WriterLock {
 public:
  explicit WriterLock(SharedMutex& mutex) : mutex_{mutex} { mutex_.lock(); }
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;
  ~WriterLock() { mutex_.unlock(); }

 private:
  SharedMutex& mutex_;
};

/// Holds a SharedMutex for reading.
class ReaderLock {
 public:
  explicit ReaderLock(SharedMutex& mutex) : mutex_{mutex} { mutex_.lock_shared(); }
  ReaderLock(const ReaderLock&) = delete;
  ReaderLock& operator=(const ReaderLock&) = delete;
  ~ReaderLock() { mutex_.unlock_shared(); }

 private:
  SharedMutex& mutex_;
};

}  // namespace roost::async
