// Annotations of routes by their type.
#pragma once

#include <roost/web/route_descriptor.hpp>

namespace roost::openapi::detail {

/// The nearest annotation of type A, or null.
template <class A>
const A* find(const web::RouteDescriptor& route) {
  for (const web::RouteAnnotation& annotation : route.annotations) {
    if (annotation.type == TypeId::of<A>()) return static_cast<const A*>(annotation.value);
  }
  return nullptr;
}

/// Calls `use` with each.
template <class A, class Use>
void each(const web::RouteDescriptor& route, Use use) {
  for (const web::RouteAnnotation& annotation : route.annotations) {
    if (annotation.type == TypeId::of<A>()) use(*static_cast<const A*>(annotation.value));
  }
}

}  // namespace roost::openapi::detail
