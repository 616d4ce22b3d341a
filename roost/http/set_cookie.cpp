#include <roost/base/base64url.hpp>
#include <roost/base/error.hpp>
#include <roost/http/detail/characters.hpp>
#include <roost/http/request.hpp>
#include <roost/http/set_cookie.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <utility>

namespace roost {

namespace {

constexpr std::size_t longest_cookie = 4096;  // RFC 6265, 6.1; browsers drop longer ones
constexpr std::size_t shortest_secret = 16;

/// The cookie-octets of RFC 6265, without the percent sign, which escapes.
bool is_plain(unsigned char c) {
  return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\' && c != '%';
}

std::string encoded(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(byte)) {
      out += c;
      continue;
    }
    out += '%';
    out += "0123456789ABCDEF"[byte >> 4U];
    out += "0123456789ABCDEF"[byte & 0xfU];
  }
  return out;
}

/// Throws for what would end the attribute.
std::string attribute(std::string_view name, std::string_view what, std::string_view value) {
  const bool sound = http::detail::all_in(value, http::detail::in_value) &&
                     value.find_first_of(";\t") == std::string_view::npos;
  if (sound) return std::string(value);
  throw Error("SetCookie \"" + std::string(name) + "\": the " + std::string(what) +
              " has a semicolon or a control character; leave it out");
}

constexpr std::size_t signature_size = 43;  // 32 bytes in base64url

std::string signature_of(std::string_view secret, std::string_view name, std::string_view value) {
  std::string text{name};
  text += '=';  // no name has one
  text += value;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const unsigned char* made =
      HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  if (made == nullptr) throw Error("CookieSigner: HMAC-SHA-256 is not available");
  return to_base64url({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace

SetCookie::SetCookie(std::string_view name, std::string_view value)
    : name_{name}, value_{encoded(value)} {
  if (name.empty() || !http::detail::all_in(name, http::detail::in_token)) {
    throw Error("SetCookie: \"" + std::string(name) +
                "\" is no name of a cookie; use letters, digits, '-' and '_'");
  }
}

SetCookie& SetCookie::path(std::string_view path) {
  path_ = attribute(name_, "path", path);
  return *this;
}

SetCookie& SetCookie::domain(std::string_view domain) {
  domain_ = attribute(name_, "domain", domain);
  return *this;
}

SetCookie SetCookie::removal(std::string_view name) {
  SetCookie cookie{name, ""};
  // A name with a prefix is only listened to with what the prefix promises.
  cookie.max_age(std::chrono::seconds{0}).secure(name.starts_with("__"));
  return cookie;
}

void SetCookie::check() const {
  const auto fail = [this](std::string_view problem) {
    throw Error("SetCookie \"" + name_ + "\": " + std::string(problem));
  };
  if (!secure_) {
    if (same_site_ == SameSite::none) fail("SameSite=None needs secure()");
    if (partitioned_) fail("partitioned() needs secure()");
    if (name_.starts_with("__Secure-")) fail("a name with __Secure- needs secure()");
    if (name_.starts_with("__Host-")) fail("a name with __Host- needs secure()");
  }
  if (name_.starts_with("__Host-") && (!domain_.empty() || path_ != "/")) {
    fail("a name with __Host- needs the path / and no domain");
  }
}

std::string SetCookie::to_string() const {
  check();
  std::string out = name_ + "=" + value_;
  if (max_age_) out += "; Max-Age=" + std::to_string(max_age_->count());
  if (!domain_.empty()) out += "; Domain=" + domain_;
  if (!path_.empty()) out += "; Path=" + path_;
  if (max_age_ && max_age_->count() <= 0) out += "; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
  if (http_only_) out += "; HttpOnly";
  if (secure_) out += "; Secure";
  if (partitioned_) out += "; Partitioned";
  switch (same_site_) {
    case SameSite::lax:
      out += "; SameSite=Lax";
      break;
    case SameSite::strict:
      out += "; SameSite=Strict";
      break;
    case SameSite::none:
      out += "; SameSite=None";
      break;
  }
  if (out.size() > longest_cookie) {
    throw Error("SetCookie \"" + name_ + "\": " + std::to_string(out.size()) +
                " bytes, of which browsers keep 4096 at most; store less");
  }
  return out;
}

CookieSigner::CookieSigner(std::string secret, std::vector<std::string> former) {
  secrets_.push_back(std::move(secret));
  for (std::string& each : former) secrets_.push_back(std::move(each));
  for (const std::string& each : secrets_) {
    if (each.size() < shortest_secret) {
      throw Error("CookieSigner: a secret of " + std::to_string(each.size()) +
                  " bytes can be guessed; use at least 16");
    }
  }
}

std::string CookieSigner::sign(std::string_view name, std::string_view value) const {
  return std::string(value) + "." + signature_of(secrets_.front(), name, value);
}

std::optional<std::string> CookieSigner::verify(std::string_view name,
                                                std::string_view signed_value) const {
  if (signed_value.size() <= signature_size) return std::nullopt;
  const std::size_t dot = signed_value.size() - signature_size - 1;
  if (signed_value[dot] != '.') return std::nullopt;
  const std::string_view value = signed_value.substr(0, dot);
  const std::string_view given = signed_value.substr(dot + 1);
  for (const std::string& secret : secrets_) {
    const std::string right = signature_of(secret, name, value);
    const bool same = right.size() == given.size() &&
                      CRYPTO_memcmp(right.data(), given.data(), given.size()) == 0;
    if (same) return std::string(value);
  }
  return std::nullopt;
}

std::optional<std::string> CookieSigner::read(http::Request& request, std::string_view name) const {
  const auto given = request.cookie(name);
  return given ? verify(name, *given) : std::nullopt;
}

}  // namespace roost
