#include <roost/openapi/annotations.hpp>
#include <roost/openapi/detail/operations.hpp>
#include <roost/openapi/detail/route_annotations.hpp>
#include <roost/web/enhancers.hpp>
#include <roost/web/route_descriptor.hpp>
#include <roost/web/validation_failure.hpp>

#include <algorithm>
#include <cctype>

namespace roost::openapi::detail {

namespace {

using json::Value;
using reflect::FieldDescriptor;
using reflect::TypeDescriptor;
using reflect::TypeKind;
using web::GuardedRoute;
using web::ParameterDescriptor;
using web::ParameterSource;
using web::RouteDescriptor;

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

Usage input_with(const validation::ValidationOptions* options) {
  Usage usage;
  usage.input = true;
  usage.options = options;
  return usage;
}

}  // namespace

std::string lower(std::string_view text) {
  std::string changed{text};
  for (char& c : changed) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return changed;
}

void Operations::add(const GuardedRoute& guarded) {
  const RouteDescriptor& route = *guarded.descriptor;
  if (find<Undocumented>(route) != nullptr) return;
  validation_ = guarded.validation;
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
  // Each placeholder by its place, since this path may have been named by another route.
  for (const PathTemplate& own : path_templates(route.path)) {
    if (own.shape != path.shape) continue;
    for (std::size_t i = 0; i < own.names.size(); ++i) {
      Value schema = Value::object().set("type", "string");
      for (const ParameterDescriptor& parameter : route.parameters) {
        if (parameter.source != ParameterSource::path || parameter.name != own.names[i]) continue;
        const Usage flat{true, true, false, options_of(parameter)};
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
      const Usage flat{true, true, false, options_of(parameter)};
      const bool required = parameter.type().kind != TypeKind::optional;
      parameters.push_back(
          parameter_object(parameter.name, in, required, schemas_.schema(parameter.type(), flat)));
    } else if (parameter.source == ParameterSource::query) {
      add_query(parameter, parameters);
    } else if (parameter.source == ParameterSource::body) {
      operation.set("requestBody", body(route, parameter));
    } else if (parameter.source == ParameterSource::body_stream) {
      Value bytes = Value::object().set("type", "string").set("format", "binary");
      operation.set("requestBody",
                    Value::object()
                        .set("required", true)
                        .set("content", content("application/octet-stream", std::move(bytes))));
    }
  }
  add_version(route, parameters);
  add_upload(route, operation);
  if (!parameters.as_array().empty()) operation.set("parameters", std::move(parameters));
}

/// The header that says the version. One that is a parameter of Accept cannot be told this way.
void Operations::add_version(const RouteDescriptor& route, Value& parameters) {
  const web::VersionRequirement& required = route.required_version;
  if (required.versions.empty() || required.header.empty() || !required.parameter.empty()) return;
  Value::Array names;
  for (const std::string& version : required.versions) names.emplace_back(version);
  Value schema = Value::object().set("type", "string").set("enum", std::move(names));
  parameters.push_back(
      parameter_object(required.header, "header", !required.neutral, std::move(schema)));
}

const validation::ValidationOptions* Operations::options_of(const ParameterDescriptor& parameter) {
  if (parameter.validation == nullptr) return validation_;
  auto& options = pipes_[parameter.validation];
  if (options == nullptr) options = web::validation_options(*parameter.validation);
  return options.get();
}

void Operations::add_query(const ParameterDescriptor& parameter, Value& parameters) {
  const TypeDescriptor& type = without_optional(parameter.type());
  const Usage flat{true, true, false, options_of(parameter)};
  if (type.kind != TypeKind::object) return;
  for (const FieldDescriptor& field : type.object->fields) {
    if (!Schemas::appears(field, flat)) continue;
    parameters.push_back(parameter_object(field.json_name, "query",
                                          Schemas::is_required(field, flat),
                                          schemas_.member(type, field, flat)));
  }
}

void Operations::add_upload(const RouteDescriptor& route, Value& operation) {
  Value properties = Value::object();
  Value::Array required;
  bool uploads = false;
  for (const ParameterDescriptor& parameter : route.parameters) {
    const bool needed = parameter.source == ParameterSource::file;
    if (needed || parameter.source == ParameterSource::optional_file) {
      properties.set(parameter.name, Value::object().set("type", "string").set("format", "binary"));
      if (needed) required.emplace_back(parameter.name);
    } else if (parameter.source != ParameterSource::multipart) {
      continue;
    }
    uploads = true;
  }
  if (!uploads) return;
  const bool is_required = !required.empty();
  Value schema = Value::object().set("type", "object");
  if (!properties.as_object().empty()) schema.set("properties", std::move(properties));
  if (is_required) schema.set("required", std::move(required));
  Value* body = operation.find("requestBody");
  if (body == nullptr) {
    operation.set("requestBody", Value::object().set("required", is_required));
    body = operation.find("requestBody");
    body->set("content", Value::object());
  }
  // Members of a body beside the files are sent as fields of the form.
  body->find("content")->set("multipart/form-data", Value::object().set("schema", schema));
}

Value Operations::body(const RouteDescriptor& route, const ParameterDescriptor& parameter) {
  const TypeDescriptor& type = parameter.type();
  const Usage usage = input_with(options_of(parameter));
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
