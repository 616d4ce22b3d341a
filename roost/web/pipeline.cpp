#include <roost/di/container.hpp>
#include <roost/http/exceptions.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/web/pipeline.hpp>

#include <algorithm>
#include <utility>

namespace roost::web {

namespace {

/// A table that knows paths only.
std::shared_ptr<const http::Router> table_of(const std::vector<std::string_view>& patterns,
                                             std::vector<std::string>& problems) {
  if (patterns.empty()) return nullptr;
  auto table = std::make_shared<http::Router>();
  for (const std::string_view pattern : patterns) {
    const std::string absolute =
        pattern.starts_with('/') ? std::string{pattern} : "/" + std::string{pattern};
    try {
      table->add_any(absolute, "use_middleware");
    } catch (const Error& error) {
      problems.emplace_back(error.what());
    }
  }
  return table;
}

bool matches(const http::Router& table, const http::Request& request) {
  http::RouteMatch match;
  table.match(request.method(), request.path(), match);
  return match.kind == http::RouteMatch::Kind::found;
}

void append_line(std::string& out, std::string_view kind, std::string_view name,
                 bool per_request = false) {
  out += "  ";
  out += kind;
  out += ' ';
  out += name;
  if (per_request) out += " (one per request)";
  out += '\n';
}

template <class Steps>
void append_steps(std::string& out, std::string_view kind, const Steps& steps) {
  for (const auto& step : steps) {
    append_line(out, kind, step.link.type.name(), step.instance == nullptr);
  }
}

bool is_plain(const Pipeline& pipeline) {
  const auto plain = [](const auto& step) {
    return step.link.start == nullptr && step.instance != nullptr;
  };
  const auto shared = [](const auto& step) { return step.instance != nullptr; };
  return pipeline.interceptors.empty() &&
         std::all_of(pipeline.middleware.begin(), pipeline.middleware.end(), plain) &&
         std::all_of(pipeline.guards.begin(), pipeline.guards.end(), plain) &&
         std::all_of(pipeline.pipes.begin(), pipeline.pipes.end(), shared) &&
         std::all_of(pipeline.filters.begin(), pipeline.filters.end(), shared) &&
         std::all_of(pipeline.parameter_pipes.begin(), pipeline.parameter_pipes.end(),
                     [](const auto& pipe) { return pipe.second != nullptr; });
}

/// What a module's attachments say for all routes, or for those of its own controllers.
Chain chain_of(const std::vector<di::ModuleAttachment>& attachments, bool everywhere) {
  Chain chain;
  for (const di::ModuleAttachment& attachment : attachments) {
    if (attachment.kind != TypeId::of<ModuleChain>()) continue;
    const auto& part = *static_cast<const ModuleChain*>(attachment.value.get());
    if (part.everywhere == everywhere) chain.append(part.chain);
  }
  return chain;
}

}  // namespace

bool MiddlewareStep::runs_on(http::Request& request) const {
  if (paths != nullptr && !matches(*paths, request)) return false;
  return except == nullptr || !matches(*except, request);
}

bool Pipeline::admit(ExecutionContext& context) const {
  for (const MiddlewareStep& step : middleware) {
    if (!step.runs_on(context.request())) continue;
    if (!step.link.call(step.instance, context)) return false;
  }
  for (const PipelineStep<GuardLink>& step : guards) {
    if (!step.link.call(step.instance, context)) throw ForbiddenException("Forbidden resource");
  }
  return true;
}

bool Pipeline::filter(ExecutionContext& context, std::exception_ptr& exception) const noexcept {
  try {
    for (const PipelineStep<FilterLink>& step : filters) {
      context.response().clear_body();
      if (step.link.handle(step.instance, context, exception)) return true;
    }
  } catch (...) {
    exception = std::current_exception();
  }
  return false;
}

std::string Pipeline::dump(const RouteDescriptor& route) const {
  std::string out{route.every_method ? std::string_view{"ALL"} : http::to_string(route.method)};
  out += ' ';
  out += route.path;
  out += '\n';
  append_steps(out, "middleware", middleware);
  append_steps(out, "guard", guards);
  append_steps(out, "interceptor", interceptors);
  append_steps(out, "pipe", pipes);
  for (const ParameterDescriptor& parameter : route.parameters) {
    for (const TypeId pipe : parameter.pipes) {
      append_line(out, "pipe of one parameter", pipe.name());
    }
  }
  append_line(out, "handler", std::string(route.controller) + "::" + std::string(route.handler));
  append_steps(out, "filter", filters);
  return out;
}

// ---- making pipelines ------------------------------------------------------------------------

PipelineBuilder::PipelineBuilder(const di::Container& container) : container_{container} {
  std::vector<std::string> problems;
  for (const di::ModuleView& module : container.modules()) {
    everywhere_.append(chain_of(*module.attachments, true));
    for (const di::ModuleAttachment& attachment : *module.attachments) {
      if (attachment.kind != TypeId::of<ModuleMiddleware>()) continue;
      const auto& given = *static_cast<const ModuleMiddleware*>(attachment.value.get());
      const auto paths = table_of(given.place.paths, problems);
      const auto except = table_of(given.place.except, problems);
      for (const MiddlewareLink& link : given.links) {
        MiddlewareStep step;
        step.link = link;
        step.paths = paths;
        step.except = except;
        step.controllers = given.place.controllers;
        middleware_.push_back(std::move(step));
      }
    }
  }
  if (!problems.empty()) throw StartupError(std::move(problems));
}

bool PipelineBuilder::find(const Link& link, const char* kind, const std::string& where,
                           void*& instance, std::vector<std::string>& problems) const {
  try {
    if (container_.provides(link.type)) {
      instance = container_.singleton(link.type);
      return true;
    }
    problems.push_back("the " + std::string(kind) + " " + std::string(link.type.name()) + " of " +
                       where + " is not provided; list it in providers<...>() of a module");
  } catch (const Error& error) {
    problems.emplace_back(error.what());
  }
  return false;
}

void PipelineBuilder::add(const Chain& chain, Pipeline& pipeline, const std::string& where,
                          std::vector<std::string>& problems) const {
  const auto add_all = [&](const auto& links, const char* kind, auto& steps) {
    for (const auto& link : links) {
      void* instance = nullptr;
      if (find(link, kind, where, instance, problems)) steps.push_back({link, instance});
    }
  };
  add_all(chain.guards, "guard", pipeline.guards);
  add_all(chain.interceptors, "interceptor", pipeline.interceptors);
  add_all(chain.pipes, "pipe", pipeline.pipes);
  add_all(chain.filters, "filter", pipeline.filters);
}

void PipelineBuilder::add_middleware(Pipeline& pipeline, const di::Controller* controller,
                                     std::vector<std::string>& problems) const {
  for (MiddlewareStep step : middleware_) {
    const auto& only = step.controllers;
    const bool elsewhere =
        !only.empty() && (controller == nullptr ||
                          std::find(only.begin(), only.end(), controller->type()) == only.end());
    if (elsewhere) continue;
    if (!find(step.link, "middleware", "the application", step.instance, problems)) continue;
    pipeline.middleware.push_back(std::move(step));
  }
}

Pipeline PipelineBuilder::build(const RouteDescriptor& route, const di::Controller& controller,
                                std::vector<std::string>& problems) const {
  Chain chain;
  if (route.chain != nullptr) chain = *route.chain;
  chain.surround(chain_of(controller.module_attachments(), false));
  chain.surround(everywhere_);
  const std::string where = "route " + route.path + " (" + std::string(route.controller) +
                            "::" + std::string(route.handler) + ")";
  Pipeline pipeline;
  add(chain, pipeline, where, problems);
  add_middleware(pipeline, &controller, problems);
  for (const ParameterDescriptor& parameter : route.parameters) {
    for (const TypeId type : parameter.pipes) {
      void* instance = nullptr;
      Link link;
      link.type = type;
      if (find(link, "pipe", where, instance, problems)) {
        pipeline.parameter_pipes.emplace_back(type, instance);
      }
    }
  }
  pipeline.plain = is_plain(pipeline);
  return pipeline;
}

Pipeline PipelineBuilder::build_unrouted(const RouteDescriptor&,
                                         std::vector<std::string>& problems) const {
  Chain chain;
  chain.filters = everywhere_.filters;
  Pipeline pipeline;
  add(chain, pipeline, "the application", problems);
  add_middleware(pipeline, nullptr, problems);
  pipeline.plain = is_plain(pipeline);
  return pipeline;
}

// ---- running them ----------------------------------------------------------------------------

Task<void> PipelineRun::run() { return run_middleware(0); }

Task<void> PipelineRun::after_middleware(void* run, std::size_t position) {
  return static_cast<PipelineRun*>(run)->run_middleware(position);
}

Task<void> PipelineRun::after_interceptor(void* run, std::size_t position) {
  return static_cast<PipelineRun*>(run)->run_interceptor(position);
}

Task<void> PipelineRun::run_middleware(std::size_t position) {
  for (; position < pipeline_.middleware.size(); ++position) {
    const MiddlewareStep& step = pipeline_.middleware[position];
    if (!step.runs_on(context_.request())) continue;
    if (step.link.call != nullptr) {
      if (!step.link.call(step.instance, context_)) co_return;
      continue;
    }
    const Next next{&PipelineRun::after_middleware, this, position + 1};
    co_await step.link.start(step.instance, context_, next);
    co_return;
  }
  co_await run_guards();
}

Task<void> PipelineRun::run_guards() {
  for (const PipelineStep<GuardLink>& step : pipeline_.guards) {
    bool allowed = false;
    if (step.link.call != nullptr) {
      allowed = step.link.call(step.instance, context_);
    } else {
      allowed = co_await step.link.start(step.instance, context_);
    }
    if (!allowed) throw ForbiddenException("Forbidden resource");
  }
  co_await run_interceptor(0);
}

Task<void> PipelineRun::run_interceptor(std::size_t position) {
  if (position == pipeline_.interceptors.size()) {
    co_await handler_(context_, state_);
    co_return;
  }
  const PipelineStep<InterceptorLink>& step = pipeline_.interceptors[position];
  const Next next{&PipelineRun::after_interceptor, this, position + 1};
  co_await step.link.run(step.instance, context_, next);
}

}  // namespace roost::web
