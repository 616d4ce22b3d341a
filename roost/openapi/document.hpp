// The OpenAPI 3.1 document of an application, derived from its routes and types.
#pragma once

#include <roost/json/value.hpp>
#include <roost/openapi/options.hpp>

#include <span>
#include <string>

namespace roost::web {
struct GuardedRoute;
}

namespace roost::openapi {

/// Makes the document. Reads descriptors only; safe from any thread. Routes with a method that
/// OpenAPI does not know are left out, as are those marked `undocumented`.
[[nodiscard]] json::Value make_document(std::span<const web::GuardedRoute> routes,
                                        const OpenApiOptions& options);

/// A JSON value as YAML, in block style.
[[nodiscard]] std::string to_yaml(const json::Value& value);

}  // namespace roost::openapi
