// What an application can be told beside its modules.
#pragma once

#include <roost/app/logger.hpp>
#include <roost/base/chrono.hpp>
#include <roost/base/shared_object.hpp>
#include <roost/openapi/options.hpp>
#include <roost/web/global_prefix.hpp>
#include <roost/web/http_policies.hpp>
#include <roost/web/static_files_options.hpp>
#include <roost/web/validation_pipe.hpp>
#include <roost/web/versioning.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace roost {

namespace http {
struct ServerOptions;
}

/// Options of roost::create. The defaults suit a server behind a proxy.
class ApplicationOptions {
 public:
  // What copies or owns is not inline: each file that includes roost.hpp would compile it.
  ApplicationOptions();
  ApplicationOptions(const ApplicationOptions& other);
  ApplicationOptions(ApplicationOptions&& other) noexcept;
  ApplicationOptions& operator=(const ApplicationOptions& other);
  ApplicationOptions& operator=(ApplicationOptions&& other) noexcept;
  ~ApplicationOptions();

  /// Event loops, each with a thread; 0: one per processor.
  ApplicationOptions& threads(std::size_t count) {
    threads_ = count;
    return *this;
  }
  /// Largest request body in bytes; more is answered with 413.
  ApplicationOptions& body_limit(std::size_t bytes) {
    body_limit_ = bytes;
    return *this;
  }
  /// How long requests under way may take when the application stops.
  ApplicationOptions& shutdown_grace(std::chrono::milliseconds grace) {
    shutdown_grace_ = grace;
    return *this;
  }
  /// How long the application still answers after it was told to stop, while /health/ready says
  /// that it is not ready: time for whoever balances load to notice. 0: none.
  ApplicationOptions& shutdown_delay(std::chrono::milliseconds delay) {
    shutdown_delay_ = delay;
    return *this;
  }
  /// GET /health and /health/live, answered with {"status":"ok"}, and GET /health/ready, which asks
  /// every provider that has `void check_health()` or `Task<void> check_health()` and answers 503
  /// when one throws or takes too long. A route of the application's own takes their place.
  ApplicationOptions& health(bool enabled) {
    health_ = enabled;
    return *this;
  }
  /// How long a provider's check_health() may take.
  ApplicationOptions& health_timeout(std::chrono::milliseconds limit) {
    health_timeout_ = limit;
    return *this;
  }
  /// GET /metrics: requests by route, method and status, how long they took, how many are under
  /// way, and what the process uses, as Prometheus reads it. Off unless asked for; keep it from
  /// strangers, by a proxy or a middleware.
  ApplicationOptions& metrics(bool enabled) {
    metrics_ = enabled;
    return *this;
  }
  /// How routes validate input that do not say it themselves (`max_items` stands beside routes
  /// only): `.validation(validation_pipe().strip_unknown())`.
  ApplicationOptions& validation(const ValidationPipe& pipe);
  /// Title, version and the like of the OpenAPI document.
  ApplicationOptions& openapi(const OpenApiOptions& options);
  /// The docs page at GET /docs and the document at /docs-json and /docs-yaml; unless set, they are
  /// there unless APP_ENV in the environment is production. A route of the application's own with
  /// the same path takes the place of theirs.
  ApplicationOptions& docs(bool enabled) {
    docs_ = enabled;
    return *this;
  }
  /// Whether listen() answers --openapi, --routes and --graph on the command line.
  ApplicationOptions& inquiries(bool enabled) {
    inquiries_ = enabled;
    return *this;
  }
  /// Headers such as Content-Security-Policy on every answer: these, or none with `false`.
  ApplicationOptions& security_headers(const SecurityHeaders& headers);
  ApplicationOptions& security_headers(bool enabled);
  /// Lets pages of other origins use the application; OPTIONS is answered before any route.
  ApplicationOptions& cors(const CorsOptions& options = {});
  /// Compresses answers for clients that take them so.
  ApplicationOptions& compression(const CompressionOptions& options = {}) {
    policies_.compression = options;
    return *this;
  }
  /// Serves the files of a folder where no route answers. May be called for several folders.
  ApplicationOptions& static_files(const StaticFilesOptions& options);
  /// Puts the routes of all controllers below a path: `global_prefix("api")`.
  ApplicationOptions& global_prefix(const GlobalPrefix& prefix);
  /// Tells versions of routes apart: `versioning(Versioning::uri())`. Without it the versions that
  /// routes name count for nothing.
  ApplicationOptions& versioning(const Versioning& versioning);
  /// X-Request-Id: taken from the client or made, in the log and on every answer.
  ApplicationOptions& request_ids(bool enabled) {
    policies_.request_ids = enabled;
    return *this;
  }
  /// W3C trace context: a traceparent of the client's is in the log, and its trace in the answer's
  /// traceresponse. See TraceContext.
  ApplicationOptions& trace_context(bool enabled) {
    policies_.trace_context = enabled;
    return *this;
  }
  /// Limits, timeouts, TLS and trusted proxies of the server. Its body_limit counts, unless
  /// body_limit() is called after this.
  ApplicationOptions& server(const http::ServerOptions& options);

