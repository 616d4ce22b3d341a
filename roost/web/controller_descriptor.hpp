// From a controller class to its table of routes: checks each handler against its path at compile
// time and makes the type-erased entries. Instantiated where the controller's module is defined.
#pragma once

#include <roost/async/task.hpp>
#include <roost/base/atomic_pointer.hpp>
#include <roost/meta/describe.hpp>
#include <roost/web/binding.hpp>
#include <roost/web/execution_context.hpp>
#include <roost/web/extractors.hpp>
#include <roost/web/redirect.hpp>
#include <roost/web/response.hpp>
#include <roost/web/route.hpp>
#include <roost/web/route_shape.hpp>
#include <roost/web/validation_pipe.hpp>
#include <roost/web/versioning.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace roost {
class BodyStream;
class EventSource;
}  // namespace roost

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
template <auto Handler>
struct handler_of_a_body_stream_is_no_coroutine {
  static_assert(always_false_value<Handler>,
                "roost: a roost::BodyStream is read by co_await; make the handler a coroutine that "
                "returns a roost::Task");
};
template <class Parameter, auto Handler>
struct handler_parameter_has_no_source {
  static_assert(always_false<Parameter>,
                "roost: Roost does not know where this parameter of a handler comes from; use "
                "Body<T>, Query<T>, Param<\"name\", T>, QueryParam, Header, Cookie, SignedCookie, "
                "http::Request&, or give the type `static T extract(roost::ExecutionContext&)`");
};
template <class Parameter, auto Handler>
struct coroutine_handler_takes_a_reference {
  static_assert(always_false<Parameter>,
                "roost: a handler that is a coroutine outlives its arguments; take this parameter "
                "by value");
};
template <class Result>
struct handler_returns_a_stream_by_value {
  static_assert(always_false<Result>,
                "roost: a stream lives on after its handler; return what owns it: a "
                "std::unique_ptr of the http::Stream or EventSource, made by std::make_unique");
};

// ---- handlers ------------------------------------------------------------------------------

