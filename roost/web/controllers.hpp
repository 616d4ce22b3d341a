// controllers<C…>(): the controllers of a module, as an argument of roost::module.
#pragma once

#include <roost/di/module.hpp>
#include <roost/web/controller_descriptor.hpp>

namespace roost {

namespace http {
class Request;
}

/// Providers and controllers of a request may take these.
template <>
inline constexpr bool is_supplied_per_request<http::Request> = true;
template <>
inline constexpr bool is_supplied_per_request<ExecutionContext> = true;

/// The controllers of a module. Checks every route against its handler while it compiles.
template <class... C>
[[nodiscard]] di::ControllerList<C...> controllers() {
  return di::ControllerList<C...>{{&web::describe_controller<C>()...}};
}

}  // namespace roost
