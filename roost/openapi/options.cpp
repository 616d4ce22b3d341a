#include <roost/openapi/options.hpp>

namespace roost {

OpenApiOptions::OpenApiOptions() = default;
OpenApiOptions::OpenApiOptions(std::string_view title) : title_{title} {}
OpenApiOptions::OpenApiOptions(const OpenApiOptions& other) = default;
OpenApiOptions& OpenApiOptions::operator=(const OpenApiOptions& other) = default;
OpenApiOptions::~OpenApiOptions() = default;

OpenApiOptions& OpenApiOptions::server(std::string_view url, std::string_view about) {
  servers_.emplace_back(url, about);
  return *this;
}

OpenApiOptions& OpenApiOptions::tag(std::string_view name, std::string_view about) {
  tags_.emplace_back(name, about);
  return *this;
}

OpenApiOptions& OpenApiOptions::license(std::string_view name, std::string_view url) {
  license_ = {std::string(name), std::string(url)};
  return *this;
}

}  // namespace roost
