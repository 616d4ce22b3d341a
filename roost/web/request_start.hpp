// When a request came to the dispatcher, and which route answers it: for access log and metrics.
#pragma once

#include <chrono>
#include <cstddef>

namespace roost::web {

/// Extension of a request; there only while something measures.
struct RequestStart {
  static constexpr std::size_t no_route = static_cast<std::size_t>(-1);

  explicit RequestStart(std::chrono::steady_clock::time_point now) : time{now} {}
  std::chrono::steady_clock::time_point time;
  std::size_t route = no_route;  // its place in Dispatcher::routes()
};

}  // namespace roost::web
