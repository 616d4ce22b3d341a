// Scanning of tokens, and messages that name line and column.
#include <roost/json/detail/cursor.hpp>
#include <roost/json/detail/utf8.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace roost::json::detail {

namespace {

/// "'x'" or "U+0007", whatever is safe to show.
std::string shown(const char* at, const char* end) {
  const auto byte = static_cast<unsigned char>(*at);
  if (byte > 0x20 && byte < 0x7F) return std::string{"'"} + *at + "'";
  if (byte >= 0x80) {
    const Utf8Step step = utf8_step(at, end);
    if (step.valid) return "'" + std::string{at, step.size} + "'";
  }
  std::array<char, 8> hex{};
  const auto written = std::to_chars(hex.data(), hex.data() + hex.size(), unsigned{byte}, 16).ptr;
  std::string digits{hex.data(), written};
  std::transform(digits.begin(), digits.end(), digits.begin(),
                 [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  return "U+" + std::string(4 - std::min<std::size_t>(4, digits.size()), '0') + digits;
}

}  // namespace

std::string Cursor::where() const {
  std::size_t line = 1;
  std::size_t column = 1;
  for (const char* at = begin_; at != at_; ++at) {
    if (*at == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<unsigned char>(*at) & 0xC0U) != 0x80) {
      ++column;  // characters, not bytes
    }
  }
  return " at line " + std::to_string(line) + " column " + std::to_string(column);
}

bool Cursor::fail(IssueCode code, std::string_view what) {
  if (fault_text_.empty()) {
    fault_code_ = code;
    fault_text_ = std::string{what} + where();
  }
  return false;
}

bool Cursor::fail_unexpected(std::string_view expected) {
  if (at_ == end_) return fail(IssueCode::invalid_json, "Unexpected end of JSON input");
  return fail(IssueCode::invalid_json, "Unexpected character " + shown(at_, end_) + " (expected " +
                                           std::string{expected} + ")");
}

char Cursor::peek_slowly() {
  for (; at_ != end_; ++at_) {
    const char c = *at_;
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    return c == 0 ? '\1' : c;  // 0 says that the text ends
  }
  return 0;
}

/// The next quote, backslash or control character, or the end.
const char* Cursor::find_special(const char* at) const {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i control = _mm_set1_epi8(0x1F);
  while (end_ - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i found =
        _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes),
                     _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
    const int mask = _mm_movemask_epi8(found);
    if (mask != 0) return at + __builtin_ctz(static_cast<unsigned>(mask));
    at += 16;
  }
#endif
  while (at != end_ && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
  return at;
}

/// Goes on with a string that is no plain piece of the text; `special` ends its plain beginning.
bool Cursor::unescape(const char* special, std::string_view& out) {
  scratch_.assign(at_, special);
  at_ = special;
  while (at_ != end_) {
    if (*at_ == '"') {
      ++at_;
      out = scratch_;
      return true;
    }
    if (*at_ != '\\') {
      return fail(IssueCode::invalid_json,
                  "Control character " + shown(at_, end_) + " in a string must be escaped");
    }
    if (!append_escape()) return false;
    const char* plain = at_;
    at_ = find_special(at_);
    scratch_.append(plain, at_);
  }
  return fail_unexpected("the end of the string");
}

/// At a backslash.
bool Cursor::append_escape() {
  const char* backslash = at_++;
  if (at_ == end_) return fail_unexpected("an escape");
  switch (*at_++) {
    case '"':
      scratch_ += '"';
      return true;
    case '\\':
      scratch_ += '\\';
      return true;
    case '/':
      scratch_ += '/';
      return true;
    case 'b':
      scratch_ += '\b';
      return true;
    case 'f':
      scratch_ += '\f';
      return true;
    case 'n':
      scratch_ += '\n';
      return true;
    case 'r':
      scratch_ += '\r';
      return true;
    case 't':
      scratch_ += '\t';
      return true;
    case 'u':
      return append_unicode_escape();
    default:
      break;
  }
  at_ = backslash;
  return fail(IssueCode::invalid_json, "Unknown escape in a string");
}

bool Cursor::read_hex(unsigned& value) {
  value = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    if (at_ == end_) return fail_unexpected("a hexadecimal digit");
    const char c = *at_;
    value *= 16;
    if (c >= '0' && c <= '9') {
      value += static_cast<unsigned>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      value += static_cast<unsigned>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      value += static_cast<unsigned>(c - 'A' + 10);
    } else {
      return fail_unexpected("a hexadecimal digit");
    }
  }
  return true;
}

/// After \u.
bool Cursor::append_unicode_escape() {
  const char* escape = at_ - 2;
  unsigned first = 0;
  if (!read_hex(first)) return false;
  if (first < 0xD800 || first > 0xDFFF) {
    append_utf8(scratch_, first);
    return true;
  }
  unsigned second = 0;
  const bool pair = first < 0xDC00 && end_ - at_ >= 2 && at_[0] == '\\' && at_[1] == 'u';
  if (pair) {
    at_ += 2;
    if (!read_hex(second)) return false;
  }
  if (second < 0xDC00 || second > 0xDFFF) {
    at_ = escape;
    return fail(IssueCode::invalid_json, "Half a surrogate pair in a string");
  }
  append_utf8(scratch_, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
  return true;
}

bool Cursor::read_number(NumberText& out) {
  const char* after = scan_number(at_, end_, out);
  // A digit that follows is one after a leading zero.
  if (after == nullptr || (after != end_ && *after >= '0' && *after <= '9')) {
    return fail(IssueCode::invalid_json, "Malformed number");
  }
  at_ = after;
  return true;
}

bool Cursor::read_word(std::string_view word) {
  for (const char c : word) {
    if (at_ == end_ || *at_ != c) return fail_unexpected(word);
    ++at_;
  }
  return true;
}

bool Cursor::read_colon() {
  if (peek() != ':') return fail_unexpected("':'");
  next();
  return true;
}

bool Cursor::read_end() {
  if (peek() == 0) return true;
  return fail_unexpected("the end of the text");
}

}  // namespace roost::json::detail
