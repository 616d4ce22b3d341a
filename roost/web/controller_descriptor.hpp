// From a controller class to its table of routes: checks each handler against its path at compile
// time and makes the type-erased entries. Instantiated where the controller's module is defined.
#pragma once

#include <roost/async/task.hpp>
#include <roost/meta/describe.hpp>
#include <roost/web/binding.hpp>
#include <roost/web/execution_context.hpp>
#include <roost/web/extractors.hpp>
#include <roost/web/redirect.hpp>
#include <roost/web/response.hpp>
#include <roost/web/route.hpp>
#include <roost/web/route_descriptor.hpp>
#include <roost/web/validation_pipe.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace roost::web {

// ---- rules that the compiler checks: one named struct, one sentence each --------------------

template <class T>
inline constexpr bool always_false = false;
template <auto V>
inline constexpr bool always_false_value = false;

template <class Controller>
struct controller_has_no_routes {
  static_assert(always_false<Controller>,
                "roost: this class stands in controllers<…>() but has no table of routes; add "
                "`static constexpr auto routes = roost::controller(\"path\", …);`");
};
template <FixedString Placeholder, auto Handler>
struct route_placeholder_has_no_parameter {
  static_assert(always_false_value<Handler>,
                "roost: the route's path has a placeholder that its handler does not take; add a "
                "parameter roost::Param<\"name\", T> to the handler, or remove the placeholder");
};
template <FixedString Parameter, auto Handler>
struct parameter_has_no_route_placeholder {
  static_assert(always_false_value<Handler>,
                "roost: the handler takes a roost::Param that its route's path does not contain; "
                "add the placeholder \":name\" to the path, or remove the parameter");
};
template <auto Handler>
struct handler_takes_two_bodies {
  static_assert(always_false_value<Handler>,
                "roost: a request has one body, but the handler takes more than one roost::Body; "
                "join them in one struct");
};
template <class Parameter, auto Handler>
struct handler_parameter_has_no_source {
  static_assert(always_false<Parameter>,
                "roost: Roost does not know where this parameter of a handler comes from; use "
                "Body<T>, Query<T>, Param<\"name\", T>, QueryParam, Header, Cookie, "
                "http::Request&, or give the type `static T extract(roost::ExecutionContext&)`");
};
template <class Parameter, auto Handler>
struct coroutine_handler_takes_a_reference {
  static_assert(always_false<Parameter>,
                "roost: a handler that is a coroutine outlives its arguments; take this parameter "
                "by value");
};

// ---- handlers ------------------------------------------------------------------------------

template <class T>
struct HandlerTraits;
template <class C, class R, class... P>
struct HandlerTraits<R (C::*)(P...)> {
  using controller = C;
  using result = R;
  using parameters = std::tuple<P...>;
};
template <class C, class R, class... P>
struct HandlerTraits<R (C::*)(P...) const> : HandlerTraits<R (C::*)(P...)> {};
template <class C, class R, class... P>
struct HandlerTraits<R (C::*)(P...) noexcept> : HandlerTraits<R (C::*)(P...)> {};
template <class C, class R, class... P>
struct HandlerTraits<R (C::*)(P...) const noexcept> : HandlerTraits<R (C::*)(P...)> {};

template <class T>
inline constexpr bool is_task = false;
template <class T>
inline constexpr bool is_task<Task<T>> = true;

// ---- parameters ----------------------------------------------------------------------------

/// How one parameter type is described and bound. The primary template serves types with their own
/// `static T extract(ExecutionContext&)`.
template <class T>
struct ParameterBinder {
  static constexpr bool known = requires(ExecutionContext & context) {
    { T::extract(context) } -> std::convertible_to<T>;
  };
  static ParameterDescriptor describe() {
    return {ParameterSource::custom, {}, nullptr, type_name<T>};
  }
  static T bind(ExecutionContext& context) { return T::extract(context); }
};

template <class T, ParameterSource Source>
struct NamedBinder {
  using value_type = typename T::value_type;
  static constexpr bool known = true;
  static ParameterDescriptor describe() {
    return {Source, T::name.view(), &reflect::type_of<value_type>, type_name<value_type>};
  }
  static T bind(ExecutionContext& context) {
    T parameter;
    const auto& type = reflect::type_of<value_type>();
    if constexpr (Source == ParameterSource::path) {
      bind_path_parameter(context, T::name.view(), type, &parameter.value());
    } else if constexpr (Source == ParameterSource::query_parameter) {
      bind_query_parameter(context, T::name.view(), type, &parameter.value());
    } else if constexpr (Source == ParameterSource::header) {
      bind_header(context, T::name.view(), type, &parameter.value());
    } else {
      bind_cookie(context, T::name.view(), type, &parameter.value());
    }
    return parameter;
  }
};
template <FixedString Name, class T>
struct ParameterBinder<Param<Name, T>> : NamedBinder<Param<Name, T>, ParameterSource::path> {};
template <FixedString Name, class T>
struct ParameterBinder<QueryParam<Name, T>>
    : NamedBinder<QueryParam<Name, T>, ParameterSource::query_parameter> {};
