// The words with which a controller lists its routes: controller(), get(), post(), … and the
// annotations that stand beside them. Everything here is a compile-time value.
#pragma once

#include <roost/base/chrono.hpp>
#include <roost/base/fixed_string.hpp>
#include <roost/http/method.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace roost {

namespace web {
struct RouteDescriptor;
}

/// Status of the answer when the handler returns normally; without it POST answers 201 and every
/// other method 200.
class HttpCode {
 public:
  constexpr explicit HttpCode(int status) : status_{status} {
    if (status < 200 || status > 599) throw "http_code: a status from 200 to 599 is expected";
  }
  [[nodiscard]] constexpr int status() const { return status_; }

 private:
  int status_;
};
constexpr HttpCode http_code(int status) { return HttpCode{status}; }

/// How long a handler that is a coroutine may take, everything around it included.
class HandlerTimeout {
 public:
  constexpr explicit HandlerTimeout(std::chrono::milliseconds limit) : limit_{limit} {
    if (limit.count() <= 0) throw "timeout: a duration of at least a millisecond is expected";
  }
  [[nodiscard]] constexpr std::chrono::milliseconds limit() const { return limit_; }

 private:
  std::chrono::milliseconds limit_;
};
/// Annotation: what the handler waits for is cancelled after this time, and the answer is a 408.
constexpr HandlerTimeout timeout(std::chrono::milliseconds limit) { return HandlerTimeout{limit}; }

/// How much the body of a request may be.
class BodyLimit {
 public:
  constexpr explicit BodyLimit(std::uint64_t bytes) : bytes_{bytes} {
    if (bytes == 0) throw "body_limit: at least one byte is expected";
  }
  [[nodiscard]] constexpr std::uint64_t bytes() const { return bytes_; }
  static void apply(web::RouteDescriptor& route, const void* value, bool of_controller);

 private:
  std::uint64_t bytes_;
};
/// Annotation: bytes that the body of a request may have, in place of what the application allows;
/// more is a 413. `body_limit(50 << 20)` for 50 MiB.
constexpr BodyLimit body_limit(std::uint64_t bytes) { return BodyLimit{bytes}; }

/// A header that every answer of the route carries, errors included. The texts must outlive the
/// program (literals).
class StaticHeader {
 public:
  constexpr StaticHeader(std::string_view name, std::string_view value)
      : name_{name}, value_{value} {
    if (name.empty()) throw "header: a name is expected";
    for (const char c : value) {
      if (c == '\r' || c == '\n' || c == '\0') throw "header: no line breaks in a value";
    }
  }
  [[nodiscard]] constexpr std::string_view name() const { return name_; }
  [[nodiscard]] constexpr std::string_view value() const { return value_; }

 private:
  std::string_view name_;
  std::string_view value_;
};
constexpr StaticHeader header(std::string_view name, std::string_view value) {
  return {name, value};
}

