// The routes that show an application's OpenAPI document: the docs page, JSON and YAML.
#pragma once

#include <roost/async/task.hpp>
#include <roost/openapi/annotations.hpp>
#include <roost/openapi/options.hpp>
#include <roost/web/enhancers.hpp>
#include <roost/web/extractors.hpp>
#include <roost/web/response.hpp>
#include <roost/web/route.hpp>

#include <mutex>
#include <string>
#include <vector>

namespace roost::http {
class Request;
}

namespace roost::openapi {

/// A controller of the framework. The document is made when it is first asked for, so that the
/// start of an application does not wait for it. Safe from every thread.
class Docs {
 public:
  explicit Docs(const OpenApiOptions& options) : options_{options} {}

  /// The routes to document; before the first request. They must outlive this.
  void describe(std::vector<web::GuardedRoute> all) { routes_ = std::move(all); }

  [[nodiscard]] const std::string& json_text();
  [[nodiscard]] const std::string& yaml_text();

  Response page();
  Response asset(http::Request& request, Param<"file"> file);
  Response json();
  Response yaml();

  static constexpr auto routes =
      controller("", get<&Docs::page>("docs"), get<&Docs::asset>("docs/:file"),
                 get<&Docs::json>("docs-json"), get<&Docs::yaml>("docs-yaml"), undocumented);

 private:
  void make();

  OpenApiOptions options_;
  std::vector<web::GuardedRoute> routes_;
  std::once_flag made_;
  std::string json_;
  std::string yaml_;
};

}  // namespace roost::openapi
