// Who may send a request, as guards and annotations say it.
#include <roost/openapi/detail/operations.hpp>
#include <roost/openapi/detail/route_annotations.hpp>
#include <roost/openapi/security.hpp>
#include <roost/web/enhancers.hpp>

#include <cctype>

namespace roost::openapi::detail {

using json::Value;
using web::GuardedRoute;

namespace {

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

}  // namespace

std::vector<const SecurityScheme*> security_of(const GuardedRoute& guarded) {
  std::vector<const SecurityScheme*> schemes;
  for (const web::GuardLink& guard : guarded.guards) {
    if (guard.security != nullptr) schemes.push_back(guard.security);
  }
  each<SecurityScheme>(*guarded.descriptor,
                       [&](const SecurityScheme& scheme) { schemes.push_back(&scheme); });
  return schemes;
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

}  // namespace roost::openapi::detail
