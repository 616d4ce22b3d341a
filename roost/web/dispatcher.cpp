#include <roost/async/deadline.hpp>
#include <roost/async/errors.hpp>
#include <roost/di/container.hpp>
#include <roost/di/request_scope.hpp>
#include <roost/http/exceptions.hpp>
#include <roost/validation/validate.hpp>
#include <roost/web/binding.hpp>
#include <roost/web/detail/form_parts.hpp>
#include <roost/web/detail/policy_runner.hpp>
#include <roost/web/detail/route_addresses.hpp>
#include <roost/web/detail/vary.hpp>
#include <roost/web/dispatcher.hpp>
#include <roost/web/exception_filter.hpp>
#include <roost/web/execution_context.hpp>
#include <roost/web/pipeline.hpp>
#include <roost/web/request_start.hpp>
#include <roost/web/static_files.hpp>
#include <roost/web/validation_failure.hpp>

#include <algorithm>
#include <optional>

namespace roost::web {

/// A route that is ready to run.
struct Dispatcher::Route {
  const RouteDescriptor* descriptor = nullptr;
  std::optional<di::Controller> controller;
  void* instance = nullptr;  // of a singleton controller, else null
  const di::Container* container = nullptr;
  std::unique_ptr<const Pipeline> pipeline;  // null: nothing but the handler runs
  bool direct = false;                       // no coroutine and no instances of the request
  bool leaves_body_unread = false;
};

struct Dispatcher::Table {
  std::string version;  // empty: none
  http::Router router;
  std::vector<std::size_t> routes;  // by the router's index
};

namespace {

/// Stands for the route of requests that have none.
const RouteDescriptor& no_route() {
  static const RouteDescriptor none;
  return none;
}

/// Whether a route reads the body of its request in one way.
void check_body(const RouteDescriptor& descriptor, std::vector<std::string>& problems) {
  const std::string name =
      std::string(descriptor.controller) + "::" + std::string(descriptor.handler);
  const bool takes_form = detail::takes_form(descriptor);
  const bool stores = descriptor.receive != nullptr;
  const bool reads_twice =
      descriptor.streams_body &&
      ((takes_form && !stores) ||
       std::any_of(descriptor.parameters.begin(), descriptor.parameters.end(),
                   [&](const ParameterDescriptor& parameter) {
                     return parameter.source == ParameterSource::body ||
                            (stores && parameter.source == ParameterSource::body_stream);
                   }));
  if (reads_twice) {
    problems.push_back(name +
                       " reads the body of its request twice: as a stream (BodyStream, "
                       "store_uploads) and as a whole; take one of them");
  }
  if (stores && !takes_form) {
    problems.push_back(name + " has store_uploads but takes no File, OptionalFile or Multipart");
  }
}

/// Every source is named, so that a new one is thought of here.
bool may_read_body(const ParameterDescriptor& parameter) {
  switch (parameter.source) {
    case ParameterSource::body:
    case ParameterSource::body_stream:
    case ParameterSource::request:
    case ParameterSource::file:
    case ParameterSource::optional_file:
    case ParameterSource::multipart:
    case ParameterSource::custom:
      return true;
    case ParameterSource::query:
    case ParameterSource::query_parameter:
    case ParameterSource::path:
    case ParameterSource::header:
    case ParameterSource::cookie:
    case ParameterSource::context:
      return false;
  }
  return true;
}

/// Whether nobody looks at the body that a request may bring along. Then it still has to be what it
/// says: who sends half a document has lost the other half.
bool leaves_body_unread(const RouteDescriptor& descriptor) {
  const auto& parameters = descriptor.parameters;
  return !descriptor.streams_body && descriptor.receive == nullptr &&
         std::none_of(parameters.begin(), parameters.end(), &may_read_body);
}

void check_uploads(const RouteDescriptor& descriptor, std::vector<std::string>& problems) {
  const std::string fault = detail::fault_of_uploads(descriptor);
  if (fault.empty()) return;
  const auto method =
      descriptor.every_method ? std::string_view{"ALL"} : http::to_string(descriptor.method);
  problems.push_back(std::string(descriptor.controller) + "::" + std::string(descriptor.handler) +
                     " (" + std::string(method) + " " + descriptor.path + ") " + fault);
}

}  // namespace

Dispatcher::Dispatcher(const di::Container& container, DispatcherHooks hooks)
    : hooks_{std::move(hooks)} {
  if (hooks_.policies) policies_ = std::make_unique<const PolicyRunner>(*hooks_.policies);
  std::vector<std::string> problems;
  addresses_ = std::make_unique<RouteAddresses>(hooks_.prefix, hooks_.versioning, problems);
  add_controllers(container, problems);
  for (const FrameworkController& controller : hooks_.fallbacks) add_fallback(controller);
  add_to_tables(problems);
  if (!problems.empty()) throw StartupError(std::move(problems));
}

void Dispatcher::add_controllers(const di::Container& container,
                                 std::vector<std::string>& problems) {
  const PipelineBuilder pipelines{container};
  for (const di::Controller& controller : container.controllers()) {
    const auto* described = static_cast<const ControllerDescriptor*>(controller.attachment());
    if (described == nullptr) continue;
    for (const RouteDescriptor& declared : described->routes) {
      for (const RouteDescriptor* descriptor : addresses_->of(declared)) {
        Route route;
        route.controller = controller;
        route.container = &container;
        if (controller.is_singleton()) route.instance = controller.instance();
        Pipeline pipeline = pipelines.build(*descriptor, controller, problems);
        if (!pipeline.empty()) {
          route.pipeline = std::make_unique<const Pipeline>(std::move(pipeline));
        }
        add(*descriptor, std::move(route), problems);
      }
    }
  }
  container_ = &container;
  if (hooks_.validation) validation_ = validation_options(*hooks_.validation);
  Pipeline unrouted = pipelines.build_unrouted(no_route(), problems);
  if (!unrouted.empty()) unrouted_ = std::make_unique<const Pipeline>(std::move(unrouted));
}

Dispatcher::~Dispatcher() = default;

const validation::ValidationOptions* Dispatcher::validation_of(
    const RouteDescriptor& descriptor) const {
  return descriptor.validation != nullptr ? descriptor.validation.get() : validation_.get();
}

void Dispatcher::add(const RouteDescriptor& descriptor, Route route,
                     std::vector<std::string>& problems) {
  try {
    // Rules that make no sense stop the start, and the first request finds everything prepared.
    for (const ParameterDescriptor& parameter : descriptor.parameters) {
      const bool validated =
          parameter.source == ParameterSource::body || parameter.source == ParameterSource::query;
      if (validated) validation::prepare(parameter.type());
    }
  } catch (const Error& error) {
    problems.emplace_back(error.what());
    return;
  }
  check_body(descriptor, problems);
  if (hooks_.serves) check_uploads(descriptor, problems);
  plans_bodies_ = plans_bodies_ || descriptor.streams_body || descriptor.body_limit != 0;
  route.direct = route.instance != nullptr && descriptor.call != nullptr &&
                 descriptor.timeout.count() == 0 && descriptor.receive == nullptr &&
                 (route.pipeline == nullptr || route.pipeline->plain);
  route.leaves_body_unread = leaves_body_unread(descriptor);
  route.descriptor = &descriptor;
  routes_.push_back(std::move(route));
}

void Dispatcher::add_fallback(const FrameworkController& controller) {
  static char stateless = 0;  // its handlers never look at the object
  for (const RouteDescriptor& descriptor : controller.descriptor->routes) {
    const bool taken = std::any_of(routes_.begin(), routes_.end(), [&](const Route& route) {
      return route.descriptor->path == descriptor.path;
    });
    if (taken) continue;
    Route route;
    route.instance = controller.instance != nullptr ? controller.instance : &stateless;
    route.container = container_;  // a coroutine has a scope, though it asks for nothing
    std::vector<std::string> none;
    add(descriptor, std::move(route), none);
  }
}

/// A table for each version that requests can ask for. What a version has takes the place of what
/// is there for all versions.
void Dispatcher::add_to_tables(std::vector<std::string>& problems) {
  tables_.emplace_back();
  for (const std::string& version : addresses_->versions()) {
    tables_.emplace_back().version = version;
  }
  const auto add_route = [&](Table& table, std::size_t index) {
    const RouteDescriptor& route = *routes_[index].descriptor;
    const std::string source = std::string(route.controller) + "::" + std::string(route.handler);
    try {
      if (route.every_method) {
        table.router.add_any(route.path, source);
      } else {
        table.router.add(route.method, route.path, source);
      }
      table.routes.push_back(index);
    } catch (const Error& error) {
      problems.emplace_back(error.what());
    }
  };
  const auto is_in = [&](const Table& table, const RouteDescriptor& route) {
    return std::any_of(table.routes.begin(), table.routes.end(), [&](std::size_t index) {
      const RouteDescriptor& other = *routes_[index].descriptor;
      return other.path == route.path && other.every_method == route.every_method &&
             other.method == route.method;
    });
  };
  for (Table& table : tables_) {
    for (std::size_t i = 0; i < routes_.size(); ++i) {
      const auto& versions = routes_[i].descriptor->required_version.versions;
      const bool named =
          std::find(versions.begin(), versions.end(), table.version) != versions.end();
      if (table.version.empty() ? versions.empty() : named) add_route(table, i);
    }
    for (std::size_t i = 0; i < routes_.size(); ++i) {
      const VersionRequirement& required = routes_[i].descriptor->required_version;
      const bool neutral = required.versions.empty() ? !table.version.empty() : required.neutral;
      if (neutral && !is_in(table, *routes_[i].descriptor)) add_route(table, i);
    }
    for (const std::string& conflict : table.router.conflicts()) problems.push_back(conflict);
  }
  std::vector<std::string> different;
  for (std::string& problem : problems) {
    if (std::find(different.begin(), different.end(), problem) == different.end()) {
      different.push_back(std::move(problem));
    }
  }
  problems = std::move(different);
}

const Dispatcher::Table& Dispatcher::table_for(const http::Request& request) const {
  const std::string_view wanted = addresses_->wanted(request);
  for (const Table& table : tables_) {
    if (table.version == wanted) return table;
  }
  return tables_.front();
}

void Dispatcher::plan_body(const http::Request& request, http::BodyPlan& plan) const noexcept {
  const Table& table = tables_.size() > 1 ? table_for(request) : tables_.front();
  const http::RouteMatch match = table.router.match(request.method(), request.path());
  if (match.kind != http::RouteMatch::Kind::found) return;
  const RouteDescriptor& route = *routes_[table.routes[match.route]].descriptor;
  if (route.body_limit != 0) plan.limit = route.body_limit;
  plan.streams = route.streams_body;
}

Task<void> Dispatcher::handle(http::Request& request, http::Response& response) {
  if (hooks_.on_answer) {
    request.emplace_extension<RequestStart>(std::chrono::steady_clock::now());
    if (hooks_.on_request) hooks_.on_request(request);
  }
  if (policies_ == nullptr) return answer(request, response);
  if (policies_->begin(request, response)) return {};
  Task<void> task = answer(request, response);
  if (!policies_->has_end()) return task;
  if (task) return finish(std::move(task), request, response);
  policies_->end(request, response);
  return {};
}

Task<void> Dispatcher::finish(Task<void> task, http::Request& request,
                              http::Response& response) const {
  co_await std::move(task);
  policies_->end(request, response);
}

Task<void> Dispatcher::answer(http::Request& request, http::Response& response) {
  http::RouteMatch match;
  const bool selects = tables_.size() > 1;
  if (selects && !addresses_->deciding_header().empty()) {
    vary_by(response, addresses_->deciding_header());
  }
  const Table& table = selects ? table_for(request) : tables_.front();
  table.router.match(request, match);
  if (match.kind != http::RouteMatch::Kind::found) {
    if (unrouted_ != nullptr) return run_unrouted(request, response, match.kind, match.allowed);
    try {
      refuse_unrouted(request, response, match.kind, match.allowed);
    } catch (...) {
      answer_exception(request, response, std::current_exception());
    }
    return {};
  }
  const Route& route = routes_[table.routes[match.route]];
  const RouteDescriptor& descriptor = *route.descriptor;
  if (hooks_.on_request) {
    request.extension<RequestStart>()->route = table.routes[match.route];
  }
  response.status(static_cast<unsigned>(descriptor.status));
  for (const auto& [name, value] : descriptor.headers) response.header(name, value);
  if (!route.direct) return run(request, response, route);
  const Pipeline* pipeline = route.pipeline.get();
  ExecutionContext context{request, response, descriptor,
                           nullptr, pipeline, validation_of(descriptor)};
  try {
    if (pipeline == nullptr || pipeline->admit(context)) {
      if (route.leaves_body_unread) refuse_malformed_body(request);
      descriptor.call(route.instance, context);
    }
  } catch (...) {
    fail(context, std::current_exception());
  }
  return {};
}

namespace {

struct HandlerCall {
  const di::Controller* maker;
  void* controller;  // null: the request needs one of its own
  bool leaves_body_unread;

