// What of ApplicationOptions copies, moves or owns.
#include <roost/app/application_options.hpp>
#include <roost/http/server.hpp>

namespace roost {

ApplicationOptions::ApplicationOptions() = default;
ApplicationOptions::ApplicationOptions(const ApplicationOptions& other) = default;
ApplicationOptions::ApplicationOptions(ApplicationOptions&& other) noexcept = default;
ApplicationOptions& ApplicationOptions::operator=(const ApplicationOptions& other) = default;
ApplicationOptions& ApplicationOptions::operator=(ApplicationOptions&& other) noexcept = default;
ApplicationOptions::~ApplicationOptions() = default;

ApplicationOptions& ApplicationOptions::validation(const ValidationPipe& pipe) {
  validation_ = pipe;
  return *this;
}

ApplicationOptions& ApplicationOptions::openapi(const OpenApiOptions& options) {
  openapi_ = options;
  return *this;
}

ApplicationOptions& ApplicationOptions::security_headers(const SecurityHeaders& headers) {
  policies_.security_headers = headers;
  return *this;
}

ApplicationOptions& ApplicationOptions::cors(const CorsOptions& options) {
  policies_.cors = options;
  return *this;
}

ApplicationOptions& ApplicationOptions::static_files(const StaticFilesOptions& options) {
  static_files_.push_back(options);
  return *this;
}

ApplicationOptions& ApplicationOptions::global_prefix(const GlobalPrefix& prefix) {
  prefix_ = prefix;
  return *this;
}

ApplicationOptions& ApplicationOptions::versioning(const Versioning& versioning) {
  versioning_ = versioning;
  return *this;
}

ApplicationOptions& ApplicationOptions::log(const LogOptions& options) {
  log_ = options;
  return *this;
}

ApplicationOptions& ApplicationOptions::security_headers(bool enabled) {
  policies_.security_headers.reset();
  if (enabled) policies_.security_headers.emplace();
  return *this;
}

ApplicationOptions& ApplicationOptions::server(const http::ServerOptions& options) {
  server_ = SharedObject::own(options);
  body_limit_ = static_cast<std::size_t>(options.body_limit);
  return *this;
}

}  // namespace roost