template <FixedString Name, class T>
struct ParameterBinder<Header<Name, T>> : NamedBinder<Header<Name, T>, ParameterSource::header> {};
template <FixedString Name, class T>
struct ParameterBinder<Cookie<Name, T>> : NamedBinder<Cookie<Name, T>, ParameterSource::cookie> {};

template <class T>
struct ParameterBinder<Body<T>> {
  static constexpr bool known = true;
  static ParameterDescriptor describe() {
    return {ParameterSource::body, {}, &reflect::type_of<T>, type_name<T>};
  }
  static Body<T> bind(ExecutionContext& context) {
    Body<T> body;
    bind_body(context, reflect::type_of<T>(), &body.value());
    return body;
  }
};
template <class T>
struct ParameterBinder<Query<T>> {
  static constexpr bool known = true;
  static ParameterDescriptor describe() {
    return {ParameterSource::query, {}, &reflect::type_of<T>, type_name<T>};
  }
  static Query<T> bind(ExecutionContext& context) {
    Query<T> query;
    bind_query(context, reflect::type_of<T>(), &query.value());
    return query;
  }
};
template <>
struct ParameterBinder<Ip> {
  static constexpr bool known = true;
  static ParameterDescriptor describe() { return {ParameterSource::context, {}, nullptr, "Ip"}; }
  static Ip bind(ExecutionContext& context) { return Ip{client_address(context)}; }
};
template <>
struct ParameterBinder<RequestId> {
  static constexpr bool known = true;
  static ParameterDescriptor describe() {
    return {ParameterSource::context, {}, nullptr, "RequestId"};
  }
  static RequestId bind(ExecutionContext& context) { return RequestId{request_id(context)}; }
};
template <>
struct ParameterBinder<http::Request> {
  static constexpr bool known = true;
  static ParameterDescriptor describe() {
    return {ParameterSource::context, {}, nullptr, "Request"};
  }
  static http::Request& bind(ExecutionContext& context) { return context.request(); }
};
template <>
struct ParameterBinder<http::Response> {
  static constexpr bool known = true;
  static ParameterDescriptor describe() {
    return {ParameterSource::context, {}, nullptr, "Response"};
  }
  static http::Response& bind(ExecutionContext& context) { return context.response(); }
};
template <>
struct ParameterBinder<ExecutionContext> {
  static constexpr bool known = true;
  static ParameterDescriptor describe() {
    return {ParameterSource::context, {}, nullptr, "ExecutionContext"};
  }
  static ExecutionContext& bind(ExecutionContext& context) { return context; }
};

template <class T>
inline constexpr bool is_context_type =
    std::is_same_v<T, http::Request> || std::is_same_v<T, http::Response> ||
    std::is_same_v<T, ExecutionContext>;
template <class T>
inline constexpr bool is_body = false;
template <class T>
inline constexpr bool is_body<Body<T>> = true;

template <class T>
struct PathParameterName {
  static constexpr bool is_path = false;
};
template <FixedString Name, class T>
struct PathParameterName<Param<Name, T>> {
  static constexpr bool is_path = true;
  static constexpr auto name = Name;
};

// ---- results -------------------------------------------------------------------------------

template <class T>
inline constexpr bool is_text =
    std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view> ||
    std::is_same_v<T, const char*>;

template <class T>
inline constexpr bool is_bytes =
    std::is_same_v<T, std::vector<std::byte>> || std::is_same_v<T, std::span<const std::byte>>;

/// Writes a handler's result, R without Task and references.
template <class R>
struct ResultWriter {
  static ResultDescriptor describe() {
    if constexpr (is_text<R>) {
      return {ResultKind::text, nullptr};
    } else if constexpr (is_bytes<R>) {
      return {ResultKind::bytes, nullptr};
    } else if constexpr (std::is_same_v<R, Response> || std::is_same_v<R, Redirect>) {
      return {ResultKind::response, nullptr};
    } else if constexpr (std::is_pointer_v<R>) {
      return {ResultKind::json, &reflect::type_of<std::remove_cv_t<std::remove_pointer_t<R>>>};
    } else {
      return {ResultKind::json, &reflect::type_of<R>};
    }
  }
  static void write(ExecutionContext& context, R& result) { put(context, result); }
  static void write(ExecutionContext& context, const R& result) { put(context, result); }

