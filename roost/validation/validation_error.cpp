// Texts of validation errors.
#include <roost/validation/detail/text.hpp>
#include <roost/validation/validation_error.hpp>

namespace roost::validation {

std::string ValidationError::path() const {
  if (parent.empty()) return property;
  return property.empty() ? parent : parent + "." + property;
}

std::string ValidationError::text() const {
  if (parent.empty()) return message;
  if (parent.front() == '[') return parent + " " + message;
  return parent + "." + message;
}

std::vector<std::string> ValidationErrors::messages(const ValidationOptions& options) const {
  std::vector<std::string> texts;
  if (!summary_.empty()) {
    texts.push_back(summary_);
    return texts;
  }
  texts.reserve(errors_.size());
  std::size_t length = 0;
  for (const ValidationError& error : errors_) {
    std::string text = error.text();
    length += detail::count_code_points(text);
    if (options.max_messages_length != 0 && length > options.max_messages_length) {
      texts.emplace_back("Further validation errors were omitted");
      break;
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

std::vector<std::pair<std::string, std::vector<std::string>>> ValidationErrors::grouped() const {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  for (const ValidationError& error : errors_) {
    const std::string path = error.path();
    auto* group = groups.empty() ? nullptr : &groups.back();
    if (group == nullptr || group->first != path) {
      group = nullptr;
      for (auto& known : groups) {
        if (known.first == path) group = &known;
      }
    }
    if (group == nullptr) group = &groups.emplace_back(path, std::vector<std::string>{});
    group->second.push_back(error.message);
  }
  return groups;
}

std::string ValidationErrors::to_string() const {
  std::string out;
  for (const std::string& text : messages()) {
    if (!out.empty()) out += '\n';
    out += text;
  }
  return out;
}

}  // namespace roost::validation
