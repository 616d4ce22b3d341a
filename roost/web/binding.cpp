#include <roost/http/detail/percent.hpp>
#include <roost/http/exceptions.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/http/set_cookie.hpp>
#include <roost/http/status.hpp>
#include <roost/http/stream.hpp>
#include <roost/json/form.hpp>
#include <roost/json/read.hpp>
#include <roost/json/write.hpp>
#include <roost/meta/temporary_object.hpp>
#include <roost/validation/validate.hpp>
#include <roost/web/binding.hpp>
#include <roost/web/enhancers.hpp>
#include <roost/web/event_stream.hpp>
#include <roost/web/execution_context.hpp>
#include <roost/web/pipeline.hpp>
#include <roost/web/pipes.hpp>
#include <roost/web/redirect.hpp>
#include <roost/web/response.hpp>
#include <roost/web/route_descriptor.hpp>
#include <roost/web/show_groups.hpp>
#include <roost/web/validation_failure.hpp>

#include <algorithm>

namespace roost::web {

namespace {

constexpr unsigned max_body_depth = 128;

using reflect::TypeDescriptor;
using reflect::TypeKind;

const TypeDescriptor& unwrap_optional(const TypeDescriptor& type) {
  const TypeDescriptor* inner = &type;
  while (inner->kind == TypeKind::optional) inner = &inner->optional->element();
  return *inner;
}

// ---- bodies ----------------------------------------------------------------------------------

enum class BodyForm : std::uint8_t { json, form, none };

/// The value of the charset parameter, or empty.
std::string_view charset_of(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto end = std::min(parameters.find(';'), parameters.size());
    const std::string_view parameter = http::trimmed(parameters.substr(0, end));
    const auto equals = parameter.find('=');
    if (equals != std::string_view::npos &&
        http::equal_ignoring_case(http::trimmed(parameter.substr(0, equals)), "charset")) {
      std::string_view value = http::trimmed(parameter.substr(equals + 1));
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
      }
      return value;
    }
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
  }
  return {};
}

/// Throws UnsupportedMediaTypeException for an encoding or a character set that is not read here.
BodyForm form_of_body(const http::Request& request) {
  if (request.body().empty()) return BodyForm::none;
  const std::string_view content_type = request.header("Content-Type").value_or("");
  const auto semicolon = std::min(content_type.find(';'), content_type.size());
  const std::string_view media_type = http::trimmed(content_type.substr(0, semicolon));
  const bool json = http::equal_ignoring_case(media_type, "application/json");
  if (!json && !http::equal_ignoring_case(media_type, "application/x-www-form-urlencoded")) {
    return BodyForm::none;
  }
  const auto encoding = request.header("Content-Encoding");
  if (encoding && !http::equal_ignoring_case(http::trimmed(*encoding), "identity")) {
    throw UnsupportedMediaTypeException("unsupported content encoding \"" +
                                        std::string(http::trimmed(*encoding)) + "\"");
  }
  const std::string_view charset =
      charset_of(content_type.substr(std::min(semicolon + 1, content_type.size())));
  if (!charset.empty() && !http::equal_ignoring_case(charset, "utf-8") &&
      !http::equal_ignoring_case(charset, "us-ascii")) {
    throw UnsupportedMediaTypeException("unsupported charset \"" + std::string(charset) + "\"");
  }
  return json ? BodyForm::json : BodyForm::form;
}

/// The JSON of a body. Some clients put a byte order mark in front; RFC 8259, 8.1, lets a reader go
/// over it, and the JSON parser of Node's frameworks does.
std::string_view json_of(const http::Request& request) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  std::string_view body = request.body();
  if (body.starts_with(mark)) body.remove_prefix(mark.size());
  return body;
}

void append_json_string(std::string& out, const std::string& text) { out += json::write(text); }

/// A form as the JSON object that it stands for: every member a string, a repeated one a list.
std::string form_as_json(std::string_view body) {
  std::vector<std::pair<std::string, std::vector<std::string>>> members;
  while (!body.empty()) {
    const auto end = std::min(body.find('&'), body.size());
    const std::string_view pair = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    std::string name;
    std::string value;
    http::detail::decode_component(pair.substr(0, equals), true, name);
    http::detail::decode_component(pair.substr(std::min(equals + 1, pair.size())), true, value);
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const auto& member) { return member.first == name; });
    if (found == members.end()) {
      members.emplace_back(std::move(name), std::vector<std::string>{});
      members.back().second.push_back(std::move(value));
    } else {
      found->second.push_back(std::move(value));
    }
  }
  std::string json = "{";
  for (const auto& [name, values] : members) {
    if (json.size() > 1) json += ',';
    append_json_string(json, name);
    json += values.size() > 1 ? ":[" : ":";
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) json += ',';
      append_json_string(json, values[i]);
    }
    if (values.size() > 1) json += ']';
  }
  json += '}';
  return json;
}

