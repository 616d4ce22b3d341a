#include <roost/di/container.hpp>
#include <roost/di/request_scope.hpp>
#include <roost/http/exceptions.hpp>
#include <roost/validation/validate.hpp>
#include <roost/web/dispatcher.hpp>
#include <roost/web/enhancers.hpp>
#include <roost/web/exception_filter.hpp>
#include <roost/web/execution_context.hpp>
#include <roost/web/request_start.hpp>

#include <algorithm>
#include <optional>

namespace roost::web {

/// A route that is ready to run.
struct Dispatcher::Route {
  const RouteDescriptor* descriptor = nullptr;
  std::optional<di::Controller> controller;
  void* instance = nullptr;  // of a singleton controller, else null
  const di::Container* container = nullptr;
};

Dispatcher::Dispatcher(const di::Container& container, DispatcherHooks hooks)
    : hooks_{std::move(hooks)} {
  std::vector<std::string> problems;
  for (const di::Controller& controller : container.controllers()) {
    const auto* described = static_cast<const ControllerDescriptor*>(controller.attachment());
    if (described == nullptr) continue;
    Route route;
    route.controller = controller;
    route.container = &container;
    if (controller.is_singleton()) route.instance = controller.instance();
    for (const RouteDescriptor& descriptor : described->routes) {
      add(descriptor, route, problems);
      check_chain(descriptor, container, problems);
    }
  }
  for (const FrameworkController& controller : hooks_.fallbacks) add_fallback(controller);
  const auto& conflicts = router_.conflicts();
  problems.insert(problems.end(), conflicts.begin(), conflicts.end());
  if (!problems.empty()) throw StartupError(std::move(problems));
}

Dispatcher::~Dispatcher() = default;

void Dispatcher::add(const RouteDescriptor& descriptor, Route route,
                     std::vector<std::string>& problems) {
  const std::string source =
      std::string(descriptor.controller) + "::" + std::string(descriptor.handler);
  try {
    if (descriptor.every_method) {
      router_.add_any(descriptor.path, source);
    } else {
      router_.add(descriptor.method, descriptor.path, source);
    }
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
  route.descriptor = &descriptor;
  routes_.push_back(std::move(route));
}

void Dispatcher::check_chain(const RouteDescriptor& descriptor, const di::Container& container,
                             std::vector<std::string>& problems) {
  if (descriptor.chain == nullptr) return;
  const auto check = [&](const auto& links, const char* kind) {
    for (const Link& link : links) {
      try {
        if (container.provides(link.type)) continue;
        problems.push_back(std::string(kind) + " " + std::string(link.type.name()) + " of route " +
                           descriptor.path + " (" + std::string(descriptor.controller) +
                           "::" + std::string(descriptor.handler) +
                           ") is not provided; list it in providers<...>() of a module");
      } catch (const Error& error) {
        problems.emplace_back(error.what());
      }
    }
  };
  check(descriptor.chain->guards, "the guard");
  check(descriptor.chain->interceptors, "the interceptor");
  check(descriptor.chain->filters, "the filter");
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
    std::vector<std::string> none;
    add(descriptor, std::move(route), none);
  }
}

Task<void> Dispatcher::handle(http::Request& request, http::Response& response) {
  if (hooks_.on_answer) {
    request.emplace_extension<RequestStart>(std::chrono::steady_clock::now());
  }
  http::RouteMatch match;
  router_.match(request, match);
  if (match.kind != http::RouteMatch::Kind::found) {
    answer_unrouted(request, response, match);
    return {};
  }
  const Route& route = routes_[match.route];
  const RouteDescriptor& descriptor = *route.descriptor;
  response.status(static_cast<unsigned>(descriptor.status));
  for (const auto& [name, value] : descriptor.headers) response.header(name, value);
  if (route.instance == nullptr || descriptor.call == nullptr || descriptor.chain != nullptr) {
    return run(request, response, route);
  }
  ExecutionContext context{request, response, descriptor, nullptr};
  try {
    descriptor.call(route.instance, context);
  } catch (...) {
    answer_exception(request, response, std::current_exception());
  }
  return {};
}

namespace {

/// Makes the controller if the request needs one of its own, then runs the handler.
Task<void> call_handler(ExecutionContext& context, const di::Controller* maker, void* controller) {
  if (controller == nullptr) {
    if (maker->needs_task()) {
      controller = co_await maker->instance_task(*context.scope());
    } else {
      controller = maker->instance(*context.scope());
    }
  }
  const RouteDescriptor& descriptor = context.route();
  if (descriptor.call != nullptr) {
    descriptor.call(controller, context);
    co_return;
  }
  co_await descriptor.start(controller, context);
}

/// What is left of a chain, from one interceptor to the next and at last to the handler.
struct ChainRun {
  ExecutionContext* context;
  const di::Controller* maker;
  void* controller;

