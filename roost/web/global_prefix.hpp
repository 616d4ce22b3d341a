// A prefix of all routes of an application.
#pragma once

#include <roost/http/method.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost {

/// "api" puts the routes of all controllers below /api, those of the framework (/health, /docs,
/// /metrics) and static files excepted. May have placeholders, as in "t/:tenant", which
/// `Request::path_parameter` reads.
class GlobalPrefix {
 public:
  struct Exception {
    std::optional<http::Method> method;  // none: every method
    std::string pattern;
  };

  GlobalPrefix(std::string_view path);
  GlobalPrefix(const std::string& path);
  GlobalPrefix(const char* path);
  GlobalPrefix(const GlobalPrefix& other);
  GlobalPrefix(GlobalPrefix&& other) noexcept;
  GlobalPrefix& operator=(const GlobalPrefix& other);
  GlobalPrefix& operator=(GlobalPrefix&& other) noexcept;
  ~GlobalPrefix();

  /// Routes of this path stay where they are; patterns as those of routes: "status", "hooks/*rest".
  GlobalPrefix& except(std::string_view pattern) &;
  GlobalPrefix& except(http::Method method, std::string_view pattern) &;
  GlobalPrefix&& except(std::string_view pattern) && { return std::move(except(pattern)); }
  GlobalPrefix&& except(http::Method method, std::string_view pattern) && {
    return std::move(except(method, pattern));
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::vector<Exception>& exceptions() const { return exceptions_; }

 private:
  std::string path_;
  std::vector<Exception> exceptions_;
};

}  // namespace roost
