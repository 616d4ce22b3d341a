#include <roost/http/fields.hpp>
#include <roost/http/stream.hpp>
#include <roost/web/detail/compression.hpp>
#include <roost/web/detail/policy_runner.hpp>
#include <roost/web/detail/vary.hpp>
#include <roost/web/trace_context.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace roost {

SecurityHeaders::SecurityHeaders()
    : fields_{
          {"Content-Security-Policy",
           "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';"
           "frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';"
           "script-src-attr 'none';style-src 'self' https: 'unsafe-inline';"
           "upgrade-insecure-requests"},
          {"Cross-Origin-Opener-Policy", "same-origin"},
          {"Cross-Origin-Resource-Policy", "same-origin"},
          {"Origin-Agent-Cluster", "?1"},
          {"Referrer-Policy", "no-referrer"},
          {"Strict-Transport-Security", "max-age=31536000; includeSubDomains"},
          {"X-Content-Type-Options", "nosniff"},
          {"X-DNS-Prefetch-Control", "off"},
          {"X-Download-Options", "noopen"},
          {"X-Frame-Options", "SAMEORIGIN"},
          {"X-Permitted-Cross-Domain-Policies", "none"},
          {"X-XSS-Protection", "0"},
      } {}

SecurityHeaders& SecurityHeaders::set(std::string_view name, std::string_view value) {
  std::erase_if(fields_,
                [&](const auto& field) { return http::equal_ignoring_case(field.first, name); });
  if (!value.empty()) fields_.emplace_back(name, value);
  return *this;
}

namespace web {

namespace {

constexpr std::size_t longest_request_id = 128;

bool is_harmless_id(std::string_view id) {
  return !id.empty() && id.size() <= longest_request_id &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.' || c == ':' || c == '/' || c == '+' || c == '=';
         });
}

}  // namespace

// NOLINTNEXTLINE(performance-move-const-arg): some policies are only copied
PolicyRunner::PolicyRunner(HttpPolicies policies) : policies_{std::move(policies)} {
  if (!policies_.security_headers) return;
  for (const auto& [name, value] : policies_.security_headers->fields()) {
    const bool replaced =
        policies_.cors && http::equal_ignoring_case(name, "Cross-Origin-Resource-Policy");
    defaults_.add(name, replaced ? std::string_view{"cross-origin"} : std::string_view{value});
  }
}

bool PolicyRunner::begin(http::Request& request, http::Response& response) const {
  if (!defaults_.empty()) response.default_headers(&defaults_);
  if (policies_.request_ids) {
    const auto given = request.header("X-Request-Id");
    if (given && is_harmless_id(*given)) request.assign_id(*given);
    response.add_header("X-Request-Id", request.id());
  }
  if (policies_.trace_context) {
    if (const TraceContext* trace = TraceContext::find(request)) {
      response.add_header("traceresponse", trace->traceparent());
    }
  }
  return policies_.cors && answer_origin(request, response);
}

std::string_view PolicyRunner::allowed_origin(std::string_view origin) const {
  const CorsOptions& cors = *policies_.cors;
  if (cors.reflects_origin()) return origin;
  if (cors.origins().empty()) return "*";
  const auto& origins = cors.origins();
  return std::find(origins.begin(), origins.end(), origin) == origins.end() ? "" : origin;
}

bool PolicyRunner::answer_origin(const http::Request& request, http::Response& response) const {
  const CorsOptions& cors = *policies_.cors;
  const std::string_view allowed = allowed_origin(request.header("Origin").value_or(""));
  if (!allowed.empty()) response.add_header("Access-Control-Allow-Origin", allowed);
  if (allowed != "*") vary_by(response, "Origin");
  if (cors.allows_credentials()) {
    response.add_header("Access-Control-Allow-Credentials", "true");
  }
  if (!cors.exposed_headers().empty()) {
    response.add_header("Access-Control-Expose-Headers", cors.exposed_headers());
  }
  if (request.method() != http::Method::OPTIONS) return false;
  response.status(204);
  response.add_header("Access-Control-Allow-Methods", cors.methods());
  if (!cors.allowed_headers().empty()) {
    response.add_header("Access-Control-Allow-Headers", cors.allowed_headers());
  } else {
    vary_by(response, "Access-Control-Request-Headers");
    if (const auto asked = request.header("Access-Control-Request-Headers")) {
      response.add_header("Access-Control-Allow-Headers", *asked);
    }
  }
  if (cors.max_age()) {
    response.add_header("Access-Control-Max-Age", std::to_string(*cors.max_age()));
  }
  return true;
}

/// False when that would not make it smaller.
bool PolicyRunner::compress(Encoding encoding, http::Response& response) const {
  const CompressionOptions& options = *policies_.compression;
  const bool brotli = encoding == Encoding::brotli;
  if (response.has_stream()) {
    auto encoder =
        brotli ? brotli_encoder(options.brotli_level()) : gzip_encoder(options.gzip_level());
    auto stream = response.take_stream();
    response.stream(compressed(std::move(stream), std::move(encoder)));
    return true;
  }
  const std::string_view body = response.body_view();
  std::string smaller = brotli ? compress_brotli(body, options.brotli_level())
                               : compress_gzip(body, options.gzip_level());
  if (smaller.empty() || smaller.size() >= body.size()) return false;
  response.body() = std::move(smaller);
  return true;
}

void PolicyRunner::end(const http::Request& request, http::Response& response) const {
  if (!policies_.compression) return;
  const CompressionOptions& options = *policies_.compression;
  if (!is_compressible(response, options.threshold())) return;
  vary_by(response, "Accept-Encoding");
  const Encoding encoding = best_encoding(request.header("Accept-Encoding").value_or(""));
  if (encoding == Encoding::identity || !compress(encoding, response)) return;
  response.header("Content-Encoding", encoding == Encoding::brotli ? "br" : "gzip");
  // Other bytes than those that a strong tag promises.
  const auto tag = response.header("ETag");
  if (tag && tag->starts_with('"')) {
    const std::string weak = "W/" + std::string(*tag);
    response.header("ETag", weak);
  }
}

}  // namespace web
}  // namespace roost
