// Routes as data: what the router, the dispatcher, the OpenAPI document and the dumps read.
#pragma once

#include <roost/async/task.hpp>
#include <roost/base/chrono.hpp>
#include <roost/base/type_name.hpp>
#include <roost/http/method.hpp>
#include <roost/web/route_shape.hpp>
#include <roost/web/versioning.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace roost {

class ExecutionContext;

namespace validation {
struct ValidationOptions;
}

namespace web {

struct Chain;

/// An annotation of a route or controller, findable by its type.
struct RouteAnnotation {
  TypeId type;
  const void* value = nullptr;  // lives as long as the program
};

/// What requests must say beside the path, in an application that tells versions apart by it.
struct VersionRequirement {
  std::string header;                 // where they say it; empty: the application knows
  std::string parameter;              // of the header; empty: it is the whole
  std::vector<std::string> versions;  // one of these; empty: nothing is required
  bool neutral = false;               // they may also say nothing
};

/// A route of a controller. Immutable once described; lives until the program ends.
struct RouteDescriptor {
  http::Method method = http::Method::GET;
  bool every_method = false;
  std::string path;             // with the controller's prefix: "/cats/:id"
  std::string_view controller;  // unqualified name of the class
  std::string_view handler;     // name of the member function
  int status = 200;

  /// Runs the handler of `controller`, an object of the controller's class, and puts its result
  /// into the context's response. Exactly one is set: `call` for plain functions, `start` for
  /// coroutines.
  void (*call)(void* controller, ExecutionContext& context) = nullptr;
  Task<void> (*start)(void* controller, ExecutionContext& context) = nullptr;

  std::vector<ParameterDescriptor> parameters;
  ResultDescriptor result;
  std::vector<RouteAnnotation> annotations;  // the route's own before the controller's
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  /// How input is validated; null: the application's way.
  std::shared_ptr<const validation::ValidationOptions> validation;
  std::size_t max_items = static_cast<std::size_t>(-1);  // of an array as body
  /// How long a handler may take; 0: as long as it likes.
  std::chrono::milliseconds timeout{0};
  /// Bytes that a request may bring; 0: as many as the server allows.
  std::uint64_t body_limit = 0;
  /// The handler starts before the body has come, and reads it itself.
  bool streams_body = false;
  /// Reads the body before the handler is called; null: nothing does.
  Task<void> (*receive)(ExecutionContext& context) = nullptr;
  /// What version() says; null: nothing.
  const RouteVersions* versions = nullptr;
  VersionRequirement required_version;
  /// Guards, interceptors, pipes and filters of route and controller; null where none are named.
  std::shared_ptr<const Chain> chain;
};

/// A controller: what `roost::controllers<C>()` attaches to its class in the module definition.
struct ControllerDescriptor {
  TypeId type;
  std::vector<RouteDescriptor> routes;
};

/// Joins a prefix and a path: one slash between segments, none at the end.
[[nodiscard]] std::string join_path(std::string_view prefix, std::string_view path);

/// One line per route: method, path, handler, parameters, result.
[[nodiscard]] std::string dump(const ControllerDescriptor& controller);

}  // namespace web
}  // namespace roost
