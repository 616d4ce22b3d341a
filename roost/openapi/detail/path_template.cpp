// Patterns of the router as OpenAPI writes paths.
#include <roost/openapi/detail/operations.hpp>

#include <algorithm>
#include <cctype>

namespace roost::openapi::detail {

namespace {

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

PathTemplate convert(std::string_view pattern) {
  PathTemplate made;
  std::size_t i = 0;
  while (i < pattern.size()) {
    const char c = pattern[i];
    ++i;
    if (c != ':' && c != '*') {
      made.path += c;
      made.shape += c;
      continue;
    }
    std::string name;
    while (i < pattern.size() && is_name(pattern[i])) name += pattern[i++];
    made.path += '{' + name + '}';
    made.shape += "{}";
    made.names.push_back(std::move(name));
  }
  return made;
}

}  // namespace

std::vector<PathTemplate> path_templates(std::string_view pattern) {
  std::vector<std::string> texts{std::string{}};
  while (!pattern.empty()) {
    const auto open = std::min(pattern.find('{'), pattern.size());
    for (std::string& text : texts) text += pattern.substr(0, open);
    pattern.remove_prefix(open);
    if (pattern.empty()) break;
    const auto close = std::min(pattern.find('}'), pattern.size() - 1);
    const std::size_t count = texts.size();
    for (std::size_t i = 0; i < count; ++i) {
      texts.push_back(texts[i] + std::string{pattern.substr(1, close - 1)});
    }
    pattern.remove_prefix(close + 1);
  }
  std::vector<PathTemplate> made;
  for (const std::string& text : texts) made.push_back(convert(text.empty() ? "/" : text));
  return made;
}

}  // namespace roost::openapi::detail
