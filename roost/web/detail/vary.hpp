// PRIVATE: the Vary field, which is one list.
#pragma once

#include <roost/http/fields.hpp>
#include <roost/http/response.hpp>

#include <string>
#include <string_view>

namespace roost::web {

/// Adds `name` unless it is there.
inline void vary_by(http::Response& response, std::string_view name) {
  const auto given = response.header("Vary");
  if (!given) {
    response.add_header("Vary", name);
  } else if (!http::list_contains(*given, name)) {
    const std::string joined = std::string(*given) + ", " + std::string(name);
    response.header("Vary", joined);
  }
}

}  // namespace roost::web