 private:
  template <class Q>
  static void put(ExecutionContext& context, Q& result) {
    if constexpr (is_text<R>) {
      write_text(context, result);
    } else if constexpr (is_bytes<R>) {
      write_bytes(context, result);
    } else if constexpr (std::is_same_v<R, Response>) {
      write_response(context, std::move(result));
    } else if constexpr (std::is_same_v<R, Redirect>) {
      write_redirect(context, result);
    } else if constexpr (std::is_pointer_v<R>) {
      if (result == nullptr) return write_null(context);
      write_json(context, reflect::type_of<std::remove_cv_t<std::remove_pointer_t<R>>>(), result);
    } else {
      write_json(context, reflect::type_of<R>(), std::addressof(result));
    }
  }
};
template <>
struct ResultWriter<void> {
  static ResultDescriptor describe() { return {}; }
};

template <class R>
Task<void> finish(Task<R> task, ExecutionContext& context) {
  decltype(auto) result = co_await std::move(task);
  ResultWriter<std::remove_cvref_t<R>>::write(context, result);
}

// ---- calls ---------------------------------------------------------------------------------

/// Calls a handler with its arguments evaluated from left to right, which only braces guarantee.
template <auto Handler, class Controller, class R, class... P>
struct OrderedCall {
  R result;
  OrderedCall(Controller& controller, P&&... arguments)
      : result((controller.*Handler)(std::forward<P>(arguments)...)) {}
};
template <auto Handler, class Controller, class... P>
struct OrderedCall<Handler, Controller, void, P...> {
  OrderedCall(Controller& controller, P&&... arguments) {
    (controller.*Handler)(std::forward<P>(arguments)...);
  }
};

template <auto Handler, class Controller, class Parameters>
struct Invoker;
template <auto Handler, class Controller, class... P>
struct Invoker<Handler, Controller, std::tuple<P...>> {
  using result = typename HandlerTraits<decltype(Handler)>::result;
  using Call = OrderedCall<Handler, Controller, result, P...>;

  // `P` may be T, const T& or T&: the binder makes a T, or refers to the context.
  static void call(void* object, ExecutionContext& context) {
    auto& controller = *static_cast<Controller*>(object);
    if constexpr (std::is_void_v<result>) {
      Call{controller, ParameterBinder<std::remove_cvref_t<P>>::bind(context)...};
    } else {
      Call done{controller, ParameterBinder<std::remove_cvref_t<P>>::bind(context)...};
      ResultWriter<std::remove_cvref_t<result>>::write(context, done.result);
    }
  }
  static Task<void> start(void* object, ExecutionContext& context) {
    auto& controller = *static_cast<Controller*>(object);
    Call started{controller, ParameterBinder<std::remove_cvref_t<P>>::bind(context)...};
    if constexpr (std::is_same_v<result, Task<void>>) {
      return std::move(started.result);
    } else {
      return finish(std::move(started.result), context);
    }
  }
};

// ---- paths ---------------------------------------------------------------------------------

constexpr bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The name of placeholder number `wanted` in the path, or empty behind the last.
constexpr std::string_view placeholder(std::string_view path, std::size_t wanted) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != ':' && path[i] != '*') continue;
    std::size_t end = i + 1;
    while (end < path.size() && is_name_character(path[end])) ++end;
    if (end == i + 1) continue;
    if (seen++ == wanted) return path.substr(i + 1, end - i - 1);
    i = end - 1;
  }
  return {};
}
constexpr std::size_t placeholder_count(std::string_view path) {
  std::size_t count = 0;
  while (!placeholder(path, count).empty()) ++count;
  return count;
}
constexpr bool has_placeholder(std::string_view path, std::string_view name) {
  for (std::size_t i = 0; i < placeholder_count(path); ++i) {
    if (placeholder(path, i) == name) return true;
  }
  return false;
}

// ---- routes and annotations as constants of the compiler, for compiled code to take in -------

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
[[nodiscard]] ControllerDescriptor describe(const ControllerShape& shape);

void apply_http_code(RouteDescriptor& route, const void* value, bool of_controller);
void apply_timeout(RouteDescriptor& route, const void* value, bool of_controller);
void apply_header(RouteDescriptor& route, const void* value, bool of_controller);
void apply_validation(RouteDescriptor& route, const void* value, bool of_controller);

