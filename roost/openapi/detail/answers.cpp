// The answers of an operation: its result, what its annotations say, and what can go wrong.
#include <roost/http/status.hpp>
#include <roost/meta/describe.hpp>
#include <roost/openapi/annotations.hpp>
#include <roost/openapi/detail/operations.hpp>
#include <roost/openapi/detail/route_annotations.hpp>
#include <roost/validation/options.hpp>
#include <roost/validation/rules.hpp>
#include <roost/web/enhancers.hpp>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <variant>

namespace roost::openapi::detail {

/// What is sent for every exception.
struct ErrorResponse {
  int status_code = 0;
  std::variant<std::string, std::vector<std::string>,
               std::map<std::string, std::vector<std::string>>>
      message;
  std::optional<std::string> error;
  std::optional<std::string> error_code;

  static constexpr auto meta = roost::meta(
      description("What every refused or failed request is answered with."),
      field<&ErrorResponse::status_code>(json_name("statusCode"),
                                         description("The status of the answer.")),
      field<&ErrorResponse::message>(
          description("What was wrong: one text, or one for each rule that was broken.")),
      field<&ErrorResponse::error>(description("The name of the status.")),
      field<&ErrorResponse::error_code>(json_name("errorCode")));
};

namespace {

using json::Value;
using reflect::TypeKind;
using web::GuardedRoute;
using web::ParameterDescriptor;
using web::ParameterSource;
using web::ResultKind;
using web::RouteDescriptor;

/// Whether what the client sends can be refused.
bool can_refuse(const ParameterDescriptor& parameter) {
  switch (parameter.source) {
    case ParameterSource::body:
    case ParameterSource::body_stream:
    case ParameterSource::query:
    case ParameterSource::file:
    case ParameterSource::optional_file:
    case ParameterSource::multipart:
      return true;
    case ParameterSource::path:
      return without_optional(parameter.type()).kind != TypeKind::string;
    case ParameterSource::query_parameter:
    case ParameterSource::header:
    case ParameterSource::cookie:
      return parameter.type().kind != TypeKind::optional ||
             without_optional(parameter.type()).kind != TypeKind::string;
    default:
      return false;
  }
}

/// A number that is too large for its type is not wrong: nothing is there.
bool is_number_in_path(const ParameterDescriptor& parameter) {
  return parameter.source == ParameterSource::path &&
         without_optional(parameter.type()).kind == TypeKind::integer;
}

bool is_upload(const ParameterDescriptor& parameter) {
  return parameter.source == ParameterSource::file ||
         parameter.source == ParameterSource::optional_file ||
         parameter.source == ParameterSource::multipart;
}

std::string_view reason(int status) { return http::reason_phrase(static_cast<unsigned>(status)); }

}  // namespace

Value content(std::string_view media_type, Value schema) {
  Value of_type = Value::object();
  if (!schema.as_object().empty()) of_type.set("schema", std::move(schema));
  return Value::object().set(media_type, std::move(of_type));
}

Value Operations::result(const RouteDescriptor& route) {
  Value made = Value::object().set("description", reason(route.status));
  if (!route.headers.empty()) {
    Value headers = Value::object();
    for (const auto& [name, value] : route.headers) {
      if (lower(name) == "content-type") continue;  // not a header to OpenAPI
      headers.set(name, Value::object().set(
                            "schema", Value::object().set("type", "string").set("const", value)));
    }
    if (!headers.as_object().empty()) made.set("headers", std::move(headers));
  }
  if (http::status_forbids_body(static_cast<unsigned>(route.status))) return made;
  switch (route.result.kind) {
    case ResultKind::json:
      made.set("content", content(json_type, schemas_.schema(route.result.type(), Usage{})));
      break;
    case ResultKind::text:
      made.set("content", content("text/plain", Value::object().set("type", "string")));
      break;
    case ResultKind::bytes:
      made.set("content", content("application/octet-stream", Value::object()));
      break;
    case ResultKind::events:
      made.set("content", content("text/event-stream", Value::object().set("type", "string")));
      break;
    case ResultKind::response:
      made.set("content", content("*/*", Value::object()));
      break;
    case ResultKind::nothing:
      break;
  }
  return made;
}

Value Operations::error(int status, std::string_view when) {
  return Value::object()
      .set("description", when.empty() ? reason(status) : when)
      .set("content", content(json_type, error_schema_));
}

Value Operations::responses(const GuardedRoute& guarded) {
  const RouteDescriptor& route = *guarded.descriptor;
  if (error_schema_.is_null()) {
    Usage usage;
    usage.open = true;  // an application's exceptions may say more
    error_schema_ = schemas_.schema(reflect::type_of<ErrorResponse>(), usage);
  }
  std::map<int, Value> answers;
  answers.emplace(route.status, result(route));
  each<Answer>(route, [&](const Answer& answer) {
    Value made = Value::object().set(
        "description", answer.description.empty() ? reason(answer.status) : answer.description);
    if (answer.is_error) made.set("content", content(json_type, error_schema_));
    if (answer.type != nullptr) {
      made.set("content", content(json_type, schemas_.schema(answer.type(), Usage{})));
    }
    answers.insert_or_assign(answer.status, std::move(made));
  });
  const auto add_error = [&](int status, std::string_view when) {
    if (!answers.contains(status)) answers.emplace(status, error(status, when));
  };
  const auto& parameters = route.parameters;
  for (const ParameterDescriptor& parameter : parameters) {
    if (!can_refuse(parameter)) continue;
    const validation::ValidationOptions* options = options_of(parameter);
    add_error(400, "What was sent is not valid");
    if (options != nullptr) add_error(options->status, "What was sent breaks a rule");
  }
  if (std::any_of(parameters.begin(), parameters.end(), &is_number_in_path)) {
    add_error(404, "Nothing has this number");
  }
  if (std::any_of(parameters.begin(), parameters.end(), [](const ParameterDescriptor& parameter) {
        return parameter.source == ParameterSource::body || is_upload(parameter);
      })) {
    add_error(413, "The body is too large");
    add_error(415, "The body is of a kind that is not read here");
  } else if (route.streams_body) {
    add_error(408, "The body came too slowly");
    add_error(413, "The body is too large");
  }
  if (!security_of(guarded).empty()) add_error(401, "Who sends this is not known");
  if (!guarded.guards.empty()) add_error(403, "Who sends this may not");
  Value made = Value::object();
  for (auto& [status, answer] : answers) made.set(std::to_string(status), std::move(answer));
  if (route.result.kind == ResultKind::response) {
    made.set("3XX", Value::object().set("description", "The answer is elsewhere"));
  }
  made.set("default", error(500, "Any other failure"));
  return made;
}

}  // namespace roost::openapi::detail
