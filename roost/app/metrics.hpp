// Counts requests and says so in the text format of Prometheus.
#pragma once

#include <roost/openapi/annotations.hpp>
#include <roost/web/response.hpp>
#include <roost/web/route.hpp>

#include <memory>
#include <string>
#include <vector>

namespace roost {

class MetricRegistry;

namespace http {
class Request;
class Response;
}  // namespace http
namespace web {
struct RouteDescriptor;
}

/// Requests by route, method and status, how long they took, how many are under way, and what the
/// process uses. Each event loop counts for itself, without a lock; a scrape adds up. A controller
/// of the framework, which must outlive the last request.
class Metrics {
 public:
  /// `own`: the application's metrics, shown behind these.
  explicit Metrics(const MetricRegistry* own = nullptr);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// The routes to count, in the order of Dispatcher::routes(); before the first request.
  void describe(const std::vector<const web::RouteDescriptor*>& all);

  /// A request comes to the dispatcher; it has a RequestStart.
  void begin(http::Request& request);
  /// Its answer has been handed to the server. What has no RequestStart never became a request.
  void end(http::Request& request, const http::Response& response) noexcept;

  [[nodiscard]] std::string text() const;
  Response scrape();

  static constexpr auto routes = controller("", get<&Metrics::scrape>("metrics"), undocumented);

 private:
  class State;
  struct UnderWay;
  std::unique_ptr<State> state_;
  const MetricRegistry* own_;
};

}  // namespace roost
