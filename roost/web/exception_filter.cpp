#include <roost/http/exceptions.hpp>
#include <roost/http/response.hpp>
#include <roost/web/exception_filter.hpp>

namespace roost::web {

namespace {

constexpr bool is_status(int status) { return status >= 200 && status <= 599; }

}  // namespace

void write_exception(http::Response& response, const HttpException& exception) noexcept {
  if (!is_status(exception.status())) return write_internal_error(response);
  response.clear_body();
  response.status(static_cast<unsigned>(exception.status()));
  response.content_type("application/json; charset=utf-8");
  response.body() = exception.body();
}

void write_internal_error(http::Response& response) noexcept {
  response.clear_body();
  response.status(500);
  response.content_type("application/json; charset=utf-8");
  response.static_body(R"({"statusCode":500,"message":"Internal server error"})");
}

}  // namespace roost::web