  static Task<void> step(void* state, std::size_t position) {
    auto& run = *static_cast<ChainRun*>(state);
    const Chain& chain = *run.context->route().chain;
    if (position == chain.interceptors.size()) {
      return call_handler(*run.context, run.maker, run.controller);
    }
    return intercept(run, position);
  }

 private:
  static Task<void> intercept(ChainRun& run, std::size_t position) {
    const Next next{&ChainRun::step, &run, position + 1};
    const InterceptorLink& link = run.context->route().chain->interceptors[position];
    co_await link.run(*run.context, next);
  }
};

Task<void> run_chain(ExecutionContext& context, const di::Controller* maker, void* controller) {
  for (const GuardLink& guard : context.route().chain->guards) {
    bool allowed = false;
    if (guard.call != nullptr) {
      allowed = guard.call(context);
    } else {
      allowed = co_await guard.start(context);
    }
    if (!allowed) throw ForbiddenException("Forbidden resource");
  }
  ChainRun run{&context, maker, controller};
  co_await ChainRun::step(&run, 0);
}

}  // namespace

/// Everything that needs a coroutine or instances of the request.
Task<void> Dispatcher::run(http::Request& request, http::Response& response, const Route& route) {
  di::RequestScope scope{*route.container, request.arena()};
  ExecutionContext context{request, response, *route.descriptor, &scope};
  scope.supply(request);
  scope.supply(context);
  const di::Controller* maker = route.controller ? &*route.controller : nullptr;
  std::exception_ptr exception;
  try {
    if (route.descriptor->chain != nullptr) {
      co_await run_chain(context, maker, route.instance);
    } else {
      co_await call_handler(context, maker, route.instance);
    }
  } catch (...) {
    exception = std::current_exception();
  }
  if (exception == nullptr || filter(context, *route.descriptor, exception)) co_return;
  answer_exception(request, response, exception);
}

bool Dispatcher::filter(ExecutionContext& context, const RouteDescriptor& descriptor,
                        std::exception_ptr& exception) noexcept {
  if (descriptor.chain == nullptr) return false;
  try {
    for (const FilterLink& link : descriptor.chain->filters) {
      context.response().clear_body();
      if (link.handle(context, exception)) return true;
    }
  } catch (...) {
    // A filter that throws gives up its turn; what it threw is what gets answered.
    exception = std::current_exception();
  }
  return false;
}

void Dispatcher::answer_unrouted(http::Request& request, http::Response& response,
                                 const http::RouteMatch& match) {
  const bool known = match.kind == http::RouteMatch::Kind::method_not_allowed;
  if (known) {
    http::MethodSet allowed = match.allowed;
    allowed.add(http::Method::OPTIONS);
    response.header("Allow", allowed.to_string());
    if (request.method() == http::Method::OPTIONS) {
      response.status(204);
      return;
    }
  }
  std::string message = "Cannot ";
  message += request.method_text();
  message += ' ';
  message += request.target();
  if (known) {
    write_exception(response, MethodNotAllowedException(message));
  } else {
    write_exception(response, NotFoundException(message));
  }
}

void Dispatcher::answer_exception(http::Request& request, http::Response& response,
                                  std::exception_ptr exception) noexcept {
  try {
    std::rethrow_exception(exception);
  } catch (const HttpException& error) {
    write_exception(response, error);
    if (error.status() < 500) return;
  } catch (...) {
    write_internal_error(response);
  }
  if (hooks_.on_failure) hooks_.on_failure(request, exception);
}

void Dispatcher::on_exception(const http::Request& request, std::exception_ptr exception) noexcept {
  // The request is the server's own object; only its id is made on demand.
  if (hooks_.on_failure) hooks_.on_failure(const_cast<http::Request&>(request), exception);
}

void Dispatcher::on_response(http::Request& request, const http::Response& response) noexcept {
  if (hooks_.on_answer) hooks_.on_answer(request, response);
}

std::vector<const RouteDescriptor*> Dispatcher::routes() const {
  std::vector<const RouteDescriptor*> all;
  all.reserve(routes_.size());
  for (const Route& route : routes_) all.push_back(route.descriptor);
  return all;
}

}  // namespace roost::web
