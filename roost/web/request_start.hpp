// When a request came to the dispatcher, for the access log.
#pragma once

#include <chrono>

namespace roost::web {

/// Extension of a request; there only while something measures.
struct RequestStart {
  explicit RequestStart(std::chrono::steady_clock::time_point now) : time{now} {}
  std::chrono::steady_clock::time_point time;
};

}  // namespace roost::web
