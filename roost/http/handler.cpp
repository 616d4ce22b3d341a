// What handlers do unless they say otherwise.
#include <roost/http/detail/json_text.hpp>
#include <roost/http/handler.hpp>
#include <roost/http/response.hpp>
#include <roost/http/status.hpp>

#include <string>

namespace roost::http {

bool RequestHandler::plans_bodies() const noexcept { return false; }

void RequestHandler::plan_body(const Request&, BodyPlan&) const noexcept {}

void RequestHandler::refuse(unsigned status, std::string_view reason, Response& response) {
  response.status(status).content_type("application/json; charset=utf-8");
  std::string& body = response.body();
  body = "{\"message\":";
  detail::append_json_string(body, reason);
  body += ",\"error\":";
  detail::append_json_string(body, reason_phrase(status));
  body += ",\"statusCode\":" + std::to_string(status) + "}";
}

void RequestHandler::on_exception(const Request&, std::exception_ptr) noexcept {}

void RequestHandler::on_response(Request&, const Response&) noexcept {}

}  // namespace roost::http
