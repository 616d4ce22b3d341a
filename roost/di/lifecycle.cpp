// Runs the lifecycle hooks in order.
#include <roost/di/container.hpp>
#include <roost/di/detail/graph.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace roost::di {
namespace {

std::string_view hook_name(HookPhase phase) {
  switch (phase) {
    case HookPhase::module_init:
      return "on_module_init";
    case HookPhase::application_bootstrap:
      return "on_application_bootstrap";
    case HookPhase::module_destroy:
      return "on_module_destroy";
    case HookPhase::before_application_shutdown:
      return "before_application_shutdown";
    case HookPhase::application_shutdown:
      return "on_application_shutdown";
    case HookPhase::health_check:
      return "check_health";
  }
  return "";
}

/// Runs one hook; the reason of its failure, or nothing.
Task<std::string> run_hook(const ProviderNode& node, HookPhase phase, std::string_view signal) {
  const Hook& hook = node.shape->hooks->hooks[static_cast<std::size_t>(phase)];
  std::string failure;
  try {
    if (hook.call != nullptr) hook.call(node.storage, signal);
    if (hook.call_task != nullptr) {
      Task<void> running = hook.call_task(node.storage, signal);
      co_await std::move(running);
    }
  } catch (const std::exception& error) {
    failure = error.what();
    if (failure.empty()) failure = "an exception without a text";
  } catch (...) {
    failure = "something that is no std::exception was thrown";
  }
  co_return failure;
}

Task<void> run_up(const Graph& graph, HookPhase phase) {
  for (const ProviderNode* node : graph.hook_order) {
    std::string failure = co_await run_hook(*node, phase, {});
    if (failure.empty()) continue;
    std::string problem = graph.label(*node) + ": " + std::string{hook_name(phase)} + " failed: ";
    problem += failure;
    throw StartupError{std::vector<std::string>{std::move(problem)}};
  }
}

Task<std::vector<HookFailure>> run_down(const Graph& graph, HookPhase phase,
                                        std::string_view signal) {
  std::vector<HookFailure> failures;
  for (auto it = graph.hook_order.rbegin(); it != graph.hook_order.rend(); ++it) {
    std::string reason = co_await run_hook(**it, phase, signal);
    if (reason.empty()) continue;
    HookFailure& failure = failures.emplace_back();
    failure.provider = short_name((*it)->shape->implementation);
    failure.module = graph.module_name(**it);
    failure.hook = hook_name(phase);
    failure.reason = std::move(reason);
  }
  co_return failures;
}

}  // namespace

Task<void> Container::init() { return run_up(*graph_, HookPhase::module_init); }
Task<void> Container::bootstrap() { return run_up(*graph_, HookPhase::application_bootstrap); }
Task<std::vector<HookFailure>> Container::destroy(std::string_view signal) {
  return run_down(*graph_, HookPhase::module_destroy, signal);
}
Task<std::vector<HookFailure>> Container::before_shutdown(std::string_view signal) {
  return run_down(*graph_, HookPhase::before_application_shutdown, signal);
}
Task<std::vector<HookFailure>> Container::shutdown(std::string_view signal) {
  return run_down(*graph_, HookPhase::application_shutdown, signal);
}

}  // namespace roost::di
