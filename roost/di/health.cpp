// Asks the providers of a running application how they are.
#include <roost/async/deadline.hpp>
#include <roost/async/errors.hpp>
#include <roost/async/when_all.hpp>
#include <roost/di/container.hpp>
#include <roost/di/detail/graph.hpp>
#include <roost/di/health.hpp>

#include <exception>
#include <utility>

namespace roost::di {

namespace {

Task<void> run(const ProviderNode& node) {
  const Hook& hook = node.shape->hooks->hooks[static_cast<std::size_t>(HookPhase::health_check)];
  if (hook.call != nullptr) {
    hook.call(node.storage, {});
    co_return;
  }
  Task<void> running = hook.call_task(node.storage, {});
  co_await std::move(running);
}

Task<HealthCheck> ask(const ProviderNode& node, std::chrono::milliseconds limit) {
  HealthCheck check;
  const std::string_view name = node.shape->hooks->health_name;
  check.name = name.empty() ? short_name(node.shape->implementation) : std::string(name);
  try {
    Task<void> running = with_timeout(run(node), limit);
    co_await std::move(running);
  } catch (const UnhealthyError& error) {
    check.up = false;
    check.message = check.reason = error.what();
  } catch (const TimeoutError&) {
    check.up = false;
    check.message = check.reason = "no answer within " + std::to_string(limit.count()) + " ms";
  } catch (const std::exception& error) {
    check.up = false;
    check.reason = error.what();
  } catch (...) {
    check.up = false;
    check.reason = "something that is no std::exception was thrown";
  }
  co_return check;
}

}  // namespace

Task<std::vector<HealthCheck>> Container::check_health(std::chrono::milliseconds limit) const {
  std::vector<Task<HealthCheck>> asked;
  for (const ProviderNode* node : graph_->hook_order) {
    const auto phase = static_cast<std::size_t>(HookPhase::health_check);
    if (node->shape->hooks->hooks[phase]) asked.push_back(ask(*node, limit));
  }
  co_return co_await when_all(std::move(asked));
}

}  // namespace roost::di
