#include <roost/app/access_log.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/web/request_start.hpp>
#include <roost/web/trace_context.hpp>

#include <chrono>

namespace roost {

void AccessLog::operator()(http::Request& request, const http::Response& response) const {
  double milliseconds = 0;
  if (const auto* start = request.extension<web::RequestStart>()) {
    const std::chrono::duration<double, std::milli> passed =
        std::chrono::steady_clock::now() - start->time;
    milliseconds = static_cast<double>(static_cast<long long>(passed.count() * 1000)) / 1000;
  }
  if (const TraceContext* trace = request.extension<TraceContext>()) {
    logger_->log(LogLevel::info, "http", "request", "method", request.method_text(), "path",
                 request.target(), "status", response.status(), "bytes",
                 response.body_view().size(), "ms", milliseconds, "ip", request.remote_address(),
                 "requestId", request.id(), "traceId", trace->trace_id(), "spanId",
                 trace->span_id());
    return;
  }
  logger_->log(LogLevel::info, "http", "request", "method", request.method_text(), "path",
               request.target(), "status", response.status(), "bytes", response.body_view().size(),
               "ms", milliseconds, "ip", request.remote_address(), "requestId", request.id());
}

}  // namespace roost
