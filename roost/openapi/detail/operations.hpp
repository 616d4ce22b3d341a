// Routes as OpenAPI operations.
#pragma once

#include <roost/json/value.hpp>
#include <roost/openapi/detail/schemas.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace roost {
class SecurityScheme;
class ValidationPipe;

namespace validation {
struct ValidationOptions;
}
namespace web {
struct GuardedRoute;
struct ParameterDescriptor;
struct RouteDescriptor;
}  // namespace web
}  // namespace roost

namespace roost::openapi::detail {

/// A pattern of the router as OpenAPI writes it.
struct PathTemplate {
  std::string path;                // "/cats/{id}"
  std::string shape;               // the same without names: "/cats/{}"
  std::vector<std::string> names;  // of the placeholders, in order
};
/// One template, or one for each way to leave out optional segments, the longest last.
[[nodiscard]] std::vector<PathTemplate> path_templates(std::string_view pattern);

inline constexpr std::string_view json_type = "application/json";

/// The "content" of a body of one media type; an empty schema is left out.
[[nodiscard]] json::Value content(std::string_view media_type, json::Value schema);

/// "GET" → "get".
[[nodiscard]] std::string lower(std::string_view text);

[[nodiscard]] std::vector<const SecurityScheme*> security_of(const web::GuardedRoute& guarded);

/// Collects operations; one for each document.
class Operations {
 public:
  explicit Operations(Schemas& schemas) : schemas_{schemas} {}

  void add(const web::GuardedRoute& guarded);

  /// Sets paths, tags, and the components that are no schemas.
  void finish(json::Value& document);

 private:
  struct Path {
    PathTemplate path;
    json::Value item = json::Value::object();
  };

  Path& path_of(PathTemplate path);
  [[nodiscard]] json::Value operation(const web::GuardedRoute& guarded, const PathTemplate& path,
                                      std::string_view method);
  void add_parameters(const web::RouteDescriptor& route, const PathTemplate& path,
                      json::Value& operation);
  void add_query(const web::ParameterDescriptor& parameter, json::Value& parameters);
  static void add_version(const web::RouteDescriptor& route, json::Value& parameters);
  void add_upload(const web::RouteDescriptor& route, json::Value& operation);
  [[nodiscard]] json::Value body(const web::RouteDescriptor& route,
                                 const web::ParameterDescriptor& parameter);
  [[nodiscard]] json::Value responses(const web::GuardedRoute& guarded);
  [[nodiscard]] json::Value result(const web::RouteDescriptor& route);
  [[nodiscard]] json::Value error(int status, std::string_view when);
  void add_security(const web::GuardedRoute& guarded, json::Value& operation);
  [[nodiscard]] std::string unique_id(std::string id);
  [[nodiscard]] std::string scheme_name(const SecurityScheme& scheme);

  /// How a parameter of the route at hand is validated.
  [[nodiscard]] const validation::ValidationOptions* options_of(
      const web::ParameterDescriptor& parameter);

  Schemas& schemas_;
  const validation::ValidationOptions* validation_ = nullptr;  // of the route at hand
  std::map<const ValidationPipe*, std::shared_ptr<const validation::ValidationOptions>> pipes_;
  std::vector<Path> paths_;
  std::vector<std::string> tags_;
  std::set<std::string> ids_;
  json::Value security_ = json::Value::object();
  json::Value error_schema_;  // of the body of every exception
};

}  // namespace roost::openapi::detail
