// Pipes: classes that change a handler's parameters after they were read.
#pragma once

#include <roost/web/controller_descriptor.hpp>
#include <roost/web/enhancers.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace roost {

/// One parameter on its way to the handler, as a pipe of a route, controller, module or application
/// sees it (use_pipes). Lives for the call.
class PipeValue {
 public:
  PipeValue(web::ParameterSource source, std::string_view name, const reflect::TypeDescriptor& type,
            void* object)
      : source_{source}, name_{name}, type_{&type}, object_{object} {}

  [[nodiscard]] web::ParameterSource source() const { return source_; }
  /// Of the placeholder, key, header or cookie; empty for a body and a whole query.
  [[nodiscard]] std::string_view name() const { return name_; }
  /// What the parameter is, for pipes that work on any type.
  [[nodiscard]] const reflect::TypeDescriptor& type() const { return *type_; }
  [[nodiscard]] void* object() const { return object_; }

  /// The value to be changed in place, or null when it is no T:
  /// `if (auto* name = value.as<std::string>()) trim(*name);`.
  template <class T>
  [[nodiscard]] T* as() const {
    return type_ == &reflect::type_of<T>() ? static_cast<T*>(object_) : nullptr;
  }

 private:
  web::ParameterSource source_;
  std::string_view name_;
  const reflect::TypeDescriptor* type_;
  void* object_;
};

namespace web {

/// The result of sending a value through pipes, one after the other.
template <class Value, class... Pipe>
struct PipedValue {
  using type = Value;
};
template <class Value, class First, class... Rest>
struct PipedValue<Value, First, Rest...> {
  using Result =
      std::remove_cvref_t<decltype(std::declval<First&>().transform(std::declval<Value>()))>;
  using type = typename PipedValue<Result, Rest...>::type;
};

template <class Value>
Value send_through(ExecutionContext&, Value value) {
  return value;
}
template <class First, class... Rest, class Value>
auto send_through(ExecutionContext& context, Value value) {
  auto result = instance_of<First>(nullptr, context).transform(std::move(value));
  if constexpr (sizeof...(Rest) == 0) {
    return result;
  } else {
    return send_through<Rest...>(context, std::move(result));
  }
}

}  // namespace web

/// A parameter with pipes of its own: `Piped<Param<"code">, TrimPipe, CountryPipe>`. Each pipe is a
/// class with a `transform` that takes what the one before it returned, at first the value of
/// Source; the handler gets what the last one returns. A pipe refuses a value by throwing. Each
/// must be among the providers of a module.
template <class Source, class... Pipe>
class Piped
    : public web::Extracted<typename web::PipedValue<typename Source::value_type, Pipe...>::type> {
  using web::Extracted<
      typename web::PipedValue<typename Source::value_type, Pipe...>::type>::Extracted;
};

namespace web {

template <class... Pipe>
inline constexpr TypeId pipe_table[] = {TypeId::of<Pipe>()...};

template <class Source, class... Pipe>
struct ParameterBinder<Piped<Source, Pipe...>> {
  static constexpr bool known = ParameterBinder<Source>::known;
  static constexpr ParameterDescriptor describe() {
    ParameterDescriptor parameter = ParameterBinder<Source>::describe();
    parameter.pipes = pipe_table<Pipe...>;
    return parameter;
  }
  static Piped<Source, Pipe...> bind(ExecutionContext& context) {
    Source source = ParameterBinder<Source>::bind(context);
    return Piped<Source, Pipe...>{send_through<Pipe...>(context, std::move(source.value()))};
  }
};
template <class Source, class... Pipe>
inline constexpr bool is_body<Piped<Source, Pipe...>> = is_body<Source>;
template <class Source, class... Pipe>
struct PathParameterName<Piped<Source, Pipe...>> : PathParameterName<Source> {};

}  // namespace web
}  // namespace roost
