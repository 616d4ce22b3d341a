// What runs around one route, with its instances looked up: the form in which the dispatcher keeps
// middleware, guards, interceptors, pipes and filters.
#pragma once

#include <roost/async/task.hpp>
#include <roost/base/type_name.hpp>
#include <roost/http/router.hpp>
#include <roost/web/enhancers.hpp>
#include <roost/web/middleware.hpp>
#include <roost/web/route_descriptor.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace roost {
namespace di {
class Container;
class Controller;
}  // namespace di

namespace web {

/// A link and its instance; null when each request has its own.
template <class L>
struct PipelineStep {
  L link;
  void* instance = nullptr;
};

/// Middleware with the paths on which it runs, as tables.
struct MiddlewareStep : PipelineStep<MiddlewareLink> {
  std::shared_ptr<const http::Router> paths;   // null: everywhere
  std::shared_ptr<const http::Router> except;  // null: nowhere
  std::vector<TypeId> controllers;             // only on their routes, unless empty

  [[nodiscard]] bool runs_on(http::Request& request) const;
};

/// Immutable; lives as long as the dispatcher.
struct Pipeline {
  std::vector<MiddlewareStep> middleware;
  std::vector<PipelineStep<GuardLink>> guards;
  std::vector<PipelineStep<InterceptorLink>> interceptors;
  std::vector<PipelineStep<PipeLink>> pipes;
  std::vector<PipelineStep<FilterLink>> filters;
  /// Pipes of single parameters that serve all requests.
  std::vector<std::pair<TypeId, void*>> parameter_pipes;
  /// All that runs before the handler are plain functions on objects that serve all requests, so
  /// that a plain handler needs no coroutine.
  bool plain = true;

  /// Nothing runs beside the handler.
  [[nodiscard]] bool empty() const {
    return middleware.empty() && guards.empty() && interceptors.empty() && pipes.empty() &&
           filters.empty() && parameter_pipes.empty();
  }
  /// One line per step, from the socket to the handler and back.
  [[nodiscard]] std::string dump(const RouteDescriptor& route) const;

  /// Runs plain middleware and guards; false when middleware has answered. Throws what they throw.
  bool admit(ExecutionContext& context) const;
  /// Lets the filters have the exception; true when one answered. What a filter throws takes the
  /// place of the exception.
  bool filter(ExecutionContext& context, std::exception_ptr& exception) const noexcept;
};

/// Makes the pipelines of an application's routes.
class PipelineBuilder {
 public:
  explicit PipelineBuilder(const di::Container& container);

  /// For a route of `controller`. What is missing is added to `problems`.
  [[nodiscard]] Pipeline build(const RouteDescriptor& route, const di::Controller& controller,
                               std::vector<std::string>& problems) const;
  /// For requests that no route answers.
  [[nodiscard]] Pipeline build_unrouted(const RouteDescriptor& route,
                                        std::vector<std::string>& problems) const;

 private:
  void add(const Chain& chain, Pipeline& pipeline, const std::string& where,
           std::vector<std::string>& problems) const;
  void add_middleware(Pipeline& pipeline, const di::Controller* controller,
                      std::vector<std::string>& problems) const;
  /// False when no module provides `link`'s class; `kind` is for the message.
  bool find(const Link& link, const char* kind, const std::string& where, void*& instance,
            std::vector<std::string>& problems) const;

  const di::Container& container_;
  Chain everywhere_;
  std::vector<MiddlewareStep> middleware_;
};

/// Runs what is left of a pipeline, from middleware to the handler; `handler` is called last.
class PipelineRun {
 public:
  using Handler = Task<void> (*)(ExecutionContext& context, void* state);

  PipelineRun(ExecutionContext& context, const Pipeline& pipeline, Handler handler, void* state)
      : context_{context}, pipeline_{pipeline}, handler_{handler}, state_{state} {}

  [[nodiscard]] Task<void> run();

 private:
  static Task<void> after_middleware(void* run, std::size_t position);
  static Task<void> after_interceptor(void* run, std::size_t position);
  Task<void> run_middleware(std::size_t position);
  Task<void> run_guards();
  Task<void> run_interceptor(std::size_t position);

  ExecutionContext& context_;
  const Pipeline& pipeline_;
  Handler handler_;
  void* state_;
};

}  // namespace web
}  // namespace roost
