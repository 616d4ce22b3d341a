// Fuzz target: percent-decoding of paths and components, against slower ways to do it.
#include <roost/http/detail/percent.hpp>
#include <roost/http/detail/utf8.hpp>
#include <roost/http/request.hpp>

#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace roost::http;

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_escape(std::string_view text) {
  return text.size() >= 3 && text[0] == '%' && std::isxdigit(static_cast<unsigned char>(text[1])) &&
         std::isxdigit(static_cast<unsigned char>(text[2]));
}

// Every escape, also %2F and %25; `bad` is set for what a path may not have.
std::string bytes_of(std::string_view text, bool plus_is_space, bool& bad) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_escape(text.substr(i))) {
      const char byte =
          static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      bad = bad || byte == '\0';
      out += byte;
      i += 2;
    } else {
      bad = bad || text[i] == '%';
      out += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  return out;
}

void check_component(std::string_view text, bool plus_is_space) {
  std::string decoded = "kept";
  detail::decode_component(text, plus_is_space, decoded);
  require(decoded.starts_with("kept"));
  decoded.erase(0, 4);
  require(detail::is_valid_utf8(decoded));
  bool bad = false;
  std::string expected;
  detail::append_valid_utf8(expected, bytes_of(text, plus_is_space, bad));
  require(decoded == expected);
}

void check_path(std::string_view text) {
  bool bad = false;
  const std::string bytes = bytes_of(text, false, bad);
  std::string decoded;
  const bool accepted = detail::decode_path(text, decoded);
  require(accepted == (!bad && detail::is_valid_utf8(bytes)));
  if (!accepted) return;
  // What stays escaped is a slash or a percent sign, so that decoding once more gives the rest.
  std::string again;
  detail::decode_component(decoded, false, again);
  require(again == bytes);
  // A slash in the path separates segments only if it was one before.
  std::size_t slashes = 0;
  for (const char c : text) slashes += c == '/' ? 1 : 0;
  std::size_t left = 0;
  for (const char c : decoded) left += c == '/' ? 1 : 0;
  require(slashes == left);
}

void check_target(std::string_view text) {
  const std::string target = "/" + std::string(text);
  Request request;
  if (!request.assign_target(target)) return;
  require(!detail::has_dot_segment(request.path()));
  require(("/" + std::string(request.path()) + "/").find("/../") == std::string::npos);
  require(("/" + std::string(request.path()) + "/").find("/./") == std::string::npos);
}

}  // namespace

// The name is libFuzzer's.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  check_component(input, true);
  check_component(input, false);
  check_path(input);
  check_target(input);
  return 0;
}
