#include <roost/openapi/detail/operations.hpp>
#include <roost/openapi/detail/schemas.hpp>
#include <roost/openapi/document.hpp>
#include <roost/web/enhancers.hpp>

#include <algorithm>

namespace roost::openapi {

namespace {

using json::Value;

Value info(const OpenApiOptions& options) {
  Value info = Value::object()
                   .set("title", options.title().empty() ? "API" : options.title())
                   .set("version", options.version());
  if (!options.description().empty()) info.set("description", options.description());
  const auto& [license, url] = options.license();
  if (!license.empty()) {
    Value made = Value::object().set("name", license);
    if (!url.empty()) made.set("url", url);
    info.set("license", std::move(made));
  }
  return info;
}

Value servers(const OpenApiOptions& options) {
  Value servers = Value::array();
  for (const auto& [url, about] : options.servers()) {
    Value server = Value::object().set("url", url);
    if (!about.empty()) server.set("description", about);
    servers.push_back(std::move(server));
  }
  if (options.servers().empty()) servers.push_back(Value::object().set("url", "/"));
  return servers;
}

void describe_tags(const OpenApiOptions& options, Value& tags) {
  for (const auto& tag_of_options : options.tags()) {
    const auto& name = tag_of_options.first;  // clang captures no structured bindings
    const auto& about = tag_of_options.second;
    auto& known = tags.as_array();
    const auto found = std::find_if(known.begin(), known.end(), [&](const Value& tag) {
      return tag.at("name").as_string() == name;
    });
    if (found != known.end()) {
      found->set("description", about);
    } else {
      tags.push_back(Value::object().set("name", name).set("description", about));
    }
  }
}

}  // namespace

Value make_document(std::span<const web::GuardedRoute> routes, const OpenApiOptions& options) {
  Value document = Value::object()
                       .set("openapi", "3.1.0")
                       .set("info", info(options))
                       .set("servers", servers(options))
                       .set("security", Value::array());
  detail::Schemas schemas;
  detail::Operations operations{schemas};
  for (const web::GuardedRoute& route : routes) operations.add(route);
  operations.finish(document);
  describe_tags(options, *document.find("tags"));
  schemas.finish(document);
  return document;
}

}  // namespace roost::openapi
