// EventLoopGroup: as many event loops as threads, started and stopped together.
#pragma once

#include <roost/async/event_loop.hpp>
#include <roost/base/unique_function.hpp>

#include <cstddef>
#include <memory>

namespace roost {

/// Runs one loop per thread; all share one BlockingPool. Not thread-safe itself, except `stop`.
class EventLoopGroup {
 public:
  /// What each thread does before its loop runs: `index` counts from zero.
  using Setup = UniqueFunction<void(EventLoop& loop, std::size_t index)>;

  /// Makes the loops but starts nothing; at least one.
  explicit EventLoopGroup(std::size_t loops);
  EventLoopGroup(const EventLoopGroup&) = delete;
  EventLoopGroup& operator=(const EventLoopGroup&) = delete;
  /// Stops and joins.
  ~EventLoopGroup();

  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] EventLoop& loop(std::size_t index) noexcept;

  /// Starts the threads and returns when all loops run. `setup` is called on each thread, one after
  /// another, as the loop's first work; the first exception that it throws stops the group and is
  /// thrown from here.
  void start(Setup setup = nullptr);
  /// From any thread: asks all loops to stop.
  void stop() noexcept;
  /// Waits until all threads have ended.
  void join();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace roost