  /// One log line per request; unless set, LOG_ACCESS in the environment (on, off) decides.
  ApplicationOptions& access_log(bool enabled) {
    access_log_ = enabled;
    return *this;
  }
  /// How to log; unless set, the environment decides (LogOptions::from_environment).
  ApplicationOptions& log(const LogOptions& options);

  [[nodiscard]] const std::optional<GlobalPrefix>& global_prefix() const { return prefix_; }
  [[nodiscard]] const std::optional<Versioning>& versioning() const { return versioning_; }
  [[nodiscard]] const HttpPolicies& policies() const { return policies_; }
  [[nodiscard]] const std::vector<StaticFilesOptions>& static_files() const {
    return static_files_;
  }
  /// Null unless given.
  [[nodiscard]] const http::ServerOptions* server() const {
    return static_cast<const http::ServerOptions*>(server_.get());
  }
  [[nodiscard]] std::size_t threads() const { return threads_; }
  [[nodiscard]] std::size_t body_limit() const { return body_limit_; }
  [[nodiscard]] std::chrono::milliseconds shutdown_grace() const { return shutdown_grace_; }
  [[nodiscard]] std::chrono::milliseconds shutdown_delay() const { return shutdown_delay_; }
  [[nodiscard]] bool health() const { return health_; }
  [[nodiscard]] std::chrono::milliseconds health_timeout() const { return health_timeout_; }
  [[nodiscard]] bool metrics() const { return metrics_; }
  [[nodiscard]] const std::optional<ValidationPipe>& validation() const { return validation_; }
  [[nodiscard]] const OpenApiOptions& openapi() const { return openapi_; }
  [[nodiscard]] std::optional<bool> docs() const { return docs_; }
  [[nodiscard]] bool inquiries() const { return inquiries_; }
  [[nodiscard]] std::optional<bool> access_log() const { return access_log_; }
  [[nodiscard]] const std::optional<LogOptions>& log() const { return log_; }

 private:
  std::size_t threads_ = 0;
  std::size_t body_limit_ = std::size_t{100} * 1024;
  std::chrono::milliseconds shutdown_grace_{10'000};
  std::chrono::milliseconds shutdown_delay_{0};
  std::chrono::milliseconds health_timeout_{5'000};
  bool health_ = true;
  bool metrics_ = false;
  bool inquiries_ = true;
  std::optional<bool> docs_;
  std::optional<ValidationPipe> validation_;
  OpenApiOptions openapi_;
  std::optional<bool> access_log_;
  std::optional<LogOptions> log_;
  std::optional<GlobalPrefix> prefix_;
  std::optional<Versioning> versioning_;
  HttpPolicies policies_;
  std::vector<StaticFilesOptions> static_files_;
  SharedObject server_;
};

}  // namespace roost
