// Controllers and routes as constants of the compiler: what a user's file makes of them, and what
// compiled code makes descriptors of.
#pragma once

#include <roost/async/task.hpp>
#include <roost/base/type_name.hpp>
#include <roost/http/method.hpp>
#include <roost/meta/type_descriptor.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace roost {

class ExecutionContext;
class ValidationPipe;

namespace web {

struct Chain;
struct RouteDescriptor;
struct ControllerDescriptor;

/// Where a parameter of a handler comes from.
enum class ParameterSource : std::uint8_t {
  body,
  body_stream,
  query,
  query_parameter,
  path,
  header,
  cookie,
  request,  // the request, or the execution context, which has it
  context,  // the response, ip, request id
  file,     // of a form with files
  optional_file,
  multipart,  // the whole form
  custom,     // a type with its own extract()
};

struct ParameterDescriptor {
  ParameterSource source = ParameterSource::custom;
  std::string_view name;            // of the placeholder, key, header or cookie; else empty
  reflect::TypeRef type = nullptr;  // what is read; null for context and custom
  std::string_view type_name;       // as written in the handler
  std::span<const TypeId> pipes{};  // of this parameter alone
  const ValidationPipe* validation = nullptr;  // of this parameter alone; null: the route's
};

/// How the result of a handler becomes a response.
enum class ResultKind : std::uint8_t { nothing, json, text, bytes, events, response };

struct ResultDescriptor {
  ResultKind kind = ResultKind::nothing;
  reflect::TypeRef type = nullptr;  // of JSON results
};

/// How an annotation takes effect on a route; `of_controller` when it holds for all its routes.
using ApplyAnnotation = void (*)(RouteDescriptor& route, const void* value, bool of_controller);

struct AnnotationShape;
using VisitAnnotation = void (*)(void* state, const AnnotationShape& shape);

struct AnnotationShape {
  TypeId type;
  const void* value = nullptr;
  ApplyAnnotation apply = nullptr;   // null: only metadata
  void (*extend)(Chain&) = nullptr;  // adds guards and the like
  /// Of several annotations in one: calls `visit` with each.
  void (*unpack)(const void* value, VisitAnnotation visit, void* state) = nullptr;
};
struct RouteShape {
  http::Method method = http::Method::GET;
  bool every_method = false;
  std::string_view path;
  std::string_view handler;  // empty: no route
  void (*call)(void* controller, ExecutionContext& context) = nullptr;
  Task<void> (*start)(void* controller, ExecutionContext& context) = nullptr;
  std::span<const ParameterDescriptor> parameters;
  ResultDescriptor result;
  std::span<const AnnotationShape> annotations;
};
struct ControllerShape {
  TypeId type;
  std::string_view name;
  std::string_view prefix;
  std::span<const RouteShape> routes;
  std::span<const AnnotationShape> annotations;
};

}  // namespace web
}  // namespace roost
