// Answers requests with the controllers of a container: finds the route, runs its handler, turns
// exceptions into answers.
#pragma once

#include <roost/http/handler.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/http/router.hpp>
#include <roost/web/global_prefix.hpp>
#include <roost/web/http_policies.hpp>
#include <roost/web/route_descriptor.hpp>
#include <roost/web/validation_pipe.hpp>
#include <roost/web/versioning.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace roost {
namespace validation {
struct ValidationOptions;
}
namespace di {
class Container;
class ControllerNode;
}  // namespace di

namespace web {

struct Pipeline;
class PolicyRunner;
class RouteAddresses;
class StaticFiles;

struct GuardedRoute;

/// A controller that no module lists.
struct FrameworkController {
  const ControllerDescriptor* descriptor = nullptr;
  void* instance = nullptr;  // outlives the dispatcher; null: its handlers have no state
};

/// What the application tells the dispatcher and wants to hear from it. The functions are called
/// from the loops' threads.
struct DispatcherHooks {
  /// Every exception that is answered with a 500.
  std::function<void(http::Request&, std::exception_ptr)> on_failure;
  /// Every request, before anything is done with it; it has a RequestStart. Not called when empty.
  std::function<void(http::Request&)> on_request;
  /// Every answered request, for the access log; not called when empty.
  std::function<void(http::Request&, const http::Response&)> on_answer;
  /// Controllers of the framework; a route of the application's own with the same path takes the
  /// place of theirs.
  std::vector<FrameworkController> fallbacks;
  /// Folders of files, asked one after the other where no route answers. They outlive the
  /// dispatcher.
  std::vector<std::shared_ptr<const StaticFiles>> static_files;
  /// Where the routes of modules are answered; as their controllers say unless set.
  std::optional<GlobalPrefix> prefix;
  std::optional<Versioning> versioning;
  /// What is done with every request and answer; nothing unless set.
  std::optional<HttpPolicies> policies;
  /// How routes that do not say it themselves validate input.
  std::optional<ValidationPipe> validation;
  /// Requests will come: folders that routes store uploads in must be there.
  bool serves = false;
};

/// Immutable after construction; one serves all loops. The container must outlive it.
class Dispatcher final : public http::RequestHandler {
 public:
  /// Collects the routes of all controllers. Throws StartupError that lists every malformed path
  /// and every pair of routes of which one could never be reached.
  explicit Dispatcher(const di::Container& container, DispatcherHooks hooks = {});
  ~Dispatcher() override;

  Task<void> handle(http::Request& request, http::Response& response) override;
  [[nodiscard]] bool plans_bodies() const noexcept override { return plans_bodies_; }
  void plan_body(const http::Request& request, http::BodyPlan& plan) const noexcept override;
  void refuse(unsigned status, std::string_view reason, http::Response& response) override;
  void on_exception(const http::Request& request, std::exception_ptr exception) noexcept override;
  void on_response(http::Request& request, const http::Response& response) noexcept override;

  /// All routes, in the order of declaration.
  [[nodiscard]] std::vector<const RouteDescriptor*> routes() const;
  /// The same with the guards of each.
  [[nodiscard]] std::vector<GuardedRoute> guarded_routes() const;
  /// The router's table as text; one for each version that requests can ask for.
  [[nodiscard]] std::string dump() const;
  /// What runs around each route, a line per step; see Pipeline::dump.
  [[nodiscard]] std::string dump_pipelines() const;

 private:
  struct Route;
  /// The routes of one version.
  struct Table;

  void add_controllers(const di::Container& container, std::vector<std::string>& problems);
  [[nodiscard]] const validation::ValidationOptions* validation_of(
      const RouteDescriptor& descriptor) const;
  void add(const RouteDescriptor& descriptor, Route route, std::vector<std::string>& problems);
  void add_to_tables(std::vector<std::string>& problems);
  [[nodiscard]] const Table& table_for(const http::Request& request) const;
  void add_fallback(const FrameworkController& controller);
  void refuse_unrouted(http::Request& request, http::Response& response,
                       http::RouteMatch::Kind kind, http::MethodSet allowed) const;
  /// Answers with what the exception being handled says.
  void answer_exception(http::Request& request, http::Response& response,
                        std::exception_ptr exception) noexcept;
  /// Answers by the routes, without the policies.
  Task<void> answer(http::Request& request, http::Response& response);
  Task<void> finish(Task<void> task, http::Request& request, http::Response& response) const;
  Task<void> run(http::Request& request, http::Response& response, const Route& route);
  Task<void> run_unrouted(http::Request& request, http::Response& response,
                          http::RouteMatch::Kind kind, http::MethodSet allowed);
  /// Answers with what the filters make of the exception, or with what it says itself.
  void fail(ExecutionContext& context, std::exception_ptr exception) noexcept;

  DispatcherHooks hooks_;
  std::unique_ptr<const PolicyRunner> policies_;                     // null: none
  std::shared_ptr<const validation::ValidationOptions> validation_;  // null: as usual
  std::unique_ptr<RouteAddresses> addresses_;
  std::vector<Route> routes_;
  std::vector<Table> tables_;  // the first for requests that ask for no version that there is
  bool plans_bodies_ = false;  // there are routes with limits or streams of their own
  const di::Container* container_ = nullptr;
  std::unique_ptr<const Pipeline> unrouted_;  // around requests without a route; null: nothing
};

}  // namespace web
}  // namespace roost
