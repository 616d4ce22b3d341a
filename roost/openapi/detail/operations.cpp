#include <roost/http/status.hpp>
#include <roost/json/value.hpp>
#include <roost/meta/describe.hpp>
#include <roost/openapi/annotations.hpp>
#include <roost/openapi/detail/operations.hpp>
#include <roost/openapi/security.hpp>
#include <roost/validation/options.hpp>
#include <roost/validation/rules.hpp>
#include <roost/web/enhancers.hpp>
#include <roost/web/route_descriptor.hpp>

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
using reflect::FieldDescriptor;
using reflect::TypeDescriptor;
using reflect::TypeKind;
using web::GuardedRoute;
using web::ParameterDescriptor;
using web::ParameterSource;
using web::ResultKind;
using web::RouteDescriptor;

constexpr std::string_view json_type = "application/json";

template <class A>
const A* find(const RouteDescriptor& route) {
  for (const web::RouteAnnotation& annotation : route.annotations) {
    if (annotation.type == TypeId::of<A>()) return static_cast<const A*>(annotation.value);
  }
  return nullptr;
}

template <class A, class Use>
void each(const RouteDescriptor& route, Use use) {
  for (const web::RouteAnnotation& annotation : route.annotations) {
    if (annotation.type == TypeId::of<A>()) use(*static_cast<const A*>(annotation.value));
  }
}

/// "find_all", "findAll" → "Find all".
std::string as_words(std::string_view name) {
  std::string words;
  for (const char c : name) {
    const auto letter = static_cast<unsigned char>(c);
    if (c == '_') {
      words += ' ';
    } else if (words.empty()) {
      words += static_cast<char>(std::toupper(letter));
    } else if (std::isupper(letter) != 0) {
      words += ' ';
      words += static_cast<char>(std::tolower(letter));
    } else {
      words += c;
    }
  }
  return words;
}

/// "CatsController" → "Cats".
std::string_view group_of(std::string_view controller) {
  constexpr std::string_view suffix = "Controller";
  if (controller.size() > suffix.size() && controller.ends_with(suffix)) {
    controller.remove_suffix(suffix.size());
  }
  return controller;
}

std::string lower(std::string_view text) {
  std::string changed{text};
  for (char& c : changed) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return changed;
}

Value content(std::string_view media_type, Value schema) {
  Value of_type = Value::object();
  if (!schema.as_object().empty()) of_type.set("schema", std::move(schema));
  return Value::object().set(media_type, std::move(of_type));
}

Value parameter_object(std::string_view name, std::string_view in, bool required, Value schema) {
  Value made = Value::object().set("name", name).set("in", in).set("required", required);
  // Prose about a parameter stands beside its schema.
  for (const std::string_view key : {"description", "deprecated"}) {
    if (Value* found = schema.find(key)) {
      made.set(key, std::move(*found));
      schema.as_object().erase(key);
    }
  }
  made.set("schema", std::move(schema));
  return made;
}

/// A form has texts only; members of these types are texts in JSON as well.
bool is_sent_as_text(const TypeDescriptor& type) {
  const TypeDescriptor& inner = without_optional(type);
  return inner.kind == TypeKind::string || inner.kind == TypeKind::text ||
         inner.kind == TypeKind::enumeration;
}

bool can_be_form(const TypeDescriptor& type, const Usage& usage) {
  if (type.kind != TypeKind::object) return false;
  const auto& fields = type.object->fields;
  return std::all_of(fields.begin(), fields.end(), [&](const FieldDescriptor& field) {
    return !Schemas::appears(field, usage) || is_sent_as_text(field.type());
  });
}

/// An empty body counts as an object without members.
bool may_be_left_out(const TypeDescriptor& type, const Usage& usage) {
  if (type.kind == TypeKind::optional || type.kind == TypeKind::dynamic) return true;
  if (type.kind != TypeKind::object) return type.kind == TypeKind::map;
  const auto& fields = type.object->fields;
  return std::none_of(fields.begin(), fields.end(), [&](const FieldDescriptor& field) {
    return Schemas::appears(field, usage) && Schemas::is_required(field, usage);
  });
}

Usage input_of(const RouteDescriptor& route) {
  Usage usage;
  usage.input = true;
  usage.options = route.validation.get();
  return usage;
}

