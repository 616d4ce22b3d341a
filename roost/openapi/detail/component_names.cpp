#include <roost/openapi/detail/component_names.hpp>

#include <cctype>

namespace roost::openapi::detail {

namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Takes "a::b::Name" from the front of `text`; what is no name is passed over.
std::string take_name(std::string_view& text, bool qualified) {
  std::string name;
  std::string word;
  while (!text.empty()) {
    const char c = text.front();
    if (is_word(c)) {
      word += c;
    } else if (text.starts_with("::")) {
      if (qualified && !word.empty()) name += word + '.';
      word.clear();
      text.remove_prefix(1);
    } else if (c == ' ' && word == "const") {
      word.clear();
    } else if (!word.empty() || c == '<' || c == ',' || c == '>') {
      break;
    }
    text.remove_prefix(1);
  }
  return name + word;
}

}  // namespace

std::string component_name(std::string_view type_name, bool qualified) {
  std::string name;
  bool first = true;
  while (!type_name.empty()) {
    // Only the template is qualified by its namespace; its arguments by theirs in turn.
    std::string part = take_name(type_name, qualified);
    if (!first && !part.empty() && part.find('.') == std::string::npos) {
      part.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(part.front())));
    }
    if (!first && qualified && !part.empty()) name += '-';
    name += part;
    if (!part.empty()) first = false;
    if (!type_name.empty()) type_name.remove_prefix(1);
  }
  return name.empty() ? "Schema" : name;
}

}  // namespace roost::openapi::detail
