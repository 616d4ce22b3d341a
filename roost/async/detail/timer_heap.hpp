// PRIVATE: the precise timers of one loop, ordered by time and then by age.
#pragma once

#include <roost/async/context.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace roost::async {

/// One pending point in time; `fire` runs when it has passed. Not in a heap when `index` is `none`.
class TimerNode {
 public:
  using Fire = void (*)(TimerNode&);
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  explicit TimerNode(Fire action) noexcept : fire_{action} {}
  TimerNode(const TimerNode&) = delete;
  TimerNode& operator=(const TimerNode&) = delete;
  [[nodiscard]] bool armed() const noexcept { return index_ != none; }
  [[nodiscard]] TimePoint when() const noexcept { return when_; }

 protected:
  ~TimerNode() = default;

 private:
  friend class TimerHeap;
  TimePoint when_{};
  std::uint64_t sequence_ = 0;
  std::size_t index_ = none;
  Fire fire_;
};

/// A binary heap of nodes that it does not own.
class TimerHeap {
 public:
  void add(TimerNode& node, TimePoint when);
  void remove(TimerNode& node) noexcept;
  /// The time of the first timer, `TimePoint::max()` when there is none.
  [[nodiscard]] TimePoint next() const noexcept {
    return nodes_.empty() ? TimePoint::max() : nodes_.front()->when_;
  }
  /// Runs every timer that is due at `now`, earliest first.
  void fire_until(TimePoint now);

 private:
  static bool before(const TimerNode& a, const TimerNode& b) noexcept {
    return a.when_ != b.when_ ? a.when_ < b.when_ : a.sequence_ < b.sequence_;
  }
  void place(TimerNode& node, std::size_t index) noexcept {
    nodes_[index] = &node;
    node.index_ = index;
  }
  void sift_up(TimerNode& node, std::size_t index) noexcept;
  void sift_down(TimerNode& node, std::size_t index) noexcept;

  std::vector<TimerNode*> nodes_;
  std::uint64_t sequence_ = 0;
};

}  // namespace roost::async