  static Task<void> start(ExecutionContext& context, void* state);
};

/// Makes the controller if the request needs one of its own, then runs the handler.
Task<void> call_handler(ExecutionContext& context, HandlerCall call) {
  if (call.leaves_body_unread) refuse_malformed_body(context.request());
  void* controller = call.controller;
  if (controller == nullptr) {
    if (call.maker->needs_task()) {
      controller = co_await call.maker->instance_task(*context.scope());
    } else {
      controller = call.maker->instance(*context.scope());
    }
  }
  const RouteDescriptor& descriptor = context.route();
  if (descriptor.receive != nullptr) co_await descriptor.receive(context);
  if (descriptor.call != nullptr) {
    descriptor.call(controller, context);
    co_return;
  }
  co_await descriptor.start(controller, context);
}

Task<void> HandlerCall::start(ExecutionContext& context, void* state) {
  return call_handler(context, *static_cast<HandlerCall*>(state));
}

/// Gives up a handler that takes longer than its route allows.
Task<void> limit(Task<void> task, std::chrono::milliseconds timeout) {
  try {
    co_await with_timeout(std::move(task), timeout);
  } catch (const TimeoutError&) {
    throw RequestTimeoutException();
  }
}

}  // namespace

/// Everything that needs a coroutine or instances of the request.
Task<void> Dispatcher::run(http::Request& request, http::Response& response, const Route& route) {
  di::RequestScope scope{*route.container, request.arena()};
  ExecutionContext context{request,
                           response,
                           *route.descriptor,
                           &scope,
                           route.pipeline.get(),
                           validation_of(*route.descriptor)};
  scope.supply(request);
  scope.supply(context);
  HandlerCall call{route.controller ? &*route.controller : nullptr, route.instance,
                   route.leaves_body_unread};
  std::exception_ptr exception;
  try {
    std::optional<PipelineRun> steps;
    Task<void> task;
    if (route.pipeline != nullptr) {
      steps.emplace(context, *route.pipeline, &HandlerCall::start, &call);
      task = steps->run();
    } else {
      task = call_handler(context, call);
    }
    const std::chrono::milliseconds timeout = route.descriptor->timeout;
    if (timeout.count() > 0) task = limit(std::move(task), timeout);
    co_await std::move(task);
  } catch (...) {
    exception = std::current_exception();
  }
  if (exception != nullptr) fail(context, exception);
}

/// Middleware and the application's filters around the answer that there is no route.
Task<void> Dispatcher::run_unrouted(http::Request& request, http::Response& response,
                                    http::RouteMatch::Kind kind, http::MethodSet allowed) {
  di::RequestScope scope{*container_, request.arena()};
  ExecutionContext context{request, response, no_route(), &scope, unrouted_.get()};
  scope.supply(request);
  scope.supply(context);
  struct Refusal {
    http::RouteMatch::Kind kind;
    http::MethodSet allowed;
    const Dispatcher* dispatcher;
    static Task<void> start(ExecutionContext& context, void* state) {
      const auto& refusal = *static_cast<Refusal*>(state);
      refusal.dispatcher->refuse_unrouted(context.request(), context.response(), refusal.kind,
                                          refusal.allowed);
      return complete();
    }
    static Task<void> complete() { co_return; }
  };
  Refusal refusal{kind, allowed, this};
  std::exception_ptr exception;
  try {
    PipelineRun steps{context, *unrouted_, &Refusal::start, &refusal};
    co_await steps.run();
  } catch (...) {
    exception = std::current_exception();
  }
  if (exception != nullptr) fail(context, exception);
}

void Dispatcher::fail(ExecutionContext& context, std::exception_ptr exception) noexcept {
  if (context.pipeline() != nullptr && context.pipeline()->filter(context, exception)) return;
  answer_exception(context.request(), context.response(), exception);
}

/// Throws the answer, so that filters may have it; returns after answering OPTIONS or with a file.
void Dispatcher::refuse_unrouted(http::Request& request, http::Response& response,
                                 http::RouteMatch::Kind kind, http::MethodSet allowed) const {
  const bool known = kind == http::RouteMatch::Kind::method_not_allowed;
  if (known) {
    allowed.add(http::Method::OPTIONS);
    response.header("Allow", allowed.to_string());
    if (request.method() == http::Method::OPTIONS) {
      response.status(204);
      return;
    }
  }
  for (const auto& files : hooks_.static_files) {
    if (files->serve(request, response)) return;
  }
  refuse_malformed_body(request);
  if (known) throw MethodNotAllowedException(nothing_there(request));
  throw NotFoundException(nothing_there(request));
}

void Dispatcher::answer_exception(http::Request& request, http::Response& response,
                                  std::exception_ptr exception) noexcept {
  try {
    std::rethrow_exception(exception);
  } catch (const HttpException& error) {
    write_exception(response, error);
    if (error.status() < 500) return;
  } catch (const InputFault& fault) {
    return write_exception(response, BadRequestException(fault.input_message()));
  } catch (const CancelledError&) {  // it took too long, or nobody waits for the answer
    return write_exception(response, ServiceUnavailableException());
  } catch (...) {
    write_internal_error(response);
  }
  if (hooks_.on_failure) hooks_.on_failure(request, exception);
}

void Dispatcher::refuse(unsigned status, std::string_view reason, http::Response& response) {
  http::RequestHandler::refuse(status, reason, response);
  if (policies_ != nullptr) policies_->decorate(response);
}

void Dispatcher::on_exception(const http::Request& request, std::exception_ptr exception) noexcept {
  // The request is the server's own object; only its id is made on demand.
  if (hooks_.on_failure) hooks_.on_failure(const_cast<http::Request&>(request), exception);
}

void Dispatcher::on_response(http::Request& request, const http::Response& response) noexcept {
  if (hooks_.on_answer) hooks_.on_answer(request, response);
}

std::vector<GuardedRoute> Dispatcher::guarded_routes() const {
  std::vector<GuardedRoute> all;
  all.reserve(routes_.size());
  for (const Route& route : routes_) {
    GuardedRoute& guarded =
        all.emplace_back(GuardedRoute{route.descriptor, {}, validation_of(*route.descriptor)});
    if (route.pipeline == nullptr) continue;
    for (const auto& step : route.pipeline->guards) guarded.guards.push_back(step.link);
  }
  return all;
}

std::string Dispatcher::dump() const {
  std::string out;
  for (const Table& table : tables_) {
    if (!table.version.empty()) out += "version " + table.version + "\n";
    out += table.router.dump();
  }
  return out;
}

std::string Dispatcher::dump_pipelines() const {
  std::string out;
  static const Pipeline empty;
  for (const Route& route : routes_) {
    const Pipeline& pipeline = route.pipeline != nullptr ? *route.pipeline : empty;
    out += pipeline.dump(*route.descriptor);
  }
  return out;
}

std::vector<const RouteDescriptor*> Dispatcher::routes() const {
  std::vector<const RouteDescriptor*> all;
  all.reserve(routes_.size());
  for (const Route& route : routes_) all.push_back(route.descriptor);
  return all;
}

}  // namespace roost::web
