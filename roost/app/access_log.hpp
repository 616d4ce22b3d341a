// One log line per answered request.
#pragma once

#include <roost/app/logger.hpp>

namespace roost {

namespace http {
class Request;
class Response;
}  // namespace http

/// Logs method, path, status, size, duration, client and request id. Called from all loops; the
/// logger must outlive it.
class AccessLog {
 public:
  explicit AccessLog(Logger& logger) : logger_{&logger} {}
  void operator()(http::Request& request, const http::Response& response) const;

 private:
  Logger* logger_;
};

}  // namespace roost
