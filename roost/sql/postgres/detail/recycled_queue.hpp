// PRIVATE: a queue whose elements stay where they are and whose memory is used again.
#pragma once

#include <cstddef>
#include <list>
#include <utility>

namespace roost::db::postgres::detail {

/// First in, first out. What has left leaves its node to what comes: a queue that is in use costs
/// no allocations. Not thread-safe.
template <class T>
class RecycledQueue {
 public:
  T& push_back(T value) {
    if (spare_.empty()) {
      items_.push_back(std::move(value));
    } else {
      spare_.front() = std::move(value);
      items_.splice(items_.end(), spare_, spare_.begin());
    }
    return items_.back();
  }
  void pop_front() {
    items_.front() = T{};  // lets go of what it owns
    if (spare_.size() < most_spare) {
      spare_.splice(spare_.begin(), items_, items_.begin());
    } else {
      items_.pop_front();
    }
  }
  void clear() { items_.clear(); }
  /// All elements, in order; the queue is empty then.
  [[nodiscard]] std::list<T> take() { return std::exchange(items_, std::list<T>{}); }

  [[nodiscard]] bool empty() const { return items_.empty(); }
  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] T& front() { return items_.front(); }
  [[nodiscard]] T& back() { return items_.back(); }
  auto begin() { return items_.begin(); }
  auto end() { return items_.end(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }
  auto rbegin() { return items_.rbegin(); }
  auto rend() { return items_.rend(); }

 private:
  static constexpr std::size_t most_spare = 256;

  std::list<T> items_;
  std::list<T> spare_;
};

}  // namespace roost::db::postgres::detail
