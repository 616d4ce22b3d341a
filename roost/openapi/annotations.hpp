// What can be said about routes, types and members for readers of the OpenAPI document: prose,
// examples, deprecation, and answers that no type shows. Everything else follows from the code.
#pragma once

#include <roost/meta/type_info.hpp>
#include <roost/validation/literal.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace roost {

namespace openapi {

struct Summary {
  std::string_view text;
};
struct Description {
  std::string_view text;
};
struct Deprecated {};
struct Undocumented {};
struct Tag {
  std::string_view name;
};
struct OperationId {
  std::string_view id;
};
struct Example {
  validation::Literal value;
  std::string_view json;  // instead of `value` when not empty
};
/// An answer beside the one that the handler's result describes.
struct Answer {
  int status = 0;
  std::string_view description;
  reflect::TypeRef type = nullptr;  // null: no body
  bool is_error = false;            // the body is that of every exception
};

template <class E>
struct exception_has_no_status_code {
  static_assert(!std::is_same_v<E, E>,
                "roost: throws<E>() documents an exception with a known status: one of the named "
                "exceptions, a class that derives from one, or one that has "
                "`static constexpr int status_code`");
};

template <class E>
constexpr int status_code_of() {
  if constexpr (requires { E::status_code; }) {
    return E::status_code;
  } else {
    return static_cast<int>(sizeof(exception_has_no_status_code<E>));
  }
}

}  // namespace openapi

/// Annotation of a route: one line about it. Without one, the handler's name stands there as words.
constexpr openapi::Summary summary(std::string_view text) { return {text}; }

/// Annotation of a route, a type or a member: prose, in Markdown.
constexpr openapi::Description description(std::string_view text) { return {text}; }

/// Annotation of a route or a member: still there, no longer recommended.
inline constexpr openapi::Deprecated deprecated{};

/// Annotation of a route or controller: left out of the document.
inline constexpr openapi::Undocumented undocumented{};

/// Annotation of a route or controller: the group under which it is listed; without one, the
/// controller's name. May be given several times.
constexpr openapi::Tag tag(std::string_view name) { return {name}; }

/// Annotation of a route: its name for generators of clients; without one, Controller_handler.
constexpr openapi::OperationId operation_id(std::string_view id) { return {id}; }

/// Annotation of a member: an example of its value.
constexpr openapi::Example example(validation::Literal value) { return {value, {}}; }

/// Annotation of a type or a member: an example as JSON text.
constexpr openapi::Example json_example(std::string_view json) { return {nullptr, json}; }

/// Annotation of a route: the handler, or what it calls, throws this exception:
/// `get<&CatsController::find_one>(":id", throws<NotFoundException>("No such cat"))`.
template <class E>
constexpr openapi::Answer throws(std::string_view when = {}) {
  return {openapi::status_code_of<E>(), when, nullptr, true};
}

/// Annotation of a route: another answer that the handler gives, with a body of type T or none:
/// `answers<Receipt>(202, "Still under way")`.
template <class T = void>
constexpr openapi::Answer answers(int status, std::string_view when = {}) {
  if constexpr (std::is_void_v<T>) {
    return {status, when, nullptr, false};
  } else {
    return {status, when, &reflect::type_of<T>, false};
  }
}

}  // namespace roost
