#include <roost/app/health_controller.hpp>
#include <roost/app/logger.hpp>
#include <roost/di/container.hpp>
#include <roost/meta/describe.hpp>

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace roost {

namespace {

struct HealthEntry {
  std::string status;
  std::optional<std::string> message;
};

/// As NestJS answers it.
struct HealthReport {
  std::string status = "ok";
  std::map<std::string, HealthEntry> info;
  std::map<std::string, HealthEntry> error;
  std::map<std::string, HealthEntry> details;
};

HealthReport report_of(const std::vector<di::HealthCheck>& checks) {
  HealthReport report;
  for (const di::HealthCheck& check : checks) {
    HealthEntry entry{check.up ? "up" : "down", {}};
    if (!check.message.empty()) entry.message = check.message;
    // Two of one name: what is down must not hide behind what is up.
    if (check.up && report.error.contains(check.name)) continue;
    if (!check.up) {
      report.status = "error";
      report.info.erase(check.name);
    }
    (check.up ? report.info : report.error)[check.name] = entry;
    report.details[check.name] = entry;
  }
  return report;
}

}  // namespace

Task<Response> HealthController::ready() {
  std::vector<di::HealthCheck> checks;
  if (container_ != nullptr) checks = co_await container_->check_health(limit_);
  for (const di::HealthCheck& check : checks) {
    if (check.up) continue;
    logger_->log(LogLevel::warn, "health", "a check failed", "check", check.name, "reason",
                 check.reason);
  }
  HealthReport report = report_of(checks);
  if (stopping_) report.status = "shutting_down";
  Response answer(report.status == "ok" ? 200 : 503);
  answer.header("Cache-Control", "no-cache, no-store, must-revalidate").json(report);
  co_return answer;
}

}  // namespace roost
