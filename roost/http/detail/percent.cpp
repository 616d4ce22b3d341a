// Percent-decoding of paths, query strings and cookies.
#include <roost/http/detail/percent.hpp>
#include <roost/http/detail/utf8.hpp>

namespace roost::http::detail {

namespace {

// The byte that the escape at the start of `text` stands for, -1 if it is malformed.
int escaped_byte(std::string_view text) noexcept {
  if (text.size() < 3) return -1;
  const int high = hex_digit(text[1]);
  const int low = hex_digit(text[2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

}  // namespace

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool decode_path(std::string_view text, std::string& out) {
  const std::size_t begin = out.size();
  while (!text.empty()) {
    if (text.front() != '%') {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    const int byte = escaped_byte(text);
    if (byte <= 0) return false;
    if (byte == '/') {
      out += "%2F";
    } else if (byte == '%') {
      out += "%25";
    } else {
      out += static_cast<char>(byte);
    }
    text.remove_prefix(3);
  }
  return is_valid_utf8(std::string_view{out}.substr(begin));
}

void decode_component(std::string_view text, bool plus_is_space, std::string& out) {
  const std::size_t begin = out.size();
  while (!text.empty()) {
    const char c = text.front();
    const int byte = c == '%' ? escaped_byte(text) : -1;
    if (byte >= 0) {
      out += static_cast<char>(byte);
      text.remove_prefix(3);
      continue;
    }
    out += c == '+' && plus_is_space ? ' ' : c;
    text.remove_prefix(1);
  }
  if (is_valid_utf8(std::string_view{out}.substr(begin))) return;
  const std::string invalid = out.substr(begin);
  out.resize(begin);
  append_valid_utf8(out, invalid);
}

bool has_dot_segment(std::string_view path) noexcept {
  for (std::size_t slash = path.find("/."); slash != std::string_view::npos;
       slash = path.find("/.", slash + 1)) {
    std::string_view rest = path.substr(slash + 2);
    if (!rest.empty() && rest.front() == '.') rest.remove_prefix(1);
    if (rest.empty() || rest.front() == '/') return true;
  }
  return false;
}

}  // namespace roost::http::detail
