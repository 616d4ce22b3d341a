#include <roost/http/exceptions.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/web/rate_limit.hpp>
#include <roost/web/route_descriptor.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

namespace roost {

namespace {

using Clock = std::chrono::steady_clock;

// Clients that stopped coming are forgotten when a shard has grown to twice what was left last
// time.
constexpr std::size_t smallest_sweep = 1024;

struct Window {
  Clock::time_point end;
  std::size_t requests = 0;
};
struct Shard {
  std::mutex mutex;
  std::unordered_map<std::string, Window> windows;
  std::size_t sweep_at = smallest_sweep;

  void sweep(Clock::time_point now) {
    if (windows.size() < sweep_at) return;
    std::erase_if(windows, [&](const auto& entry) { return entry.second.end <= now; });
    sweep_at = std::max(smallest_sweep, windows.size() * 2);
  }
};

std::string seconds_until(Clock::time_point end, Clock::time_point now) {
  const auto left = std::chrono::ceil<std::chrono::seconds>(end - now);
  return std::to_string(std::max<long long>(left.count(), 0));
}

}  // namespace

struct RateLimitGuard::Counters {
  std::array<Shard, 16> shards;
};

RateLimitGuard::RateLimitGuard() : counters_{std::make_unique<Counters>()} {}
RateLimitGuard::~RateLimitGuard() = default;

bool RateLimitGuard::can_activate(ExecutionContext& context) {
  const auto* limit = context.metadata<RateLimit>();
  if (limit == nullptr || context.metadata<NoRateLimit>() != nullptr) return true;
  const auto now = Clock::now();
  const auto* route = &context.route();
  std::string key{reinterpret_cast<const char*>(&route), sizeof route};
  key += context.request().remote_address();
  Shard& shard = counters_->shards[std::hash<std::string>{}(key) % counters_->shards.size()];
  Window window;
  {
    const std::lock_guard lock{shard.mutex};
    shard.sweep(now);
    Window& kept = shard.windows[key];
    if (kept.end <= now) kept = Window{now + limit->window(), 0};
    if (kept.requests <= limit->requests()) ++kept.requests;
    window = kept;
  }
  const std::string reset = seconds_until(window.end, now);
  if (window.requests > limit->requests()) {
    context.response().header("Retry-After", reset);
    throw HttpException("ThrottlerException: Too Many Requests", 429);
  }
  http::Response& response = context.response();
  response.header("X-RateLimit-Limit", std::to_string(limit->requests()));
  response.header("X-RateLimit-Remaining", std::to_string(limit->requests() - window.requests));
  response.header("X-RateLimit-Reset", reset);
  return true;
}

}  // namespace roost
