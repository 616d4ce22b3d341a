// PRIVATE: a hashed wheel of coarse timeouts.
//
// Disarming leaves a timeout in its slot and re-arming to a later time does too: the wheel finds
// out when it comes by. So a connection that arms and disarms for every request costs two stores
// each, and moves through the wheel once per timeout period.
#pragma once

#include <roost/async/detail/timer_heap.hpp>
#include <roost/async/loop_node.hpp>
#include <roost/async/timers.hpp>
#include <roost/base/chrono.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace roost::async {

struct LoopCore;

class TimeoutWheel : private TimerNode {
 public:
  explicit TimeoutWheel(LoopCore& core) noexcept : TimerNode{&TimeoutWheel::tick}, core_{core} {}

  void arm(Timeout& timeout, TimePoint when);
  void forget(Timeout& timeout) noexcept;

  /// About 67 ms.
  static constexpr int tick_bits = 26;
  static constexpr std::size_t slot_count = 512;
  /// How late the loop's cached clock may be.
  static constexpr std::chrono::milliseconds clock_slack{12};

 private:
  static std::uint64_t tick_of(TimePoint time) noexcept {
    return static_cast<std::uint64_t>(time.time_since_epoch().count()) >> tick_bits;
  }
  static TimePoint time_of(std::uint64_t tick) noexcept {
    return TimePoint{Duration{static_cast<Duration::rep>(tick << tick_bits)}};
  }
  static void tick(TimerNode& node);
  void advance(std::uint64_t now);
  void visit(std::uint64_t tick);
  void insert(Timeout& timeout, std::uint64_t tick) noexcept;

  LoopCore& core_;
  std::array<LoopList, slot_count> slots_;
  std::uint64_t current_ = 0;
  std::size_t linked_ = 0;
  bool advancing_ = false;
};

}  // namespace roost::async