/// Whether what the client sends can be refused.
bool can_refuse(const ParameterDescriptor& parameter) {
  switch (parameter.source) {
    case ParameterSource::body:
    case ParameterSource::query:
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

std::vector<const SecurityScheme*> security_of(const GuardedRoute& guarded) {
  std::vector<const SecurityScheme*> schemes;
  for (const web::GuardLink& guard : guarded.guards) {
    if (guard.security != nullptr) schemes.push_back(guard.security);
  }
  each<SecurityScheme>(*guarded.descriptor,
                       [&](const SecurityScheme& scheme) { schemes.push_back(&scheme); });
  return schemes;
}

Value scheme_object(const SecurityScheme& scheme) {
  using Kind = SecurityScheme::Kind;
  Value made = Value::object();
  const auto api_key = [&](std::string_view in) {
    made.set("type", "apiKey").set("in", in).set("name", scheme.detail());
  };
  switch (scheme.kind()) {
    case Kind::bearer:
      made.set("type", "http").set("scheme", "bearer");
      if (!scheme.detail().empty()) made.set("bearerFormat", scheme.detail());
      break;
    case Kind::basic:
      made.set("type", "http").set("scheme", "basic");
      break;
    case Kind::header:
      api_key("header");
      break;
    case Kind::cookie:
      api_key("cookie");
      break;
    case Kind::query:
      api_key("query");
      break;
    case Kind::oauth2: {
      Value flow = Value::object()
                       .set("authorizationUrl", scheme.detail())
                       .set("tokenUrl", scheme.second())
                       .set("scopes", Value::object());
      made.set("type", "oauth2")
          .set("flows", Value::object().set("authorizationCode", std::move(flow)));
      break;
    }
    case Kind::open_id:
      made.set("type", "openIdConnect").set("openIdConnectUrl", scheme.detail());
      break;
  }
  if (!scheme.description().empty()) made.set("description", scheme.description());
  return made;
}

std::string_view reason(int status) { return http::reason_phrase(static_cast<unsigned>(status)); }

}  // namespace

void Operations::add(const GuardedRoute& guarded) {
  const RouteDescriptor& route = *guarded.descriptor;
  if (find<Undocumented>(route) != nullptr) return;
  static constexpr std::string_view every[] = {"get",     "put",  "post", "delete",
                                               "options", "head", "patch"};
  static constexpr std::string_view known[] = {"get",     "put",  "post",  "delete",
                                               "options", "head", "patch", "trace"};
  std::vector<std::string> methods;
  if (route.every_method) {
    methods.assign(std::begin(every), std::end(every));
  } else {
    methods.push_back(lower(http::to_string(route.method)));
    if (std::find(std::begin(known), std::end(known), methods.front()) == std::end(known)) return;
  }
  for (PathTemplate& each_path : path_templates(route.path)) {
    Path& path = path_of(std::move(each_path));
    for (const std::string& method : methods) {
      if (path.item.find(method) != nullptr) continue;
      path.item.set(method, operation(guarded, path.path, route.every_method ? method : ""));
    }
  }
}

Operations::Path& Operations::path_of(PathTemplate path) {
  // Two paths that differ in the names of placeholders only are one path.
  const auto found = std::find_if(paths_.begin(), paths_.end(), [&](const Path& known) {
    return known.path.shape == path.shape;
  });
  if (found != paths_.end()) return *found;
  paths_.push_back({std::move(path)});
  return paths_.back();
}

Value Operations::operation(const GuardedRoute& guarded, const PathTemplate& path,
                            std::string_view method) {
  const RouteDescriptor& route = *guarded.descriptor;
  Value made = Value::object();
  Value::Array tags;
  each<Tag>(route, [&](const Tag& tag) { tags.emplace_back(tag.name); });
  if (tags.empty()) tags.emplace_back(group_of(route.controller));
  for (const Value& tag : tags) {
    const std::string& name = tag.as_string();
    if (std::find(tags_.begin(), tags_.end(), name) == tags_.end()) tags_.push_back(name);
  }
  made.set("tags", std::move(tags));
  const auto* summary = find<Summary>(route);
  made.set("summary", summary != nullptr ? std::string{summary->text} : as_words(route.handler));
  if (const auto* text = find<Description>(route)) made.set("description", text->text);
  const auto* id = find<OperationId>(route);
  std::string name = id != nullptr
                         ? std::string{id->id}
                         : std::string{route.controller} + "_" + std::string{route.handler};
  if (!method.empty()) name += "_" + std::string{method};
  made.set("operationId", unique_id(std::move(name)));
  if (find<Deprecated>(route) != nullptr) made.set("deprecated", true);
  add_parameters(route, path, made);
  made.set("responses", responses(guarded));
  add_security(guarded, made);
  return made;
}

std::string Operations::unique_id(std::string id) {
  std::string unique = id;
  for (int number = 2; !ids_.insert(unique).second; ++number) {
    unique = id + "_" + std::to_string(number);
  }
  return unique;
}

void Operations::add_parameters(const RouteDescriptor& route, const PathTemplate& path,
                                Value& operation) {
  Value parameters = Value::array();
  const Usage flat{true, true, false, route.validation.get()};
  // Each placeholder by its place, since this path may have been named by another route.
  for (const PathTemplate& own : path_templates(route.path)) {
    if (own.shape != path.shape) continue;
    for (std::size_t i = 0; i < own.names.size(); ++i) {
      Value schema = Value::object().set("type", "string");
      for (const ParameterDescriptor& parameter : route.parameters) {
        if (parameter.source != ParameterSource::path || parameter.name != own.names[i]) continue;
        schema = schemas_.schema(parameter.type(), flat);
      }
      parameters.push_back(parameter_object(path.names[i], "path", true, std::move(schema)));
    }
    break;
  }
  for (const ParameterDescriptor& parameter : route.parameters) {
    std::string_view in;
    if (parameter.source == ParameterSource::query_parameter) in = "query";
    if (parameter.source == ParameterSource::header) in = "header";
    if (parameter.source == ParameterSource::cookie) in = "cookie";
    if (!in.empty()) {
      const bool required = parameter.type().kind != TypeKind::optional;
      parameters.push_back(
          parameter_object(parameter.name, in, required, schemas_.schema(parameter.type(), flat)));
    } else if (parameter.source == ParameterSource::query) {
      add_query(route, parameter, parameters);
    } else if (parameter.source == ParameterSource::body) {
      operation.set("requestBody", body(route, parameter));
    }
  }
  if (!parameters.as_array().empty()) operation.set("parameters", std::move(parameters));
}

void Operations::add_query(const RouteDescriptor& route, const ParameterDescriptor& parameter,
                           Value& parameters) {
  const TypeDescriptor& type = without_optional(parameter.type());
  const Usage flat{true, true, false, route.validation.get()};
  if (type.kind != TypeKind::object) return;
  for (const FieldDescriptor& field : type.object->fields) {
    if (!Schemas::appears(field, flat)) continue;
    parameters.push_back(parameter_object(field.json_name, "query",
                                          Schemas::is_required(field, flat),
                                          schemas_.member(type, field, flat)));
  }
}

Value Operations::body(const RouteDescriptor& route, const ParameterDescriptor& parameter) {
  const TypeDescriptor& type = parameter.type();
  const Usage usage = input_of(route);
  Value schema = schemas_.schema(type, usage);
  if (type.kind == TypeKind::sequence && route.max_items != static_cast<std::size_t>(-1)) {
    schema.set("maxItems", route.max_items);
  }
  Value media = content(json_type, schema);
  if (can_be_form(without_optional(type), usage)) {
    media.set("application/x-www-form-urlencoded", Value::object().set("schema", schema));
  }
  return Value::object()
      .set("required", !may_be_left_out(type, usage))
      .set("content", std::move(media));
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
  if (std::any_of(parameters.begin(), parameters.end(), can_refuse)) {
    const int status = route.validation != nullptr ? route.validation->status : 400;
    add_error(400, "What was sent is not valid");
    if (status != 400) add_error(status, "What was sent breaks a rule");
  }
  if (std::any_of(parameters.begin(), parameters.end(), [](const ParameterDescriptor& parameter) {
        return parameter.source == ParameterSource::body;
      })) {
    add_error(413, "The body is too large");
    add_error(415, "The body is of a kind that is not read here");
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

std::string Operations::scheme_name(const SecurityScheme& scheme) {
  const Value object = scheme_object(scheme);
  std::string name;
  for (const char c : scheme.name()) {
    const bool allowed =
        std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
    name += allowed ? c : '_';
  }
  std::string unique = name;
  for (int number = 2; security_.find(unique) != nullptr && *security_.find(unique) != object;
       ++number) {
    unique = name + std::to_string(number);
  }
  security_.set(unique, object);
  return unique;
}

void Operations::add_security(const GuardedRoute& guarded, Value& operation) {
  // Every guard must let the request pass, so that all schemes stand in one requirement.
  Value requirement = Value::object();
  for (const SecurityScheme* scheme : security_of(guarded)) {
    requirement.set(scheme_name(*scheme), Value::array());
  }
  if (!requirement.as_object().empty()) {
    operation.set("security", Value::array(std::move(requirement)));
  }
}

void Operations::finish(Value& document) {
  Value tags = Value::array();
  for (const std::string& tag : tags_) tags.push_back(Value::object().set("name", tag));
  document.set("tags", std::move(tags));
  Value paths = Value::object();
  for (Path& path : paths_) paths.set(path.path.path, std::move(path.item));
  document.set("paths", std::move(paths));
  Value components = Value::object();
  if (!security_.as_object().empty()) components.set("securitySchemes", security_);
  document.set("components", std::move(components));
}

}  // namespace roost::openapi::detail