template <class A>
AnnotationShape annotation_shape(const A& annotation) {
  AnnotationShape shape{TypeId::of<A>(), &annotation};
  if constexpr (std::is_same_v<A, HttpCode>) {
    shape.apply = &apply_http_code;
  } else if constexpr (std::is_same_v<A, HandlerTimeout>) {
    shape.apply = &apply_timeout;
  } else if constexpr (std::is_same_v<A, StaticHeader>) {
    shape.apply = &apply_header;
  } else if constexpr (std::is_same_v<A, ValidationPipe>) {
    shape.apply = &apply_validation;
  } else if constexpr (requires { &A::extend; }) {
    shape.extend = &A::extend;
  } else if constexpr (is_annotation_list<A>) {
    shape.unpack = [](const void* value, VisitAnnotation visit, void* state) {
      std::apply([&](const auto&... part) { (visit(state, annotation_shape(part)), ...); },
                 static_cast<const A*>(value)->parts);
    };
  }
  return shape;
}

// ---- the checks and the entry of one route ---------------------------------------------------

template <class Controller, std::size_t Part>
struct RouteEntry {
  static constexpr const auto& table = Controller::routes;
  static constexpr const auto& spec = std::get<Part>(table.parts);
  using Spec = std::remove_cvref_t<decltype(spec)>;
  static constexpr auto handler = Spec::handler;
  using Traits = HandlerTraits<std::remove_const_t<decltype(handler)>>;
  using Result = typename Traits::result;

  template <class... P>
  static constexpr bool takes([[maybe_unused]] std::string_view name, std::tuple<P...>*) {
    return (is_parameter<std::remove_cvref_t<P>>(name) || ...);
  }
  template <class P>
  static constexpr bool is_parameter(std::string_view name) {
    if constexpr (PathParameterName<P>::is_path) {
      return PathParameterName<P>::name.view() == name;
    } else {
      return false;
    }
  }

  // Each rule is a predicate, and what reports its breach is an ordinary function that is only
  // instantiated then: a failed assertion inside a constant would make compilers complain about the
  // constant as well.
  template <bool Prefix, std::size_t Index>
  static constexpr std::string_view placeholder_name = placeholder(Prefix ? table.prefix
                                                                          : spec.path,
                                                                   Index);

  template <bool Prefix, std::size_t Index>
  static constexpr bool placeholder_is_taken =
      takes(placeholder_name<Prefix, Index>, static_cast<typename Traits::parameters*>(nullptr));
  template <bool Prefix, std::size_t... Index>
  static constexpr bool placeholders_are_taken(std::index_sequence<Index...>) {
    return (placeholder_is_taken<Prefix, Index> && ...);
  }
  template <bool Prefix, std::size_t Index>
  static void report_placeholder() {
    if constexpr (!placeholder_is_taken<Prefix, Index>) {
      constexpr auto name = placeholder_name<Prefix, Index>;
      (void)sizeof(
          route_placeholder_has_no_parameter<FixedString<name.size() + 1>::from(name), handler>);
    }
  }
  template <bool Prefix, std::size_t... Index>
  static void report_placeholders(std::index_sequence<Index...>) {
    (report_placeholder<Prefix, Index>(), ...);
  }

  template <class P>
  static constexpr bool has_its_placeholder() {
    if constexpr (PathParameterName<P>::is_path) {
      return has_placeholder(table.prefix, PathParameterName<P>::name.view()) ||
             has_placeholder(spec.path, PathParameterName<P>::name.view());
    } else {
      return true;
    }
  }
  template <class Raw>
  static constexpr bool outlives_coroutine =
      !(is_task<Result> && std::is_reference_v<Raw> && !is_context_type<std::remove_cvref_t<Raw>>);

  template <class Raw>
  static void report_parameter() {
    using P = std::remove_cvref_t<Raw>;
    if constexpr (!ParameterBinder<P>::known) {
      (void)sizeof(handler_parameter_has_no_source<P, handler>);
    } else if constexpr (!has_its_placeholder<P>()) {
      (void)sizeof(parameter_has_no_route_placeholder<PathParameterName<P>::name, handler>);
    } else if constexpr (!outlives_coroutine<Raw>) {
      (void)sizeof(coroutine_handler_takes_a_reference<P, handler>);
    }
  }

  using PrefixPlaceholders = std::make_index_sequence<placeholder_count(table.prefix)>;
  using PathPlaceholders = std::make_index_sequence<placeholder_count(spec.path)>;

