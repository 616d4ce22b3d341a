// How clients prove who they are, as the OpenAPI document says it. A guard names its way.
#pragma once

#include <cstdint>
#include <string_view>

namespace roost {

/// A security scheme; a compile-time value made by bearer_auth() and the like. A guard says
/// `static constexpr auto security = roost::bearer_auth();`, and the routes that it guards are
/// documented with it; it may stand beside a route or controller as well. The texts must outlive
/// the program (literals).
class SecurityScheme {
 public:
  enum class Kind : std::uint8_t { bearer, basic, header, cookie, query, oauth2, open_id };

  constexpr SecurityScheme(Kind kind, std::string_view name, std::string_view detail,
                           std::string_view second = {})
      : kind_{kind}, name_{name}, detail_{detail}, second_{second} {}

  /// The same scheme under another name in the document; two of one kind need two names.
  [[nodiscard]] constexpr SecurityScheme named(std::string_view name) const {
    SecurityScheme scheme = *this;
    scheme.name_ = name;
    return scheme;
  }
  [[nodiscard]] constexpr SecurityScheme described(std::string_view text) const {
    SecurityScheme scheme = *this;
    scheme.description_ = text;
    return scheme;
  }

  [[nodiscard]] constexpr Kind kind() const { return kind_; }
  [[nodiscard]] constexpr std::string_view name() const { return name_; }
  [[nodiscard]] constexpr std::string_view description() const { return description_; }
  /// Format of a bearer token; name of a header, cookie or query key; URL to authorize, or of the
  /// OpenID configuration.
  [[nodiscard]] constexpr std::string_view detail() const { return detail_; }
  /// URL of tokens.
  [[nodiscard]] constexpr std::string_view second() const { return second_; }

 private:
  Kind kind_;
  std::string_view name_;
  std::string_view detail_;
  std::string_view second_;
  std::string_view description_;
};

/// `Authorization: Bearer …`.
constexpr SecurityScheme bearer_auth(std::string_view format = "JWT") {
  return {SecurityScheme::Kind::bearer, "bearer", format};
}
/// `Authorization: Basic …`.
constexpr SecurityScheme basic_auth() { return {SecurityScheme::Kind::basic, "basic", {}}; }
/// A key in a header: `api_key("x-api-key")`.
constexpr SecurityScheme api_key(std::string_view header) {
  return {SecurityScheme::Kind::header, header, header};
}
/// A key in the query string.
constexpr SecurityScheme query_key(std::string_view key) {
  return {SecurityScheme::Kind::query, key, key};
}
/// A cookie: `cookie_auth("sid")`.
constexpr SecurityScheme cookie_auth(std::string_view cookie) {
  return {SecurityScheme::Kind::cookie, cookie, cookie};
}
/// OAuth 2 with an authorization code.
constexpr SecurityScheme oauth2(std::string_view authorization_url, std::string_view token_url) {
  return {SecurityScheme::Kind::oauth2, "oauth2", authorization_url, token_url};
}
/// OpenID Connect, by the URL of its configuration.
constexpr SecurityScheme open_id_connect(std::string_view configuration_url) {
  return {SecurityScheme::Kind::open_id, "openId", configuration_url};
}

}  // namespace roost
