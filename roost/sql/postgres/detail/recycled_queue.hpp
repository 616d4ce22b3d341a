// PRIVATE: a queue whose elements stay where they are and whose memory is used again.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace roost::db::postgres::detail {

/// First in, first out. What has left leaves its memory to what comes: a queue that is in use costs
/// no allocations. Not thread-safe.
template <class T>
class RecycledQueue {
 public:
  /// A new last element, as T{} makes it.
  T& push_back() {
    if (size_ == ring_.size()) grow();
    std::unique_ptr<T>& place = ring_[index_of(size_)];
    if (place == nullptr) place = std::make_unique<T>();
    ++size_;
    return *place;
  }
  T& push_back(T value) { return push_back() = std::move(value); }
  void pop_front() {
    std::unique_ptr<T>& place = ring_[first_];
    if (size_ <= most_spare) {
      *place = T{};  // lets go of what it owns
    } else {
      place = nullptr;
    }
    first_ = index_of(1);
    --size_;
  }

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// The first has the index 0.
  [[nodiscard]] T& operator[](std::size_t index) { return *ring_[index_of(index)]; }
  [[nodiscard]] T& front() { return *ring_[first_]; }
  [[nodiscard]] T& back() { return (*this)[size_ - 1]; }

 private:
  static constexpr std::size_t least_places = 16;
  static constexpr std::size_t most_spare = 256;

  [[nodiscard]] std::size_t index_of(std::size_t index) const {
    return (first_ + index) & (ring_.size() - 1);
  }
  void grow() {
    std::rotate(ring_.begin(), ring_.begin() + static_cast<std::ptrdiff_t>(first_), ring_.end());
    first_ = 0;
    ring_.resize(std::max(least_places, 2 * ring_.size()));
  }

  std::vector<std::unique_ptr<T>> ring_;  // a power of two of them; behind the last, spare ones
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace roost::db::postgres::detail
