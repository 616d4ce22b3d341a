// What an application does with every request and answer, whatever route there is: security
// headers, CORS, compression, request ids.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost {

/// Which other origins a browser may let use this application. By default any, without credentials.
class CorsOptions {
 public:
  CorsOptions();
  CorsOptions(const CorsOptions& other);
  CorsOptions& operator=(const CorsOptions& other);
  ~CorsOptions();

  /// Only these, as in "https://app.example.org".
  CorsOptions& origins(std::vector<std::string> origins);
  /// Every origin, answered by its name, as credentials need it.
  CorsOptions& reflect_origin() {
    reflect_ = true;
    return *this;
  }
  CorsOptions& credentials(bool allowed = true) {
    credentials_ = allowed;
    return *this;
  }
  CorsOptions& methods(std::string list) {
    methods_ = std::move(list);
    return *this;
  }
  /// Unless set, those that are asked for.
  CorsOptions& allowed_headers(std::string list) {
    allowed_headers_ = std::move(list);
    return *this;
  }
  CorsOptions& exposed_headers(std::string list) {
    exposed_headers_ = std::move(list);
    return *this;
  }
  /// Seconds for which a browser may keep the answer to a preflight request.
  CorsOptions& max_age(unsigned seconds) {
    max_age_ = seconds;
    return *this;
  }

  [[nodiscard]] const std::vector<std::string>& origins() const { return origins_; }
  [[nodiscard]] bool reflects_origin() const { return reflect_; }
  [[nodiscard]] bool allows_credentials() const { return credentials_; }
  [[nodiscard]] const std::string& methods() const { return methods_; }
  [[nodiscard]] const std::string& allowed_headers() const { return allowed_headers_; }
  [[nodiscard]] const std::string& exposed_headers() const { return exposed_headers_; }
  [[nodiscard]] const std::optional<unsigned>& max_age() const { return max_age_; }

 private:
  std::vector<std::string> origins_;
  bool reflect_ = false;
  bool credentials_ = false;
  std::string methods_ = "GET,HEAD,PUT,PATCH,POST,DELETE";
  std::string allowed_headers_;
  std::string exposed_headers_;
  std::optional<unsigned> max_age_;
};

/// Answers are compressed with brotli or gzip when the client takes them so, when they are at least
/// `threshold` bytes of text, or streams of text: then each piece goes out as it comes. An answer
/// with `Cache-Control: no-transform`, as events have it, is left alone.
class CompressionOptions {
 public:
  CompressionOptions& threshold(std::size_t bytes) {
    threshold_ = bytes;
    return *this;
  }
  /// 1 to 9, and 0 to 11.
  CompressionOptions& gzip_level(int level) {
    gzip_level_ = level;
    return *this;
  }
  CompressionOptions& brotli_level(int level) {
    brotli_level_ = level;
    return *this;
  }
  [[nodiscard]] std::size_t threshold() const { return threshold_; }
  [[nodiscard]] int gzip_level() const { return gzip_level_; }
  [[nodiscard]] int brotli_level() const { return brotli_level_; }

 private:
  std::size_t threshold_ = 1024;
  int gzip_level_ = 6;
  int brotli_level_ = 4;
};

/// Headers that tell browsers to be careful, on every answer unless it says otherwise itself.
class SecurityHeaders {
 public:
  SecurityHeaders();
  SecurityHeaders(const SecurityHeaders& other);
  SecurityHeaders& operator=(const SecurityHeaders& other);
  ~SecurityHeaders();

  /// Another value for one of them, or a new one; an empty value leaves it out.
  SecurityHeaders& set(std::string_view name, std::string_view value);
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const {
    return fields_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// All of it, as the dispatcher wants it.
struct HttpPolicies {
  HttpPolicies();
  HttpPolicies(const HttpPolicies& other);
  HttpPolicies& operator=(const HttpPolicies& other);
  ~HttpPolicies();

  std::optional<SecurityHeaders> security_headers;  // the usual ones
  std::optional<CorsOptions> cors;
  std::optional<CompressionOptions> compression;
  /// Takes X-Request-Id from the client where it is harmless, else makes one; the answer has it.
  bool request_ids = true;
  /// Continues a traceparent of the client's.
  bool trace_context = true;
};

}  // namespace roost
