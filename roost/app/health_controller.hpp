// GET /health, /health/live and /health/ready as every application has them.
#pragma once

#include <roost/async/task.hpp>
#include <roost/base/chrono.hpp>
#include <roost/web/response.hpp>
#include <roost/web/route.hpp>

#include <atomic>
#include <string>

namespace roost {

class Logger;
namespace di {
class Container;
}

struct Health {
  std::string status = "ok";
};

/// Says whether the process lives, and whether it can do its work: the latter asks every provider
/// that has `check_health()`. Called from all loops.
class HealthController {
 public:
  HealthController(Logger& logger, std::chrono::milliseconds limit)
      : logger_{&logger}, limit_{limit} {}

  /// Before the first request; null before the container is destroyed.
  void look_after(const di::Container* container) { container_ = container; }
  /// From now on the application is not ready: whoever balances load shall send no more.
  void begin_shutdown() { stopping_ = true; }

  Health check() const { return {}; }
  Task<Response> ready();

  static constexpr auto routes =
      controller("health", get<&HealthController::check>(), get<&HealthController::check>("live"),
                 get<&HealthController::ready>("ready"));

 private:
  const di::Container* container_ = nullptr;
  Logger* logger_;
  std::chrono::milliseconds limit_;
  std::atomic<bool> stopping_{false};
};

}  // namespace roost
