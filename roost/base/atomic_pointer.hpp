// A pointer that is stored once by whichever thread comes first; without <atomic>, which reads half
// of the C library's headers.
#pragma once

namespace roost {

/// What constants and lazily made tables keep their result in. Loads see everything that the thread
/// which stored the pointer had written before.
template <class T>
class AtomicPointer {
 public:
  constexpr AtomicPointer() noexcept = default;
  AtomicPointer(const AtomicPointer&) = delete;
  AtomicPointer& operator=(const AtomicPointer&) = delete;

  [[nodiscard]] T* load() const noexcept { return __atomic_load_n(&pointer_, __ATOMIC_ACQUIRE); }

  /// Stores `wanted` if nothing is stored yet; the pointer that is stored afterwards.
  T* store_first(T* wanted) noexcept {
    T* stored = nullptr;
    const bool first = __atomic_compare_exchange_n(&pointer_, &stored, wanted, false,
                                                   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
    return first ? wanted : stored;
  }

 private:
  T* pointer_ = nullptr;
};

}  // namespace roost
