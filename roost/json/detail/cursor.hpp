// The tokens of a JSON text, and the one fault that ends its reading.
#pragma once

#include <roost/json/detail/number.hpp>
#include <roost/json/issues.hpp>

#include <cstddef>
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
    while (at_ != end_) {
      const char c = *at_;
      if (c > ' ') return c;
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return c == 0 ? '\1' : c;
      ++at_;
    }
    return 0;
  }
  /// Goes over the character that `peek` returned.
  void next() { ++at_; }

  [[nodiscard]] const char* position() const { return at_; }
  /// Goes back to a position from `position`.
  void rewind(const char* position) { at_ = position; }

  /// At a quote: goes over `"name"` if it stands there without escapes.
  [[nodiscard]] bool take_name(std::string_view name);
  /// At a quote: the unescaped string, valid until the next string.
  [[nodiscard]] bool read_string(std::string_view& out);
  [[nodiscard]] bool read_number(NumberText& out);
  /// true, false or null, whose first character is next.
  [[nodiscard]] bool read_word(std::string_view word);
  /// Goes over ',' (more = true) or the closing bracket (more = false).
  [[nodiscard]] bool read_separator(char closing, bool& more);
  [[nodiscard]] bool read_colon();
  /// Nothing but white space may follow.
  [[nodiscard]] bool read_end();

  /// Notes the fault at the current position, unless there was one, and returns false.
  bool fail_unexpected(std::string_view expected);
  bool fail(IssueCode code, std::string_view what);

  [[nodiscard]] IssueCode fault_code() const { return fault_code_; }
  [[nodiscard]] std::string& fault_text() { return fault_text_; }

 private:
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
