// All routes of an application as a table for people.
#pragma once

#include <span>
#include <string>

namespace roost::web {
struct GuardedRoute;
}

namespace roost::openapi {

/// Columns: method, path, handler, guards, what is read from the request with its rules. Ends with
/// a line feed; "(no routes)" when there are none.
[[nodiscard]] std::string routes_table(std::span<const web::GuardedRoute> routes);

}  // namespace roost::openapi
