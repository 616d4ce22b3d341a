#include <roost/meta/dump.hpp>
#include <roost/openapi/detail/rule_keywords.hpp>
#include <roost/openapi/detail/schemas.hpp>
#include <roost/openapi/routes_table.hpp>
#include <roost/web/enhancers.hpp>
#include <roost/web/route_descriptor.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace roost::openapi {

namespace {

using web::GuardedRoute;
using web::ParameterDescriptor;
using web::ParameterSource;
using web::RouteDescriptor;

constexpr std::size_t column_count = 5;
using Row = std::array<std::string, column_count>;

std::string rules_text(const reflect::TypeDescriptor& type, const RouteDescriptor& route) {
  const reflect::TypeDescriptor* inner = &detail::without_optional(type);
  if (inner->kind == reflect::TypeKind::sequence) {
    inner = &detail::without_optional(inner->sequence->element());
  }
  std::string text;
  if (inner->kind != reflect::TypeKind::object) return text;
  for (const reflect::FieldDescriptor& field : inner->object->fields) {
    std::string rules;
    for (const auto& rule : detail::rules_of(field.annotations, route.validation.get())) {
      if (!rules.empty()) rules += ' ';
      rules += detail::rule_text(rule);
    }
    if (rules.empty()) continue;
    text += text.empty() ? "" : "; ";
    text += std::string(field.json_name) + ": " + rules;
  }
  return text;
}

std::string input_text(const RouteDescriptor& route) {
  std::string text;
  for (const ParameterDescriptor& parameter : route.parameters) {
    std::string part;
    switch (parameter.source) {
      case ParameterSource::body:
      case ParameterSource::query: {
        part = parameter.source == ParameterSource::body ? "body " : "query ";
        part += reflect::summary(parameter.type());
        const std::string rules = rules_text(parameter.type(), route);
        if (!rules.empty()) part += " {" + rules + "}";
        break;
      }
      case ParameterSource::body_stream:
        part = "body in pieces";
        break;
      case ParameterSource::query_parameter:
        part = "?" + std::string(parameter.name) + " " + reflect::summary(parameter.type());
        break;
      case ParameterSource::path:
        part = ":" + std::string(parameter.name) + " " + reflect::summary(parameter.type());
        break;
      case ParameterSource::header:
        part = "header " + std::string(parameter.name);
        break;
      case ParameterSource::cookie:
        part = "cookie " + std::string(parameter.name);
        break;
      case ParameterSource::file:
      case ParameterSource::optional_file:
        part = "file " + std::string(parameter.name);
        break;
      case ParameterSource::multipart:
        part = "form";
        break;
      default:
        continue;
    }
    if (!text.empty()) text += ", ";
    text += part;
  }
  return text;
}

std::string guards_text(const GuardedRoute& guarded) {
  std::string text;
  for (const web::GuardLink& guard : guarded.guards) {
    if (!text.empty()) text += ", ";
    text += roost::detail::unqualified(guard.type.name());
  }
  return text;
}

std::string path_text(const RouteDescriptor& route) {
  const web::VersionRequirement& required = route.required_version;
  if (required.versions.empty()) return route.path;
  std::string text = route.path + " (";
  text += required.header.empty() ? "version" : required.header;
  text += required.parameter.empty() ? ":" : ": …;" + required.parameter + "=";
  for (std::size_t i = 0; i < required.versions.size(); ++i) {
    if (i > 0) text += "|";
    if (i == 0 && required.parameter.empty()) text += " ";
    text += required.versions[i];
  }
  return text + (required.neutral ? ", or none)" : ")");
}

Row row_of(const GuardedRoute& guarded) {
  const RouteDescriptor& route = *guarded.descriptor;
  return {route.every_method ? "ALL" : std::string(http::to_string(route.method)), path_text(route),
          std::string(route.controller) + "::" + std::string(route.handler), guards_text(guarded),
          input_text(route)};
}

}  // namespace

std::string routes_table(std::span<const GuardedRoute> routes) {
  if (routes.empty()) return "(no routes)\n";
  std::vector<Row> rows{{"METHOD", "PATH", "HANDLER", "GUARDS", "INPUT"}};
  for (const GuardedRoute& route : routes) rows.push_back(row_of(route));
  std::array<std::size_t, column_count> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < column_count; ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string table;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < column_count; ++i) {
      line += row[i];
      line.append(widths[i] - row[i].size() + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    table += line + "\n";
  }
  return table;
}

}  // namespace roost::openapi