/// Bodies are objects or arrays unless the handler asks for something else.
void refuse_scalar(std::string_view text, const TypeDescriptor& type) {
  switch (unwrap_optional(type).kind) {
    case TypeKind::object:
    case TypeKind::sequence:
    case TypeKind::map:
    case TypeKind::dynamic:
      break;
    default:
      return;
  }
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] != '{' && text[first] != '[') {
    // Malformed or a scalar: either way the client has to send something else.
    throw BadRequestException("The request body must be a JSON object or a JSON array");
  }
}

const validation::ValidationOptions& options_of(const ExecutionContext& context) {
  static const validation::ValidationOptions standard;
  if (const auto* nearest = context.validation()) return *nearest;
  const auto& own = context.route().validation;
  return own != nullptr ? *own : standard;
}

json::ReadOptions read_options(const validation::ValidationOptions& options) {
  json::ReadOptions read;
  read.max_depth = max_body_depth;
  if (options.unknown_members == validation::UnknownMembers::strip) {
    read.unknown_members = json::UnknownMembers::ignore;
  }
  if (options.null_is_absent) read.null_members = json::NullMembers::as_absent;
  return read;
}

void check(const TypeDescriptor& type, void* object, const json::Issues& issues,
           const validation::ValidationOptions& options) {
  const auto errors = validation::validate(type, object, issues, options);
  if (!errors.empty()) throw_validation_failure(errors, options);
}

void refuse_too_many_items(const RouteDescriptor& route, const TypeDescriptor& type,
                           const void* object) {
  if (type.kind != TypeKind::sequence || type.sequence->size(object) <= route.max_items) return;
  throw BadRequestException("Validation failed (at most " + std::to_string(route.max_items) +
                            " items are allowed)");
}

// ---- single texts ------------------------------------------------------------------------------

/// With the status that the route chose for refused input.
[[noreturn]] void refuse(const ExecutionContext& context, const std::string& message) {
  const int status = options_of(context).status;
  if (status == 400) throw BadRequestException(message);
  std::string body = R"({"message":)";
  append_json_string(body, message);
  body += R"(,"error":)";
  append_json_string(body, std::string{http::reason_phrase(static_cast<unsigned>(status))});
  body += R"(,"statusCode":)";
  body += std::to_string(status);
  body += '}';
  throw HttpException(RawJson(std::move(body)), status);
}

std::string expectation(const TypeDescriptor& type, bool given, std::string_view name) {
  switch (type.kind) {
    case TypeKind::integer:
    case TypeKind::floating:
      return "numeric string is expected";
    case TypeKind::boolean:
      return "boolean string is expected";
    case TypeKind::enumeration:
      return "enum string is expected";
    case TypeKind::sequence:
      return "parsable array expected";
    case TypeKind::text:
      if (type.text->format == "uuid") return "uuid is expected";
      if (type.text->format == "date-time") {
        return given ? "invalid date format" : "no Date provided";
      }
      break;
    default:
      break;
  }
  return std::string(name) + (given ? " is not valid" : " is required");
}

[[noreturn]] void refuse_text(const ExecutionContext& context, const TypeDescriptor& type,
                              bool given, std::string_view name) {
  refuse(context, "Validation failed (" + expectation(type, given, name) + ")");
}

/// Names the first item of a list that cannot be read, where it is a number or a boolean.
void refuse_item(const ExecutionContext& context, std::string_view list,
                 const TypeDescriptor& element) {
  const bool number = element.kind == TypeKind::integer || element.kind == TypeKind::floating;
  if (!number && element.kind != TypeKind::boolean) return;
  const reflect::TemporaryObject item{element};
  for (std::size_t i = 0, begin = 0; begin <= list.size(); ++i) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    json::Issues issues;
    if (!json::read_text(element, list.substr(begin, end - begin), item.get(), issues)) {
      refuse(context,
             "[" + std::to_string(i) + "] item must be a " + (number ? "number" : "boolean value"));
    }
    begin = end + 1;
  }
}