  template <class... P>
  static constexpr bool has_one_body(std::tuple<P...>*) {
    return (0 + ... + int{is_body<std::remove_cvref_t<P>>}) <= 1;
  }
  template <class... P>
  static constexpr bool check(std::tuple<P...>* parameters) {
    return has_one_body(parameters) && (ParameterBinder<std::remove_cvref_t<P>>::known && ...) &&
           (has_its_placeholder<std::remove_cvref_t<P>>() && ...) &&
           (outlives_coroutine<P> && ...) && placeholders_are_taken<true>(PrefixPlaceholders{}) &&
           placeholders_are_taken<false>(PathPlaceholders{});
  }
  template <class... P>
  static void report(std::tuple<P...>* parameters) {
    if constexpr (!has_one_body(static_cast<std::tuple<P...>*>(nullptr))) {
      (void)sizeof(handler_takes_two_bodies<handler>);
    } else {
      (report_parameter<P>(), ...);
      report_placeholders<true>(PrefixPlaceholders{});
      report_placeholders<false>(PathPlaceholders{});
    }
    (void)parameters;
  }
  static constexpr bool valid = check(static_cast<typename Traits::parameters*>(nullptr));

  template <class... P>
  static std::span<const ParameterDescriptor> parameters(std::tuple<P...>*) {
    if constexpr (sizeof...(P) == 0) {
      return {};
    } else {
      static const ParameterDescriptor table_of_parameters[] = {
          ParameterBinder<std::remove_cvref_t<P>>::describe()...};
      return table_of_parameters;
    }
  }
  template <class... A>
  static std::span<const AnnotationShape> annotations(const std::tuple<A...>& given) {
    if constexpr (sizeof...(A) == 0) {
      return {};
    } else {
      return std::apply(
          [](const auto&... each) -> std::span<const AnnotationShape> {
            static const AnnotationShape table_of_annotations[] = {annotation_shape(each)...};
            return table_of_annotations;
          },
          given);
    }
  }
  template <class R>
  static ResultDescriptor result(R*) {
    return ResultWriter<std::remove_cvref_t<R>>::describe();
  }
  template <class R>
  static ResultDescriptor result(Task<R>*) {
    return ResultWriter<std::remove_cvref_t<R>>::describe();
  }

  static RouteShape shape() {
    RouteShape route;
    if constexpr (!valid) {
      report(static_cast<typename Traits::parameters*>(nullptr));
    } else {
      route.method = spec.method;
      route.every_method = spec.every_method;
      route.path = spec.path;
      route.handler = member_function_name<handler>;
      route.parameters = parameters(static_cast<typename Traits::parameters*>(nullptr));
      route.result = result(static_cast<std::remove_reference_t<Result>*>(nullptr));
      route.annotations = annotations(spec.annotations);
      using Invoke = Invoker<handler, Controller, typename Traits::parameters>;
      if constexpr (is_task<Result>) {
        route.start = &Invoke::start;
      } else {
        route.call = &Invoke::call;
      }
    }
    return route;
  }
};

/// Parts that are no routes have a shape without a handler; routes among the annotations have none.
template <class Controller, std::size_t Part>
RouteShape route_of_part() {
  using Spec = std::remove_cvref_t<decltype(std::get<Part>(Controller::routes.parts))>;
  if constexpr (is_route_spec<Spec>) {
    return RouteEntry<Controller, Part>::shape();
  } else {
    return {};
  }
}
template <class Controller, std::size_t Part>
AnnotationShape annotation_of_part() {
  constexpr const auto& part = std::get<Part>(Controller::routes.parts);
  if constexpr (is_route_spec<std::remove_cvref_t<decltype(part)>>) {
    return {};
  } else {
    return annotation_shape(part);
  }
}

template <class Controller, std::size_t... Part>
ControllerDescriptor describe_parts(std::index_sequence<Part...>) {
  const RouteShape routes[] = {route_of_part<Controller, Part>()...};
  const AnnotationShape annotations[] = {annotation_of_part<Controller, Part>()...};
  return describe(ControllerShape{TypeId::of<Controller>(), type_name<Controller>,
                                  Controller::routes.prefix, routes, annotations});
}

/// The table of a controller class: made on first use, lives until the program ends.
template <class Controller>
const ControllerDescriptor& describe_controller() {
  if constexpr (!requires { Controller::routes.parts; }) {
    (void)sizeof(controller_has_no_routes<Controller>);
    static const ControllerDescriptor none;
    return none;
  } else {
    using Parts = std::remove_cvref_t<decltype(Controller::routes.parts)>;
    static const ControllerDescriptor controller =
        describe_parts<Controller>(std::make_index_sequence<std::tuple_size_v<Parts>>{});
    return controller;
  }
}

}  // namespace roost::web
