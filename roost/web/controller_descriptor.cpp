#include <roost/web/controller_descriptor.hpp>
#include <roost/web/enhancers.hpp>
#include <roost/web/route_descriptor.hpp>
#include <roost/web/validation_failure.hpp>

#include <algorithm>
#include <memory>

namespace roost::web {

namespace {

void append_segments(std::string& out, std::string_view path) {
  std::size_t start = 0;
  while (start < path.size()) {
    if (path[start] == '/') {
      ++start;
      continue;
    }
    // A slash inside braces belongs to an optional segment: "list{/:page}".
    std::size_t end = start;
    bool optional = false;
    while (end < path.size() && (path[end] != '/' || optional)) {
      if (path[end] == '{') optional = true;
      if (path[end] == '}') optional = false;
      ++end;
    }
    const std::string_view segment = path.substr(start, end - start);
    if (!segment.starts_with('{')) out += '/';
    out += segment;
    start = end;
  }
}

std::string_view source_name(ParameterSource source) {
  switch (source) {
    case ParameterSource::body:
      return "body";
    case ParameterSource::body_stream:
      return "body stream";
    case ParameterSource::query:
      return "query";
    case ParameterSource::query_parameter:
      return "query parameter";
    case ParameterSource::path:
      return "path";
    case ParameterSource::header:
      return "header";
    case ParameterSource::cookie:
      return "cookie";
    case ParameterSource::request:
    case ParameterSource::context:
      return "context";
    case ParameterSource::file:
    case ParameterSource::optional_file:
      return "file";
    case ParameterSource::multipart:
      return "form";
    case ParameterSource::custom:
      return "custom";
  }
  return "custom";
}

void append_parameter(std::string& out, const ParameterDescriptor& parameter) {
  out += source_name(parameter.source);
  if (!parameter.name.empty()) {
    out += ' ';
    out += parameter.name;
  }
  out += ": ";
  out += parameter.type_name;
}

/// Puts annotations into effect on a route, those of the route itself or of its controller.
struct Annotator {
  RouteDescriptor& route;
  Chain& chain;
  bool of_controller;

  void apply(const AnnotationShape& annotation) {
    if (!annotation.type) return;
    if (annotation.unpack != nullptr) return annotation.unpack(annotation.value, &visit, this);
    if (annotation.apply != nullptr) annotation.apply(route, annotation.value, of_controller);
    if (annotation.extend != nullptr) {
      Chain added;
      annotation.extend(added);
      chain.append(added);
    }
    route.annotations.push_back({annotation.type, annotation.value});
  }
  static void visit(void* state, const AnnotationShape& annotation) {
    static_cast<Annotator*>(state)->apply(annotation);
  }
};

Chain apply(RouteDescriptor& route, std::span<const AnnotationShape> annotations,
            bool of_controller) {
  Chain chain;
  Annotator annotator{route, chain, of_controller};
  for (const AnnotationShape& annotation : annotations) annotator.apply(annotation);
  return chain;
}

std::unique_ptr<ControllerDescriptor> describe(const ControllerShape& shape) {
  auto controller = std::make_unique<ControllerDescriptor>();
  controller->type = shape.type;
  for (const RouteShape& given : shape.routes) {
    if (given.handler.empty()) continue;
    RouteDescriptor route;
    route.method = given.method;
    route.every_method = given.every_method;
    route.path = join_path(shape.prefix, given.path);
    route.controller = shape.name;
    route.handler = given.handler;
    route.status = given.method == http::Method::POST ? 201 : 200;
    route.call = given.call;
    route.start = given.start;
    route.parameters.assign(given.parameters.begin(), given.parameters.end());
    route.streams_body = std::any_of(route.parameters.begin(), route.parameters.end(),
                                     [](const ParameterDescriptor& parameter) {
                                       return parameter.source == ParameterSource::body_stream;
                                     });
    route.result = given.result;
    Chain own = apply(route, given.annotations, false);
    const Chain outer = apply(route, shape.annotations, true);
    own.surround(outer);
    if (!own.empty()) route.chain = std::make_shared<const Chain>(std::move(own));
    controller->routes.push_back(std::move(route));
  }
  return controller;
}

}  // namespace

const ControllerDescriptor& descriptor_of(AtomicPointer<const ControllerDescriptor>& slot,
                                          const ControllerShape& shape) {
  if (const ControllerDescriptor* made = slot.load()) return *made;
  std::unique_ptr<ControllerDescriptor> made = describe(shape);
  const ControllerDescriptor* stored = slot.store_first(made.get());
  if (stored == made.get()) (void)made.release();
  return *stored;
}

Task<void> finish(async::AnyTask handler, WriteResult write, ExecutionContext& context) {
  co_await handler;
  write(context, handler.promise());
}

void apply_http_code(RouteDescriptor& route, const void* value, bool of_controller) {
  if (!of_controller) route.status = static_cast<const HttpCode*>(value)->status();
}

void apply_timeout(RouteDescriptor& route, const void* value, bool of_controller) {
  if (of_controller && route.timeout.count() != 0) return;  // the route's own wins
  route.timeout = static_cast<const HandlerTimeout*>(value)->limit();
}

void apply_header(RouteDescriptor& route, const void* value, bool) {
  const auto& header = *static_cast<const StaticHeader*>(value);
  route.headers.emplace_back(header.name(), header.value());
}

void apply_validation(RouteDescriptor& route, const void* value, bool of_controller) {
  if (of_controller && route.validation != nullptr) return;  // the route's own wins
  const auto& pipe = *static_cast<const ValidationPipe*>(value);
  route.validation = validation_options(pipe);
  route.max_items = pipe.max_item_count();
}

void apply_version(RouteDescriptor& route, const void* value, bool of_controller) {
  if (of_controller && route.versions != nullptr) return;  // the route's own wins
  route.versions = static_cast<const RouteVersions*>(value);
}

}  // namespace roost::web

namespace roost {

void BodyLimit::apply(web::RouteDescriptor& route, const void* value, bool of_controller) {
  if (of_controller && route.body_limit != 0) return;  // the route's own wins
  route.body_limit = static_cast<const BodyLimit*>(value)->bytes();
}

}  // namespace roost

namespace roost::web {

std::string join_path(std::string_view prefix, std::string_view path) {
  std::string joined;
  append_segments(joined, prefix);
  append_segments(joined, path);
  if (joined.empty()) joined += '/';
  return joined;
}

std::string dump(const ControllerDescriptor& controller) {
  std::string out;
  for (const RouteDescriptor& route : controller.routes) {
    const std::string_view method =
        route.every_method ? std::string_view{"ALL"} : http::to_string(route.method);
    out += method;
    out.append(method.size() < 8 ? 8 - method.size() : 1, ' ');
    out += route.path;
    out += "  ";
    out += route.controller;
    out += "::";
    out += route.handler;
    out += '(';
    for (std::size_t i = 0; i < route.parameters.size(); ++i) {
      if (i > 0) out += ", ";
      append_parameter(out, route.parameters[i]);
    }
    out += ") -> ";
    out += std::to_string(route.status);
    if (route.result.type != nullptr) {
      out += ' ';
      out += route.result.type().name;
    }
    out += '\n';
  }
  return out;
}

}  // namespace roost::web
