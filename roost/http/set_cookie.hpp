// Cookies that answers set, and signatures by which they are recognised when they come back.
#pragma once

#include <roost/base/chrono.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace roost {

namespace http {
class Request;
}

/// With which requests of other sites a browser sends the cookie.
enum class SameSite : std::uint8_t { lax, strict, none };

/// One Set-Cookie field. By default the cookie is for the whole site, lives as long as the browser
/// runs, is out of reach of scripts and does not come with posts from other sites:
/// `SetCookie("theme", "dark").max_age(std::chrono::hours(24))`.
class SetCookie {
 public:
  /// The value may be any text: it is percent-encoded, and Request::cookie gives it back. Throws
  /// roost::Error when the name is no token.
  SetCookie(std::string_view name, std::string_view value);

  SetCookie& max_age(std::chrono::seconds age) {
    max_age_ = age;
    return *this;
  }
  /// Throw roost::Error for a control character or a semicolon, as an attacker would add
  /// attributes.
  SetCookie& path(std::string_view path);
  SetCookie& domain(std::string_view domain);
  /// Over TLS only.
  SetCookie& secure(bool on = true) {
    secure_ = on;
    return *this;
  }
  SetCookie& http_only(bool on = true) {
    http_only_ = on;
    return *this;
  }
  /// None needs secure().
  SetCookie& same_site(SameSite rule) {
    same_site_ = rule;
    return *this;
  }
  /// One jar for each site that embeds this one; needs secure().
  SetCookie& partitioned(bool on = true) {
    partitioned_ = on;
    return *this;
  }

  /// Takes a cookie away; path and domain must be those with which it was set.
  [[nodiscard]] static SetCookie removal(std::string_view name);

  /// The field's value. Throws roost::Error for what every browser ignores: SameSite=None or
  /// Partitioned without Secure, names "__Secure-…" without Secure, "__Host-…" without Secure, with
  /// a domain or another path than "/", and cookies of more than 4096 bytes.
  [[nodiscard]] std::string to_string() const;

 private:
  void check() const;

  std::string name_;
  std::string value_;  // encoded
  std::string path_ = "/";
  std::string domain_;
  std::optional<std::chrono::seconds> max_age_;
  bool secure_ = false;
  bool http_only_ = true;
  bool partitioned_ = false;
  SameSite same_site_ = SameSite::lax;
};

/// Signs values of cookies with HMAC-SHA-256, so that clients can read but not change them.
/// Immutable: one serves all threads. Provide it as a value:
/// `value<CookieSigner>(CookieSigner(config.secret))`.
class CookieSigner {
 public:
  /// Throws roost::Error for a secret of less than 16 bytes. `former` are secrets whose signatures
  /// still count, while a new one is introduced.
  explicit CookieSigner(std::string secret, std::vector<std::string> former = {});

  /// The value with its signature, which holds for this name only: another cookie cannot carry it.
  [[nodiscard]] std::string sign(std::string_view name, std::string_view value) const;
  /// The value, if the signature is ours.
  [[nodiscard]] std::optional<std::string> verify(std::string_view name,
                                                  std::string_view signed_value) const;
  /// The verified value of the request's cookie.
  [[nodiscard]] std::optional<std::string> read(http::Request& request,
                                                std::string_view name) const;

 private:
  std::vector<std::string> secrets_;
};

}  // namespace roost
