// GET /health as every application has it.
#pragma once

#include <roost/web/route.hpp>

#include <string>

namespace roost {

struct Health {
  std::string status = "ok";
};

/// Answers as soon as the application listens. Stateless.
class HealthController {
 public:
  Health check() const { return {}; }

  static constexpr auto routes = controller("health", get<&HealthController::check>());
};

}  // namespace roost
