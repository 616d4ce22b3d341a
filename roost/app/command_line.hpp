// What an application can be asked on its command line instead of serving.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace roost {

enum class Inquiry : std::uint8_t {
  none,
  openapi_json,  // --openapi, --openapi=json
  openapi_yaml,  // --openapi=yaml
  routes,        // --routes
  graph,         // --graph
};

/// The one argument says it; with any other arguments the program is left alone.
[[nodiscard]] Inquiry inquiry_of(std::span<const std::string> arguments);

/// The arguments of this process without its name; empty where they cannot be had.
[[nodiscard]] std::vector<std::string> process_arguments();

}  // namespace roost