void bind_text(const ExecutionContext& context, ParameterSource source,
               std::optional<std::string_view> text, std::string_view name,
               const TypeDescriptor& type, void* object) {
  if (!text) {
    if (type.kind == TypeKind::optional) return;
    refuse_text(context, type, false, name);
  }
  json::Issues issues;
  if (json::read_text(type, *text, object, issues)) return;
  const TypeDescriptor& inner = unwrap_optional(type);
  if (source == ParameterSource::path && inner.kind == TypeKind::integer &&
      issues.begin()->code == json::IssueCode::out_of_range) {
    // A number as it should be, but nothing can have it.
    throw NotFoundException(nothing_there(context.request()));
  }
  if (inner.kind == TypeKind::sequence && !text->empty()) {
    refuse_item(context, *text, inner.sequence->element());
  }
  refuse_text(context, inner, !text->empty(), name);
}

/// Fields of which a request has one; of more, the first counts.
constexpr std::string_view single_fields[] = {"Authorization",
                                              "Content-Length",
                                              "Content-Type",
                                              "From",
                                              "Host",
                                              "If-Modified-Since",
                                              "If-Unmodified-Since",
                                              "Max-Forwards",
                                              "If-Range",
                                              "Range",
                                              "Referer",
                                              "User-Agent",
                                              "Proxy-Authorization",
                                              "Content-Encoding"};

/// What a header says. One that is given several times is a list (RFC 9110, 5.3): joined by commas,
/// in `joined`.
std::optional<std::string_view> header_of(const http::Request& request, std::string_view name,
                                          std::string& joined) {
  std::optional<std::string_view> value;
  for (const http::Field& field : request.headers()) {
    if (!http::equal_ignoring_case(field.name, name)) continue;
    if (!value) {
      value = field.value;
      continue;
    }
    const bool single =
        std::any_of(std::begin(single_fields), std::end(single_fields),
                    [&](std::string_view one) { return http::equal_ignoring_case(one, name); });
    if (single) break;
    if (joined.empty()) joined = *value;
    joined += http::equal_ignoring_case(name, "Cookie") ? "; " : ", ";
    joined += field.value;
    value = joined;
  }
  return value;
}

void run_pipes(ExecutionContext& context, ParameterSource source, std::string_view name,
               const TypeDescriptor& type, void* object) {
  if (context.pipeline() == nullptr) return;
  for (const PipelineStep<PipeLink>& step : context.pipeline()->pipes) {
    PipeValue value{source, name, type, object};
    step.link.transform(step.instance, context, value);
  }
}

}  // namespace

std::string nothing_there(const http::Request& request) {
  std::string message = "Cannot ";
  message += request.method_text();
  message += ' ';
  message += request.target();
  return message;
}

void refuse_malformed_body(const http::Request& request) {
  if (form_of_body(request) != BodyForm::json) return;
  const TypeDescriptor& any = reflect::type_of<json::Value>();
  const std::string_view text = json_of(request);
  refuse_scalar(text, any);
  json::Value ignored;
  json::Issues issues;
  json::ReadOptions options;
  options.max_depth = max_body_depth;
  json::read(any, &ignored, text, options, issues);
  if (issues.document_fault()) check(any, &ignored, issues, validation::ValidationOptions{});
}

void bind_body(ExecutionContext& context, const TypeDescriptor& type, void* object) {
  const http::Request& request = context.request();
  std::string converted;
  std::string_view text;
  switch (form_of_body(request)) {
    case BodyForm::json:
      text = json_of(request);
      refuse_scalar(text, type);
      break;
    case BodyForm::form:
      converted = form_as_json(request.body());
      text = converted;
      break;
    case BodyForm::none:
      if (type.kind == TypeKind::optional || type.kind == TypeKind::dynamic) return;
      text = "{}";
      break;
  }
  const auto& options = options_of(context);
  json::Issues issues;
  json::read(type, object, text, read_options(options), issues);
  refuse_too_many_items(context.route(), type, object);
  check(type, object, issues, options);
  run_pipes(context, ParameterSource::body, {}, type, object);
}

void bind_query(ExecutionContext& context, const TypeDescriptor& type, void* object) {
  const auto parameters = context.request().query_parameters();
  std::vector<json::FormEntry> entries;
  entries.reserve(parameters.size());
  for (const http::Field& parameter : parameters) {
    entries.emplace_back(parameter.name, parameter.value);
  }
  const auto& options = options_of(context);
  json::Issues issues;
  json::read_form(type, entries, object, read_options(options), issues);
  check(type, object, issues, options);
  run_pipes(context, ParameterSource::query, {}, type, object);
}

