// Names of request methods.
#include <roost/http/method.hpp>

#include <array>

namespace roost::http {

namespace {

constexpr std::array<std::string_view, method_count> names{
    "GET",   "HEAD",   "POST",     "PUT",       "DELETE", "PATCH", "OPTIONS",
    "QUERY", "SEARCH", "PROPFIND", "PROPPATCH", "MKCOL",  "COPY",  "MOVE",
    "LOCK",  "UNLOCK", "TRACE",    "CONNECT",   "other"};

}  // namespace

std::string_view to_string(Method method) noexcept {
  return names[static_cast<std::size_t>(method)];
}

Method parse_method(std::string_view text) noexcept {
  for (std::size_t i = 0; i + 1 < method_count; ++i) {
    if (names[i] == text) return static_cast<Method>(i);
  }
  return Method::other;
}

std::string MethodSet::to_string() const {
  std::string text;
  for (std::size_t i = 0; i + 1 < method_count; ++i) {
    if (!contains(static_cast<Method>(i))) continue;
    if (!text.empty()) text += ", ";
    text += names[i];
  }
  return text;
}

}  // namespace roost::http
