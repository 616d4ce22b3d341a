// The tokens of a JSON text, and the one fault that ends its reading.
#pragma once

#include <roost/json/detail/number.hpp>
#include <roost/json/detail/plan.hpp>
#include <roost/json/issues.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace roost::json::detail {

/// Walks over a text in UTF-8. Functions that return bool return false after a document fault,
/// which is kept here; nothing may be read after that.
class Cursor {
 public:
  explicit Cursor(std::string_view text)
      : begin_{text.data()}, at_{begin_}, end_{begin_ + text.size()} {}

  /// Skips white space and returns the next character, or 0 at the end of the text.
  char peek() {
    if (at_ != end_ && *at_ > ' ') [[likely]] {
      return *at_;
    }
    return peek_slowly();
  }
  /// Goes over the character that `peek` returned.
  void next() { ++at_; }

  [[nodiscard]] const char* position() const { return at_; }
  /// Goes back to a position from `position`.
  void rewind(const char* position) { at_ = position; }

  /// At a quote: goes over `"name":` if exactly that stands there. False says nothing about other
  /// spellings, nor near the end of the text.
  [[nodiscard]] bool take_key(const KeyText& key) {
    if (static_cast<std::size_t>(end_ - at_) < KeyText::capacity) return false;
    std::uint64_t difference = 0;
    for (std::size_t i = 0; i < key.words.size(); ++i) {
      std::uint64_t word = 0;
      std::memcpy(&word, at_ + i * sizeof word, sizeof word);
      difference |= (word ^ key.words[i]) & key.masks[i];
    }
    if (difference != 0) return false;
    at_ += key.size;
    return true;
  }
  /// Goes over an integer of at most 18 digits in its plain spelling, which is followed by
  /// something; false, without moving, for all other numbers.
  [[nodiscard]] bool take_small_integer(std::int64_t& value) {
    const char* at = at_;
    const bool negative = *at == '-';
    if (negative) ++at;
    const char* digits = at;
    std::uint64_t magnitude = 0;  // wraps around for what is refused below
    while (at != end_ && *at >= '0' && *at <= '9') {
      magnitude = magnitude * 10 + static_cast<std::uint64_t>(*at++ - '0');
    }
    const auto count = at - digits;
    if (count == 0 || count > 18 || at == end_ || (*digits == '0' && count > 1)) return false;
    if (*at == '.' || *at == 'e' || *at == 'E') return false;
    value = static_cast<std::int64_t>(magnitude);
    if (negative) value = -value;
    at_ = at;
    return true;
  }
  /// At a quote: the unescaped string, valid until the next string.
  [[nodiscard]] bool read_string(std::string_view& out) {
    const char* begin = ++at_;
    const char* special = find_special(begin);
    if (special != end_ && *special == '"') [[likely]] {
      out = {begin, static_cast<std::size_t>(special - begin)};
      at_ = special + 1;
      return true;
    }
    return unescape(special, out);
  }
  [[nodiscard]] bool read_number(NumberText& out);
  /// true, false or null, whose first character is next.
  [[nodiscard]] bool read_word(std::string_view word);
  /// Goes over ',' (more = true) or the closing bracket (more = false).
  [[nodiscard]] bool read_separator(char closing, bool& more) {
    const char c = peek();
    more = c == ',';
    if (!more && c != closing) [[unlikely]] {
      return fail_unexpected(closing == '}' ? "',' or '}'" : "',' or ']'");
    }
    ++at_;
    return true;
  }
  [[nodiscard]] bool read_colon();
  /// Nothing but white space may follow.
  [[nodiscard]] bool read_end();

  /// Notes the fault at the current position, unless there was one, and returns false.
  bool fail_unexpected(std::string_view expected);
  bool fail(IssueCode code, std::string_view what);

  [[nodiscard]] IssueCode fault_code() const { return fault_code_; }
  [[nodiscard]] std::string& fault_text() { return fault_text_; }

 private:
  char peek_slowly();
  [[nodiscard]] const char* find_special(const char* at) const;
  [[nodiscard]] bool unescape(const char* special, std::string_view& out);
  [[nodiscard]] bool append_escape();
  [[nodiscard]] bool append_unicode_escape();
  [[nodiscard]] bool read_hex(unsigned& value);
  [[nodiscard]] std::string where() const;

  const char* begin_;
  const char* at_;
  const char* end_;
  std::string scratch_;  // a string with escapes
  IssueCode fault_code_ = IssueCode::invalid_json;
  std::string fault_text_;
};

}  // namespace roost::json::detail
