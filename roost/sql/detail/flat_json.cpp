// A small strict reader: the values were written by us or by SQLite's JSON functions.
#include <roost/sql/detail/flat_json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

namespace roost::db::detail {

namespace {

class Reader {
 public:
  Reader(std::string_view text, Scratch& scratch) : text_{text}, scratch_{scratch} {}

  bool read(std::vector<ValueView>& elements) {
    if (!take('[')) return false;
    if (take(']')) return at_end();
    do {
      ValueView element;
      if (!read_element(element)) return false;
      elements.push_back(element);
    } while (take(','));
    return take(']') && at_end();
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || (text_[at_] >= '\t' && text_[at_] <= '\r'))) {
      ++at_;
    }
  }
  bool take(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool at_end() {
    skip_blanks();
    return at_ == text_.size();
  }
  bool take_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  bool read_element(ValueView& element) {
    skip_blanks();
    if (at_ >= text_.size()) return false;
    if (text_[at_] == '"') return read_text(element);
    if (take_word("null")) {
      element = ValueView::null();
      return true;
    }
    if (take_word("true") || take_word("false")) {
      element = ValueView::boolean(text_[at_ - 2] == 'u');
      return true;
    }
    return read_number(element);
  }

  bool read_number(ValueView& element) {
    const std::size_t end = std::min(text_.find_first_of(",] \t\r\n", at_), text_.size());
    const char* first = text_.data() + at_;
    const char* last = text_.data() + end;
    at_ = end;
    std::int64_t integer = 0;
    if (const auto parsed = std::from_chars(first, last, integer);
        parsed.ec == std::errc{} && parsed.ptr == last) {
      element = ValueView::int64(integer);
      return true;
    }
    double floating = 0;
    const auto parsed = std::from_chars(first, last, floating);
    element = ValueView::float64(floating);
    return first != last && parsed.ec == std::errc{} && parsed.ptr == last;
  }

  bool read_text(ValueView& element) {
    ++at_;
    std::string text;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] != '\\') {
        text += text_[at_++];
      } else if (!read_escape(text)) {
        return false;
      }
    }
    if (at_ >= text_.size()) return false;
    ++at_;
    element = ValueView::text(scratch_.copy(text));
    return true;
  }

  bool read_escape(std::string& out) {
    if (at_ + 1 >= text_.size()) return false;
    const char c = text_[at_ + 1];
    at_ += 2;
    constexpr std::string_view from = "\"\\/bfnrt";
    constexpr std::string_view to = "\"\\/\b\f\n\r\t";
    if (const std::size_t simple = from.find(c); simple != std::string_view::npos) {
      out += to[simple];
      return true;
    }
    std::uint32_t code = 0;
    if (c != 'u' || !read_unit(code)) return false;
    if (code >= 0xD800U && code < 0xDC00U) {
      std::uint32_t low = 0;
      if (!take_word("\\u") || !read_unit(low) || low < 0xDC00U || low > 0xDFFFU) return false;
      code = 0x10000U + ((code - 0xD800U) << 10U) + (low - 0xDC00U);
    }
    append_utf8(code, out);
    return true;
  }

  bool read_unit(std::uint32_t& unit) {
    if (at_ + 4 > text_.size()) return false;
    const char* first = text_.data() + at_;
    const auto parsed = std::from_chars(first, first + 4, unit, 16);
    at_ += 4;
    return parsed.ec == std::errc{} && parsed.ptr == first + 4;
  }

  static void append_utf8(std::uint32_t code, std::string& out) {
    if (code < 0x80U) {
      out += static_cast<char>(code);
    } else if (code < 0x800U) {
      out += static_cast<char>(0xC0U | (code >> 6U));
      out += static_cast<char>(0x80U | (code & 0x3FU));
    } else if (code < 0x10000U) {
      out += static_cast<char>(0xE0U | (code >> 12U));
      out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
      out += static_cast<char>(0x80U | (code & 0x3FU));
    } else {
      out += static_cast<char>(0xF0U | (code >> 18U));
      out += static_cast<char>(0x80U | ((code >> 12U) & 0x3FU));
      out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
      out += static_cast<char>(0x80U | (code & 0x3FU));
    }
  }

  std::string_view text_;
  Scratch& scratch_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::vector<ValueView>> parse_flat_json(std::string_view text, Scratch& scratch) {
  std::vector<ValueView> elements;
  Reader reader{text, scratch};
  if (!reader.read(elements)) return std::nullopt;
  return elements;
}

}  // namespace roost::db::detail
