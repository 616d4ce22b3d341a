// Rate limiting: so many requests of one client to one route in so much time.
#pragma once

#include <roost/base/chrono.hpp>
#include <roost/web/execution_context.hpp>

#include <cstddef>
#include <memory>

namespace roost {

/// Annotation of a route or controller for RateLimitGuard: at most `requests` in each `window`.
class RateLimit {
 public:
  constexpr RateLimit(std::size_t requests, std::chrono::milliseconds window)
      : requests_{requests}, window_{window} {
    if (requests == 0 || window.count() <= 0)
      throw "rate_limit: requests and a window are expected";
  }
  [[nodiscard]] constexpr std::size_t requests() const { return requests_; }
  [[nodiscard]] constexpr std::chrono::milliseconds window() const { return window_; }

 private:
  std::size_t requests_;
  std::chrono::milliseconds window_;
};
constexpr RateLimit rate_limit(std::size_t requests, std::chrono::milliseconds window) {
  return {requests, window};
}

/// Annotation: this route is not limited.
struct NoRateLimit {};
constexpr NoRateLimit no_rate_limit() { return {}; }

/// Guard: counts the requests of each client address (behind trusted proxies: of their clients) to
/// each route that has a RateLimit, in windows that begin with the first of them. Answers carry
/// X-RateLimit-Limit, -Remaining and -Reset (seconds); more requests are answered with 429 and
/// Retry-After. Counts in this process only; thread-safe. `providers<RateLimitGuard>()` and
/// `everywhere(use_guards<RateLimitGuard>())`.
class RateLimitGuard {
 public:
  RateLimitGuard();
  ~RateLimitGuard();
  RateLimitGuard(const RateLimitGuard&) = delete;
  RateLimitGuard& operator=(const RateLimitGuard&) = delete;

  bool can_activate(ExecutionContext& context);

 private:
  struct Counters;
  std::unique_ptr<Counters> counters_;
};

}  // namespace roost