template <class... P>
struct Parameters {};
template <class T>
struct HandlerTraits;
template <class C, class R, class... P>
struct HandlerTraits<R (C::*)(P...)> {
  using controller = C;
  using result = R;
  using parameters = Parameters<P...>;
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
template <class T>
struct TaskResult;
template <class T>
struct TaskResult<Task<T>> {
  using type = T;
};

// ---- parameters ----------------------------------------------------------------------------

/// How one parameter type is described and bound. The primary template serves types with their own
/// `static T extract(ExecutionContext&)`. One that reads what a document can tell also has
/// `static constexpr web::ParameterDescriptor describe_parameter()`.
template <class T>
struct ParameterBinder {
  static constexpr bool known = requires(ExecutionContext & context) {
    { T::extract(context) } -> std::convertible_to<T>;
  };
  static constexpr ParameterDescriptor describe() {
    if constexpr (requires { T::describe_parameter(); }) {
      return T::describe_parameter();
    } else {
      return {ParameterSource::custom, {}, nullptr, type_name<T>};
    }
  }
  static T bind(ExecutionContext& context) { return T::extract(context); }
};

template <class T, ParameterSource Source>
struct NamedBinder {
  using value_type = typename T::value_type;
  static constexpr bool known = true;
  static constexpr ParameterDescriptor describe() {
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

inline constexpr TypeId signer_of_cookies[] = {TypeId::of<CookieSigner>()};

template <FixedString Name, class T>
struct ParameterBinder<SignedCookie<Name, T>> {
  static constexpr bool known = true;
  static constexpr ParameterDescriptor describe() {
    ParameterDescriptor parameter{ParameterSource::cookie, Name.view(), &reflect::type_of<T>,
                                  type_name<T>};
    parameter.pipes = signer_of_cookies;  // found when the application starts, as pipes are
    return parameter;
  }
  static SignedCookie<Name, T> bind(ExecutionContext& context) {
    SignedCookie<Name, T> cookie;
    bind_signed_cookie(context, Name.view(), reflect::type_of<T>(), &cookie.value());
    return cookie;
  }
};

template <class T>
struct ParameterBinder<Body<T>> {
  static constexpr bool known = true;
  static constexpr ParameterDescriptor describe() {
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
  static constexpr ParameterDescriptor describe() {
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
  static constexpr ParameterDescriptor describe() {
    return {ParameterSource::context, {}, nullptr, "Ip"};
  }
  static Ip bind(ExecutionContext& context) { return Ip{client_address(context)}; }
};
template <>
struct ParameterBinder<RequestId> {
  static constexpr bool known = true;
  static constexpr ParameterDescriptor describe() {
    return {ParameterSource::context, {}, nullptr, "RequestId"};
  }
  static RequestId bind(ExecutionContext& context) { return RequestId{request_id(context)}; }
};
template <>
struct ParameterBinder<http::Request> {
  static constexpr bool known = true;
  static constexpr ParameterDescriptor describe() {
    return {ParameterSource::request, {}, nullptr, "Request"};
  }
  static http::Request& bind(ExecutionContext& context) { return context.request(); }
};
template <>
struct ParameterBinder<http::Response> {
  static constexpr bool known = true;
  static constexpr ParameterDescriptor describe() {
    return {ParameterSource::context, {}, nullptr, "Response"};
  }
  static http::Response& bind(ExecutionContext& context) { return context.response(); }
};
template <>
struct ParameterBinder<ExecutionContext> {
  static constexpr bool known = true;
  static constexpr ParameterDescriptor describe() {
    return {ParameterSource::request, {}, nullptr, "ExecutionContext"};
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
template <>
inline constexpr bool is_body<BodyStream> = true;

template <class... P>
inline constexpr bool has_one_body = (0 + ... + int{is_body<std::remove_cvref_t<P>>}) <= 1;

/// Whether a parameter of a handler that returns Result can be read there.
template <class P, class Result>
inline constexpr bool is_readable = is_task<Result> || !std::is_same_v<P, BodyStream>;

/// Whether a parameter of a handler that returns Result is still there when a coroutine goes on.
template <class P, class Result>
inline constexpr bool outlives_coroutine =
    !(is_task<Result> && std::is_reference_v<P> && !is_context_type<std::remove_cvref_t<P>>);

template <class T>
struct PathParameterName {
  static constexpr bool is_path = false;
  static constexpr std::string_view view() { return {}; }
};
template <FixedString Name, class T>
struct PathParameterName<Param<Name, T>> {
  static constexpr bool is_path = true;
  static constexpr auto name = Name;
  static constexpr std::string_view view() { return Name.view(); }
};

// ---- results -------------------------------------------------------------------------------

template <class T>
inline constexpr bool is_text =
    std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view> ||
    std::is_same_v<T, const char*>;

template <class T>
inline constexpr bool is_bytes =
    std::is_same_v<T, std::vector<std::byte>> || std::is_same_v<T, std::span<const std::byte>>;

/// Something that owns an http::Stream, or what extends it.
template <class T>
concept OwnsStream = requires(T& owner) {
  requires std::is_base_of_v<http::Stream, std::remove_pointer_t<decltype(owner.release())>>;
};

/// The same of an EventSource.
template <class T>
concept OwnsEvents = requires(T& owner) {
  requires std::is_base_of_v<EventSource, std::remove_pointer_t<decltype(owner.release())>>;
};

/// A handler's result, in a Task or not, that is a stream without an owner.
template <class R>
inline constexpr bool is_bare_stream = false;
template <class R>
requires(std::is_class_v<R> && !is_task<R>) inline constexpr bool is_bare_stream<R> =
    std::is_base_of_v<http::Stream, R> || std::is_base_of_v<EventSource, R>;
template <class R>
inline constexpr bool is_bare_stream<Task<R>> = is_bare_stream<R>;

/// Writes a handler's result, R without Task and references.
template <class R>
struct ResultWriter {
  static constexpr ResultDescriptor describe() {
    if constexpr (is_text<R>) {
      return {ResultKind::text, nullptr};
    } else if constexpr (OwnsEvents<R>) {
      return {ResultKind::events, nullptr};
    } else if constexpr (is_bytes<R> || OwnsStream<R> || std::is_same_v<R, FileResponse>) {
      return {ResultKind::bytes, nullptr};
    } else if constexpr (std::is_same_v<R, Response> || std::is_same_v<R, Redirect>) {
      return {ResultKind::response, nullptr};
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
    } else if constexpr (OwnsStream<R>) {
      write_stream(context, Owned<http::Stream>{result.release()});
    } else if constexpr (OwnsEvents<R>) {
      write_events(context, Owned<EventSource>{result.release()});
    } else if constexpr (std::is_same_v<R, FileResponse>) {
      write_file(context, result);
    } else if constexpr (std::is_pointer_v<R>) {
      if (result == nullptr) return write_null(context);
      write_json(context, reflect::type_of<std::remove_cv_t<std::remove_pointer_t<R>>>(), result);
    } else {
      write_json(context, reflect::type_of<R>(), __builtin_addressof(result));
    }
  }
};
template <>
struct ResultWriter<void> {
  static constexpr ResultDescriptor describe() { return {}; }
};

/// Writes the result that a handler's ended coroutine holds.
using WriteResult = void (*)(ExecutionContext& context, async::PromiseBase& ended);

/// Runs a handler's coroutine, whose type is known to `write` alone, and writes its result.
[[nodiscard]] Task<void> finish(async::AnyTask handler, WriteResult write,
                                ExecutionContext& context);

template <class R>
void write_result(ExecutionContext& context, async::PromiseBase& ended) {
  decltype(auto) result = static_cast<async::Promise<R>&>(ended).result();
  ResultWriter<std::remove_cvref_t<R>>::write(context, result);
}

template <class R>
Task<void> finish(Task<R>&& task, ExecutionContext& context) {
  return finish(async::AnyTask{std::move(task)}, &write_result<R>, context);
}
inline Task<void> finish(Task<void>&& task, ExecutionContext&) { return std::move(task); }

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

template <auto Handler, class Controller, class P>
struct Invoker;
template <auto Handler, class Controller, class... P>
struct Invoker<Handler, Controller, Parameters<P...>> {
  using result = typename HandlerTraits<decltype(Handler)>::result;
  using Call = OrderedCall<Handler, Controller, result, P...>;
  static constexpr bool any_order = sizeof...(P) < 2;

  // `P` may be T, const T& or T&: the binder makes a T, or refers to the context.
  static void call(void* object, [[maybe_unused]] ExecutionContext& context) {
    auto& controller = *static_cast<Controller*>(object);
    if constexpr (std::is_void_v<result> && any_order) {
      (controller.*Handler)(ParameterBinder<std::remove_cvref_t<P>>::bind(context)...);
    } else if constexpr (std::is_void_v<result>) {
      Call{controller, ParameterBinder<std::remove_cvref_t<P>>::bind(context)...};
    } else if constexpr (any_order) {
      decltype(auto) made =
          (controller.*Handler)(ParameterBinder<std::remove_cvref_t<P>>::bind(context)...);
      ResultWriter<std::remove_cvref_t<result>>::write(context, made);
    } else {
      Call done{controller, ParameterBinder<std::remove_cvref_t<P>>::bind(context)...};
      ResultWriter<std::remove_cvref_t<result>>::write(context, done.result);
    }
  }
  static Task<void> start(void* object, ExecutionContext& context) {
    auto& controller = *static_cast<Controller*>(object);
    if constexpr (any_order) {
      return finish(
          (controller.*Handler)(ParameterBinder<std::remove_cvref_t<P>>::bind(context)...),
          context);
    } else {
      Call started{controller, ParameterBinder<std::remove_cvref_t<P>>::bind(context)...};
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

/// Whether the placeholders of a route are the path parameters of its handler: `names`, of which
/// those that are empty are no path parameters.
constexpr bool placeholders_agree(std::string_view prefix, std::string_view path,
                                  std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    if (name.empty()) continue;
    if (!has_placeholder(prefix, name) && !has_placeholder(path, name)) return false;
  }
  for (const std::string_view in : {prefix, path}) {
    for (std::size_t i = 0; i < placeholder_count(in); ++i) {
      bool taken = false;
      for (const std::string_view name : names) taken = taken || name == placeholder(in, i);
      if (!taken) return false;
    }
  }
  return true;
}

// ---- routes and annotations as constants
// ----------------------------------------------------------

/// The descriptor in `slot`, made from `shape` by the first call.
[[nodiscard]] const ControllerDescriptor& descriptor_of(
    AtomicPointer<const ControllerDescriptor>& slot, const ControllerShape& shape);

void apply_http_code(RouteDescriptor& route, const void* value, bool of_controller);
void apply_timeout(RouteDescriptor& route, const void* value, bool of_controller);
void apply_header(RouteDescriptor& route, const void* value, bool of_controller);
void apply_validation(RouteDescriptor& route, const void* value, bool of_controller);
void apply_version(RouteDescriptor& route, const void* value, bool of_controller);

template <class... A>
void visit_annotations(const AnnotationList<A...>& list, VisitAnnotation visit, void* state);

template <class A>
constexpr AnnotationShape annotation_shape(const A& annotation) {
  AnnotationShape shape{TypeId::of<A>(), &annotation};
  if constexpr (std::is_same_v<A, HttpCode>) {
    shape.apply = &apply_http_code;
  } else if constexpr (std::is_same_v<A, HandlerTimeout>) {
    shape.apply = &apply_timeout;
  } else if constexpr (std::is_same_v<A, StaticHeader>) {
    shape.apply = &apply_header;
  } else if constexpr (std::is_same_v<A, ValidationPipe>) {
    shape.apply = &apply_validation;
  } else if constexpr (std::is_same_v<A, RouteVersions>) {
    shape.apply = &apply_version;
  } else if constexpr (requires { &A::apply; }) {
    shape.apply = &A::apply;
  } else if constexpr (requires { &A::extend; }) {
    shape.extend = &A::extend;
  } else if constexpr (is_annotation_list<A>) {
    shape.unpack = [](const void* value, VisitAnnotation visit, void* state) {
      visit_annotations(*static_cast<const A*>(value), visit, state);
    };
  }
  return shape;
}

template <std::size_t... Position, class... A>
void visit_parts(const PackOf<std::index_sequence<Position...>, A...>& parts, VisitAnnotation visit,
                 void* state) {
  (visit(state, annotation_shape(value_at<Position>(parts))), ...);
}
template <class... A>
void visit_annotations(const AnnotationList<A...>& list, VisitAnnotation visit, void* state) {
  visit_parts(list.parts, visit, state);
}

// ---- the checks and the entry of one route ---------------------------------------------------

template <class Controller, std::size_t Part>
inline constexpr const auto& part_of = value_at<Part>(Controller::routes.parts);

/// The names of path parameters; empty for the others, and one more, as arrays cannot be empty.
template <class... P>
inline constexpr std::string_view path_parameters[] = {PathParameterName<P>::view()...,
                                                       std::string_view{}};
template <class... P>
inline constexpr ParameterDescriptor parameter_table[] = {ParameterBinder<P>::describe()...};

template <class Controller, std::size_t Part, class Positions>
struct AnnotationTable;
template <class Controller, std::size_t Part, std::size_t... Position>
struct AnnotationTable<Controller, Part, std::index_sequence<Position...>> {
  static constexpr AnnotationShape shapes[] = {
      annotation_shape(value_at<Position>(part_of<Controller, Part>.annotations))...};
};

/// What is found wrong with a route, one rule after the other. These are ordinary functions that
/// are only instantiated for a wrong route: a failed assertion inside a constant would make
/// compilers complain about the constant as well.
template <class Controller, std::size_t Part>
struct RouteFaults {
  static constexpr const auto& table = Controller::routes;
  static constexpr const auto& spec = part_of<Controller, Part>;
  static constexpr auto handler = std::remove_cvref_t<decltype(spec)>::handler;
  using Result = typename HandlerTraits<std::remove_const_t<decltype(handler)>>::result;

  template <bool Prefix, std::size_t Index, class... P>
  static void report_placeholder() {
    constexpr std::string_view name = placeholder(Prefix ? table.prefix : spec.path, Index);
    constexpr bool taken = ((PathParameterName<P>::view() == name) || ...);
    if constexpr (!taken) {
      (void)sizeof(
          route_placeholder_has_no_parameter<FixedString<name.size() + 1>::from(name), handler>);
    }
  }
  template <bool Prefix, class... P, std::size_t... Index>
  static void report_placeholders(std::index_sequence<Index...>) {
    (report_placeholder<Prefix, Index, P...>(), ...);
  }

  template <class P>
  static constexpr bool has_its_placeholder() {
    if constexpr (PathParameterName<P>::is_path) {
      return has_placeholder(table.prefix, PathParameterName<P>::view()) ||
             has_placeholder(spec.path, PathParameterName<P>::view());
    } else {
      return true;
    }
  }
  template <class Raw>
  static void report_parameter() {
    using P = std::remove_cvref_t<Raw>;
    if constexpr (!ParameterBinder<P>::known) {
      (void)sizeof(handler_parameter_has_no_source<P, handler>);
    } else if constexpr (!has_its_placeholder<P>()) {
      (void)sizeof(parameter_has_no_route_placeholder<PathParameterName<P>::name, handler>);
    } else if constexpr (!is_readable<P, Result>) {
      (void)sizeof(handler_of_a_body_stream_is_no_coroutine<handler>);
    } else if constexpr (!outlives_coroutine<Raw, Result>) {
      (void)sizeof(coroutine_handler_takes_a_reference<P, handler>);
    }
  }

  template <class... P>
  static void report(Parameters<P...>) {
    if constexpr (!has_one_body<P...>) {
      (void)sizeof(handler_takes_two_bodies<handler>);
    } else if constexpr (is_bare_stream<Result>) {
      (void)sizeof(handler_returns_a_stream_by_value<Result>);
    } else {
      (report_parameter<P>(), ...);
      report_placeholders<true, std::remove_cvref_t<P>...>(
          std::make_index_sequence<placeholder_count(table.prefix)>{});
      report_placeholders<false, std::remove_cvref_t<P>...>(
          std::make_index_sequence<placeholder_count(spec.path)>{});
    }
  }
};

/// A part of a controller that is a route.
template <class Controller, std::size_t Part, class Spec>
struct PartEntry;
template <class Controller, std::size_t Part, auto Handler, class... A>
struct PartEntry<Controller, Part, RouteSpec<Handler, A...>> {
  using Traits = HandlerTraits<decltype(Handler)>;
  using Given = typename Traits::parameters;
  using Result = typename Traits::result;

  template <class... P>
  static constexpr bool check(Parameters<P...>) {
    return has_one_body<P...> && (ParameterBinder<std::remove_cvref_t<P>>::known && ...) &&
           (outlives_coroutine<P, Result> && ...) &&
           (is_readable<std::remove_cvref_t<P>, Result> && ...) && !is_bare_stream<Result> &&
           placeholders_agree(Controller::routes.prefix, part_of<Controller, Part>.path,
                              path_parameters<std::remove_cvref_t<P>...>);
  }
  static constexpr bool valid = check(Given{});
  static void report() {
    if constexpr (!valid) RouteFaults<Controller, Part>::report(Given{});
  }

  template <class... P>
  static constexpr void add_parameters(RouteShape& route, Parameters<P...>) {
    if constexpr (sizeof...(P) > 0) route.parameters = parameter_table<std::remove_cvref_t<P>...>;
  }
  static constexpr RouteShape route() {
    constexpr const auto& spec = part_of<Controller, Part>;
    RouteShape route;
    route.method = spec.method;
    route.every_method = spec.every_method;
    route.path = spec.path;
    route.handler = member_function_name<Handler>;
    add_parameters(route, Given{});
    if constexpr (sizeof...(A) > 0) {
      route.annotations = AnnotationTable<Controller, Part, std::index_sequence_for<A...>>::shapes;
    }
    using Invoke = Invoker<Handler, Controller, Given>;
    if constexpr (is_task<Result>) {
      route.result =
          ResultWriter<std::remove_cvref_t<typename TaskResult<Result>::type>>::describe();
      route.start = &Invoke::start;
    } else {
      route.result = ResultWriter<std::remove_cvref_t<Result>>::describe();
      route.call = &Invoke::call;
    }
    return route;
  }
  static constexpr AnnotationShape annotation() { return {}; }
};
/// A part that is an annotation of all routes: a shape without a handler.
template <class Controller, std::size_t Part, class Annotation>
struct PartEntry {
  static constexpr bool valid = true;
  static void report() {}
  static constexpr RouteShape route() { return {}; }
  static constexpr AnnotationShape annotation() {
    return annotation_shape(part_of<Controller, Part>);
  }
};
template <class Controller, std::size_t Part>
using EntryOf =
    PartEntry<Controller, Part, std::remove_cvref_t<decltype(part_of<Controller, Part>)>>;

template <class Controller, class Positions>
struct ControllerTable;
template <class Controller, std::size_t... Part>
struct ControllerTable<Controller, std::index_sequence<Part...>> {
  static constexpr bool valid = (EntryOf<Controller, Part>::valid && ...);
  static void report() { (EntryOf<Controller, Part>::report(), ...); }

  static constexpr RouteShape routes[] = {EntryOf<Controller, Part>::route()..., RouteShape{}};
  static constexpr AnnotationShape annotations[] = {EntryOf<Controller, Part>::annotation()...,
                                                    AnnotationShape{}};
  static constexpr ControllerShape shape{TypeId::of<Controller>(), type_name<Controller>,
                                         Controller::routes.prefix, routes, annotations};
};

template <class Controller>
inline constinit AtomicPointer<const ControllerDescriptor> controller_slot{};

/// The table of a controller class: made on first use, lives until the program ends.
template <class Controller>
const ControllerDescriptor& describe_controller() {
  if constexpr (!requires { Controller::routes.parts; }) {
    (void)sizeof(controller_has_no_routes<Controller>);
    return descriptor_of(controller_slot<Controller>, {});
  } else {
    using Table = ControllerTable<
        Controller,
        std::make_index_sequence<std::remove_cvref_t<decltype(Controller::routes)>::size>>;
    if constexpr (Table::valid) {
      return descriptor_of(controller_slot<Controller>, Table::shape);
    } else {
      Table::report();
      return descriptor_of(controller_slot<Controller>, {});
    }
  }
}

}  // namespace roost::web