namespace web {

template <std::size_t Position, class T>
struct PackSlot {
  T value;
};
template <class Positions, class... T>
struct PackOf;
template <std::size_t... Position, class... T>
struct PackOf<std::index_sequence<Position...>, T...> : PackSlot<Position, T>... {};
/// Values side by side, as in std::tuple, which is dear to compile.
template <class... T>
using Pack = PackOf<std::index_sequence_for<T...>, T...>;
template <std::size_t Position, class T>
constexpr const T& value_at(const PackSlot<Position, T>& slot) {
  return slot.value;
}

/// One route of a controller: a handler, its method, its path below the controller's, and the
/// annotations given with it.
template <auto Handler, class... Annotations>
struct RouteSpec {
  static constexpr auto handler = Handler;
  http::Method method = http::Method::GET;
  bool every_method = false;
  std::string_view path;
  Pack<Annotations...> annotations;
};

/// A controller's prefix, its routes and the annotations that hold for all of them, in the order
/// in which they were given.
template <class... Parts>
struct ControllerSpec {
  static constexpr std::size_t size = sizeof...(Parts);
  std::string_view prefix;
  Pack<Parts...> parts;
};

/// Several annotations in one.
template <class... A>
struct AnnotationList {
  Pack<A...> parts;
};
template <class T>
inline constexpr bool is_annotation_list = false;
template <class... A>
inline constexpr bool is_annotation_list<AnnotationList<A...>> = true;

template <class T>
inline constexpr bool is_route_spec = false;
template <auto Handler, class... Annotations>
inline constexpr bool is_route_spec<RouteSpec<Handler, Annotations...>> = true;

template <auto Handler, class... Annotations>
constexpr auto make_route(http::Method method, std::string_view path, Annotations... annotations) {
  static_assert(std::is_member_function_pointer_v<decltype(Handler)>,
                "roost: a route is made of a member function of its controller, as in "
                "get<&CatsController::find_all>()");
  return RouteSpec<Handler, Annotations...>{method, false, path, {{annotations}...}};
}

template <auto Handler, class... Arguments>
constexpr auto route_from(http::Method method, Arguments... arguments) {
  return make_route<Handler>(method, std::string_view{}, arguments...);
}
template <auto Handler, class... Arguments>
constexpr auto route_from(http::Method method, const char* path, Arguments... arguments) {
  return make_route<Handler>(method, std::string_view{path}, arguments...);
}

}  // namespace web

/// Routes of one method each: `get<&CatsController::find_one>(":id", header("…", "…"))`. The path
/// is relative to the controller's; left out, the route answers at the controller's path. Further
/// arguments are annotations: http_code, header, guards, typed metadata.
template <auto Handler, class... Arguments>
constexpr auto get(Arguments... arguments) {
  return web::route_from<Handler>(http::Method::GET, arguments...);
}
template <auto Handler, class... Arguments>
constexpr auto post(Arguments... arguments) {
  return web::route_from<Handler>(http::Method::POST, arguments...);
}
template <auto Handler, class... Arguments>
constexpr auto put(Arguments... arguments) {
  return web::route_from<Handler>(http::Method::PUT, arguments...);
}
template <auto Handler, class... Arguments>
constexpr auto patch(Arguments... arguments) {
  return web::route_from<Handler>(http::Method::PATCH, arguments...);
}
template <auto Handler, class... Arguments>
constexpr auto del(Arguments... arguments) {
  return web::route_from<Handler>(http::Method::DELETE, arguments...);
}
template <auto Handler, class... Arguments>
constexpr auto head(Arguments... arguments) {
  return web::route_from<Handler>(http::Method::HEAD, arguments...);
}
template <auto Handler, class... Arguments>
constexpr auto options(Arguments... arguments) {
  return web::route_from<Handler>(http::Method::OPTIONS, arguments...);
}
/// Any method that the HTTP room knows: `route<&C::query>(http::Method::QUERY, "path")`.
template <auto Handler, class... Arguments>
constexpr auto route(http::Method method, Arguments... arguments) {
  return web::route_from<Handler>(method, arguments...);
}
/// Every method, OPTIONS and HEAD included; answers 200 also to POST unless http_code says else.
template <auto Handler, class... Arguments>
constexpr auto all(Arguments... arguments) {
  auto spec = web::route_from<Handler>(http::Method::GET, arguments...);
  spec.every_method = true;
  return spec;
}

/// Several annotations under one name:
/// `constexpr auto admins_only = annotations(use_guards<RolesGuard>(), Roles{"admin"});`.
template <class... A>
constexpr auto annotations(A... parts) {
  return web::AnnotationList<A...>{{{parts}...}};
}

/// The table of routes of a controller:
/// `static constexpr auto routes = roost::controller("cats", get<&CatsController::find_all>(), …)`.
/// Annotations between the routes hold for all of them.
template <class... Parts>
constexpr auto controller(std::string_view prefix, Parts... parts) {
  return web::ControllerSpec<Parts...>{prefix, {{parts}...}};
}

}  // namespace roost
