#include <roost/web/global_prefix.hpp>

namespace roost {

GlobalPrefix::GlobalPrefix(std::string_view path) : path_{path} {}
GlobalPrefix::GlobalPrefix(const std::string& path) : path_{path} {}
GlobalPrefix::GlobalPrefix(const char* path) : path_{path} {}
GlobalPrefix::GlobalPrefix(const GlobalPrefix& other) = default;
GlobalPrefix::GlobalPrefix(GlobalPrefix&& other) noexcept = default;
GlobalPrefix& GlobalPrefix::operator=(const GlobalPrefix& other) = default;
GlobalPrefix& GlobalPrefix::operator=(GlobalPrefix&& other) noexcept = default;
GlobalPrefix::~GlobalPrefix() = default;

GlobalPrefix& GlobalPrefix::except(std::string_view pattern) & {
  exceptions_.push_back({std::nullopt, std::string(pattern)});
  return *this;
}

GlobalPrefix& GlobalPrefix::except(http::Method method, std::string_view pattern) & {
  exceptions_.push_back({method, std::string(pattern)});
  return *this;
}

}  // namespace roost
