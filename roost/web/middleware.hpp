// Middleware: classes that see every request, also those that no route answers, before its guards.
#pragma once

#include <roost/async/task.hpp>
#include <roost/base/type_name.hpp>
#include <roost/di/module_def.hpp>
#include <roost/web/enhancers.hpp>

#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace roost {

namespace http {
class Request;
class Response;
}  // namespace http

namespace web {

/// One middleware class. Exactly one of `call` and `start` is set; false: it has answered.
struct MiddlewareLink : Link {
  bool (*call)(void* instance, ExecutionContext& context) = nullptr;
  Task<void> (*start)(void* instance, ExecutionContext& context, const Next& next) = nullptr;
};

/// Where middleware runs; everywhere when `paths` and `controllers` are empty. Patterns are those
/// of routes: "/cats", "/cats/:id", "/files/*path".
struct MiddlewarePlace {
  std::vector<std::string_view> paths;
  std::vector<TypeId> controllers;
  std::vector<std::string_view> except;
};

/// What one use_middleware() of a module says.
struct ModuleMiddleware {
  std::vector<MiddlewareLink> links;
  MiddlewarePlace place;
};
void add_middleware(di::ModuleData& data, std::vector<MiddlewareLink> links,
                    const MiddlewarePlace& place);

[[nodiscard]] http::Request& request_of(ExecutionContext& context);
[[nodiscard]] http::Response& response_of(ExecutionContext& context);

template <class M>
MiddlewareLink middleware_link() {
  MiddlewareLink link;
  link.type = TypeId::of<M>();
  if constexpr (requires(M & m, http::Request & request, http::Response & response,
                         const Next& next) { m.use(request, response, next); }) {
    link.start = [](void* instance, ExecutionContext& context, const Next& next) -> Task<void> {
      return instance_of<M>(instance, context).use(request_of(context), response_of(context), next);
    };
  } else {
    link.call = [](void* instance, ExecutionContext& context) {
      M& middleware = instance_of<M>(instance, context);
      http::Request& request = request_of(context);
      http::Response& response = response_of(context);
      if constexpr (std::is_void_v<decltype(middleware.use(request, response))>) {
        middleware.use(request, response);
        return true;
      } else {
        return static_cast<bool>(middleware.use(request, response));
      }
    };
  }
  return link;
}

template <class... M>
class UseMiddleware : public di::ModulePart {
 public:
  /// Only on these paths. The texts must outlive the program (literals).
  template <class... Text>
  [[nodiscard]] UseMiddleware for_paths(const Text&... patterns) const {
    UseMiddleware copy = *this;
    (copy.place_.paths.emplace_back(patterns), ...);
    return copy;
  }
  /// Only on the routes of these controllers.
  template <class... C>
  [[nodiscard]] UseMiddleware for_controllers() const {
    UseMiddleware copy = *this;
    (copy.place_.controllers.push_back(TypeId::of<C>()), ...);
    return copy;
  }
  /// Not on these paths.
  template <class... Text>
  [[nodiscard]] UseMiddleware except(const Text&... patterns) const {
    UseMiddleware copy = *this;
    (copy.place_.except.emplace_back(patterns), ...);
    return copy;
  }

  template <class Own>
  void add_to(di::ModuleData& data) const {
    add_middleware(data, {middleware_link<M>()...}, place_);
  }

 private:
  MiddlewarePlace place_;
};

}  // namespace web

/// Part of a module: classes that look at requests before routing's answer takes effect, with one
/// of
///
///     void use(http::Request&, http::Response&);                     // goes on
///     bool use(http::Request&, http::Response&);                     // false: it has answered
///     Task<void> use(http::Request&, http::Response&, const Next&);  // co_await next();
///
/// Every request of the application is seen unless for_paths(), for_controllers() or except() say
/// less: `use_middleware<Audit>().for_paths("/cats/*path").except("/cats/health")`. Modules whose
/// exports are global come first, then the root, then what it imports. Each class must be among the
/// providers of a module. An exception goes to the application's filters.
template <class... M>
[[nodiscard]] web::UseMiddleware<M...> use_middleware() {
  return {};
}

}  // namespace roost
