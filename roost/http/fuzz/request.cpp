// Fuzz target: request parsing (whole input against input in pieces), targets, queries, cookies.
#include <roost/http/detail/percent.hpp>
#include <roost/http/detail/request_parser.hpp>
#include <roost/http/detail/utf8.hpp>
#include <roost/http/router.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace roost::http;
using detail::ParseStatus;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_request(Request& request) {
  require(detail::is_valid_utf8(request.path()));
  require(request.path().find('\0') == std::string_view::npos);
  require(request.path() == "*" || request.path().starts_with('/'));
  require(!detail::has_dot_segment(request.path()));
  for (const Field& field : request.query_parameters()) {
    require(detail::is_valid_utf8(field.name) && detail::is_valid_utf8(field.value));
  }
  for (const Field& field : request.cookies()) require(field.name.size() < 1'000'000);
  for (const Field& field : request.headers()) {
    require(!field.name.empty());
    for (const std::string_view text : {field.name, field.value}) {
      require(text.find_first_of(std::string_view{"\r\n\0", 3}) == std::string_view::npos);
    }
  }
}

// Everything that one connection's input comes to, fed `step` bytes at a time. With `plans`
// somebody is asked about each body and answers what the limits say anyway.
std::string outcome(std::string_view input, std::size_t step, bool plans = false) {
  static const detail::ParserLimits usual{512, 2048, 20, 1024};
  static const detail::ParserLimits planning{512, 2048, 20, 1, true};
  const detail::ParserLimits& limits = plans ? planning : usual;
  std::string text;
  detail::RequestParser parser{limits};
  Request request;
  std::unique_ptr<char[]> buffer;
  std::size_t size = 0;
  for (std::size_t fed = 0; fed < input.size();) {
    const std::size_t end = std::min(input.size(), fed + step);
    auto larger = std::make_unique<char[]>(size + (end - fed));
    if (size > 0) std::memcpy(larger.get(), buffer.get(), size);
    std::memcpy(larger.get() + size, input.data() + fed, end - fed);
    request.rebase(buffer.get(), size, larger.get());
    buffer = std::move(larger);
    size += end - fed;
    fed = end;
    while (size > 0) {
      ParseStatus status = parser.parse(buffer.get(), size, request);
      if (status == ParseStatus::head) {
        require(plans);
        status = parser.accept_body(usual.body);
        if (status == ParseStatus::complete) continue;
      }
      if (status == ParseStatus::need_more) break;
      if (status == ParseStatus::failed) {
        require(parser.status() >= 400 && !parser.reason().empty() && !parser.keep_alive());
        return text + "refused " + std::to_string(parser.status());
      }
      check_request(request);
      text.append(request.method_text()).append(" ").append(request.target()).append(" ");
      text.append(request.body()).append("\n");
      require(parser.consumed() <= size);
      std::memmove(buffer.get(), buffer.get() + parser.consumed(), size - parser.consumed());
      size -= parser.consumed();
      parser.reset();
      request.reset();
    }
  }
  return text;
}

void check_target(std::string_view text) {
  static const Router router = [] {
    Router made;
    for (const char* pattern : {"/", "/a/:b", "/a/:b-:c", "/x{/:y}/z", "/w/*path", "/:any/end"}) {
      made.add(Method::GET, pattern, "fuzz");
    }
    return made;
  }();
  Request request;
  if (!request.assign_target(text)) return;
  check_request(request);
  RouteMatch match;
  router.match(request, match);
  for (const Field& parameter : request.path_parameters()) {
    require(!parameter.value.empty() && detail::is_valid_utf8(parameter.value));
  }
}

}  // namespace

// The name is libFuzzer's.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 8192) return 0;
  const std::string_view input{reinterpret_cast<const char*>(data) + 1, size - 1};
  const std::string whole = outcome(input, input.size());
  require(outcome(input, data[0] % 32U + 1U) == whole);
  require(outcome(input, data[0] % 32U + 1U, true) == whole);
  check_target(input);
  std::string decoded;
  detail::decode_component(input, true, decoded);
  require(detail::is_valid_utf8(decoded));
  Request request;
  request.add_header("Cookie", input);
  (void)request.cookies();
  return 0;
}
