#include <roost/json/elements.hpp>

namespace roost::json {

namespace {

/// The end of the element that begins at `begin`, in an array that is well-formed.
std::size_t end_of_element(std::string_view array, std::size_t begin) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = begin; i < array.size(); ++i) {
    const char c = array[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
      continue;
    }
    if (c == '"') quoted = true;
    if (depth == 0 && (c == ',' || c == ']')) return i;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
  }
  return array.size();
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

}  // namespace

std::optional<std::string_view> Elements::next() {
  if (position_ >= array_.size()) return std::nullopt;
  const std::size_t end = end_of_element(array_, position_);
  const std::string_view element = trimmed(array_.substr(position_, end - position_));
  position_ = end + 1;
  if (element.empty()) return std::nullopt;  // of an empty array
  return element;
}

}  // namespace roost::json
