// Fuzz target: cookies as they come, as they are set, and their signatures.
#include <roost/base/error.hpp>
#include <roost/http/detail/utf8.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/http/set_cookie.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace roost;

void require(bool holds) {
  if (!holds) std::abort();
}

void read(std::string_view header) {
  http::Request request;
  request.add_header("cookie", header);
  request.add_header("Cookie", header);
  const auto cookies = request.cookies();
  require(cookies.size() % 2 == 0);
  for (std::size_t i = 0; i < cookies.size() / 2; ++i) {
    require(cookies[i] == cookies[i + cookies.size() / 2]);
    require(http::detail::is_valid_utf8(cookies[i].value));
    require(cookies[i].name.find_first_of(";=") == std::string_view::npos);
    require(request.cookie(cookies[i].name).has_value());
  }
}

void set(std::string_view name, std::string_view value) {
  std::string field;
  try {
    field = SetCookie(name, value).path(name).domain(value).secure().to_string();
  } catch (const Error&) {
    try {
      field = SetCookie(name, value).secure().to_string();
    } catch (const Error&) {
      return;
    }
  }
  http::Response response;
  response.add_header("Set-Cookie", field);  // throws for a line break
  // No attribute that was not asked for.
  require(std::count(field.begin(), field.end(), ';') <= 6);
  const std::string pair = field.substr(0, field.find(';'));
  http::Request request;
  request.add_header("Cookie", pair);
  std::string valid;
  http::detail::append_valid_utf8(valid, value);
  require(request.cookie(name) == valid);
}

void sign(std::string_view name, std::string_view value) {
  static const CookieSigner signer{"a secret that nobody knows"};
  require(!signer.verify(name, value));
  const std::string text = signer.sign(name, value);
  require(signer.verify(name, text) == value);
  require(!signer.verify(std::string(name) + "x", text));
}

}  // namespace

// The name is libFuzzer's.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 4096) return 0;
  const std::string_view input{reinterpret_cast<const char*>(data) + 1, size - 1};
  read(input);
  const std::size_t cut = std::min<std::size_t>(data[0] % 32U, input.size());
  set(input.substr(0, cut), input.substr(cut));
  sign(input.substr(0, cut), input.substr(cut));
  return 0;
}
