#include <roost/web/controller_descriptor.hpp>
#include <roost/web/enhancers.hpp>
#include <roost/web/validation_failure.hpp>

#include <algorithm>

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
    case ParameterSource::context:
      return "context";
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

}  // namespace

std::string join_path(std::string_view prefix, std::string_view path) {
  std::string joined;
  append_segments(joined, prefix);
  append_segments(joined, path);
  if (joined.empty()) joined += '/';
  return joined;
}

void add_to_chain(RouteDescriptor& route, void (*add)(Chain&), bool outside) {
  Chain added;
  add(added);
  Chain chain = route.chain != nullptr ? *route.chain : Chain{};
  if (outside) {
    chain.surround(added);
  } else {
    chain.append(added);
  }
  route.chain = std::make_shared<const Chain>(std::move(chain));
}

void use_validation(RouteDescriptor& route, const ValidationPipe& pipe) {
  route.validation = validation_options(pipe);
  route.max_items = pipe.max_item_count();
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