void bind_path_parameter(ExecutionContext& context, std::string_view name,
                         const TypeDescriptor& type, void* object) {
  bind_text(context, ParameterSource::path, context.request().path_parameter(name), name, type,
            object);
  run_pipes(context, ParameterSource::path, name, type, object);
}

void bind_query_parameter(ExecutionContext& context, std::string_view name,
                          const TypeDescriptor& type, void* object) {
  std::optional<std::string_view> value;
  std::string joined;
  const TypeDescriptor& inner = unwrap_optional(type);
  for (const http::Field& parameter : context.request().query_parameters()) {
    if (parameter.name != name) continue;
    if (!value) {
      value = parameter.value;
      continue;
    }
    // Only a list may be given twice; then it is as if the texts stood in one, with commas.
    if (inner.kind != TypeKind::sequence) refuse_text(context, inner, true, name);
    if (joined.empty()) joined = *value;
    joined += ',';
    joined += parameter.value;
    value = joined;
  }
  bind_text(context, ParameterSource::query_parameter, value, name, type, object);
  run_pipes(context, ParameterSource::query_parameter, name, type, object);
}

void bind_header(ExecutionContext& context, std::string_view name, const TypeDescriptor& type,
                 void* object) {
  std::string joined;
  bind_text(context, ParameterSource::header, header_of(context.request(), name, joined), name,
            type, object);
  run_pipes(context, ParameterSource::header, name, type, object);
}

void bind_cookie(ExecutionContext& context, std::string_view name, const TypeDescriptor& type,
                 void* object) {
  bind_text(context, ParameterSource::cookie, context.request().cookie(name), name, type, object);
  run_pipes(context, ParameterSource::cookie, name, type, object);
}

void bind_signed_cookie(ExecutionContext& context, std::string_view name,
                        const TypeDescriptor& type, void* object) {
  const auto* signer =
      static_cast<const CookieSigner*>(instance_of(context, TypeId::of<CookieSigner>()));
  const std::optional<std::string> value = signer->read(context.request(), name);
  bind_text(context, ParameterSource::cookie, value, name, type, object);
  run_pipes(context, ParameterSource::cookie, name, type, object);
}

std::string client_address(ExecutionContext& context) {
  return std::string(context.request().remote_address());
}

std::string request_id(ExecutionContext& context) { return std::string(context.request().id()); }

void write_json(ExecutionContext& context, const TypeDescriptor& type, const void* object) {
  http::Response& response = context.response();
  response.content_type("application/json; charset=utf-8");
  const auto* shown = context.find<ShownGroups>();
  if (shown == nullptr) shown = context.metadata<ShownGroups>();
  if (shown == nullptr) return json::write(type, object, response.body());
  json::write(type, object, shown->groups, response.body());
}

void write_null(ExecutionContext& context) {
  context.response().content_type("application/json; charset=utf-8");
  context.response().static_body("null");
}

void write_text(ExecutionContext& context, std::string_view text) {
  http::Response& response = context.response();
  // A content type that the route or the handler chose stays.
  if (response.content_type().empty()) response.content_type("text/plain; charset=utf-8");
  response.body(text);
}

void write_bytes(ExecutionContext& context, std::span<const std::byte> bytes) {
  http::Response& response = context.response();
  if (response.content_type().empty()) response.content_type("application/octet-stream");
  response.body(std::string_view{reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void write_redirect(ExecutionContext& context, const Redirect& redirect) {
  context.response().redirect(redirect.location(), static_cast<unsigned>(redirect.status()));
}

void write_response(ExecutionContext& context, Response&& response) {
  std::move(response).apply_to(context.response());
}

void write_events(ExecutionContext& context, Owned<EventSource> source) {
  if (source == nullptr) refuse_nothing(context, "source of events");
  event_stream(std::move(source)).apply_to(context.response());
}

void refuse_nothing(const ExecutionContext& context, std::string_view what) {
  const RouteDescriptor& route = context.route();
  throw Error(std::string(route.controller) + "::" + std::string(route.handler) + " returned no " +
              std::string(what) + "; throw NotFoundException where there is nothing to send");
}

void write_stream(ExecutionContext& context, Owned<http::Stream> stream) {
  if (stream == nullptr) refuse_nothing(context, "stream");
  http::Response& response = context.response();
  if (response.content_type().empty()) response.content_type("application/octet-stream");
  response.stream(std::move(stream));
}

}  // namespace roost::web
