// Finds the route for a method and a path.
#pragma once

#include <roost/http/method.hpp>
#include <roost/http/request.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace roost::http {

/// Names a route of a Router: 0 for the first added, 1 for the second …
using RouteIndex = std::uint32_t;

/// The outcome of a look-up.
struct RouteMatch {
  enum class Kind : std::uint8_t {
    found,
    /// The path is known, but not for this method; `allowed` has the methods that are.
    method_not_allowed,
    not_found,
  };

  Kind kind = Kind::not_found;
  RouteIndex route = 0;
  MethodSet allowed;
  std::size_t value_count = 0;
  /// Raw values of the parameters in the order of the pattern, views into the path. Only the first
  /// `value_count` are set; an absent optional parameter has a null view.
  std::array<std::string_view, Request::max_path_parameters> values;
};

/// A table of routes. Literals win over parameters and parameters over wildcards, segment by
/// segment and independent of the order of declaration. Strict: case counts, a trailing slash
/// counts, "//" is an empty segment. Built once, then read by any number of threads.
///
/// Patterns: "/cats", "/cats/:id", "/range/:from-:to", "/file.:ext", "/list{/:page}" (optional
/// segment), "/files/*path" (one or more segments, last).
class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  /// Adds a route; `source` names it in messages ("CatsController::find_one"). Throws roost::Error
  /// if the pattern is malformed.
  RouteIndex add(Method method, std::string_view pattern, std::string_view source);
  /// Adds a route for every method.
  RouteIndex add_any(std::string_view pattern, std::string_view source);

  /// One message for each pair of routes of which one can never be reached, because it has the same
  /// method and, but for the names of parameters, the same pattern. Empty if all is well.
  [[nodiscard]] const std::vector<std::string>& conflicts() const;

  /// Looks up a path as in `Request::path()`. HEAD finds GET routes where no HEAD route is.
  [[nodiscard]] RouteMatch match(Method method, std::string_view path) const;
  /// The same into a match that is reused; its values are not cleared.
  void match(Method method, std::string_view path, RouteMatch& match) const;
  /// Looks up the request's method and path and sets its path parameters.
  void match(Request& request, RouteMatch& match) const;

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::string_view pattern(RouteIndex route) const;
  [[nodiscard]] std::string_view source(RouteIndex route) const;
  /// Empty for a route of every method.
  [[nodiscard]] std::optional<Method> method(RouteIndex route) const;
  [[nodiscard]] const std::vector<std::string>& parameter_names(RouteIndex route) const;

  /// All routes, one a line: "GET     /cats/:id  CatsController::find_one", sorted by path.
  [[nodiscard]] std::string dump() const;

 private:
  struct Table;
  std::unique_ptr<Table> table_;
};

}  // namespace roost::http
