// JSON values as YAML in block style.
#include <roost/openapi/document.hpp>

#include <algorithm>
#include <cctype>

namespace roost::openapi {

namespace {

using json::Value;

/// Words that YAML 1.1 or 1.2 reads as something else than a text.
bool is_reserved(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  static constexpr std::string_view words[] = {"null", "true", "false", "yes", "no",
                                               "on",   "off",  "y",     "n"};
  return std::find(std::begin(words), std::end(words), lower) != std::end(words);
}

/// True when the text means itself without quotes, in every place.
bool is_plain(std::string_view text) {
  if (text.empty() || text.back() == ' ' || is_reserved(text)) return false;
  const auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  if (!letter(text.front()) && text.front() != '/') return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || std::isdigit(static_cast<unsigned char>(c)) != 0 ||
           std::string_view{" _-./()+"}.find(c) != std::string_view::npos;
  });
}

void append_text(std::string_view text, std::string& out) {
  // A JSON string is a double-quoted scalar of YAML.
  out += is_plain(text) ? std::string{text} : Value{text}.dump();
}

bool is_empty(const Value& value) {
  return (value.is_object() && value.as_object().empty()) ||
         (value.is_array() && value.as_array().empty());
}

bool is_block(const Value& value) {
  return (value.is_object() || value.is_array()) && !is_empty(value);
}

void append_block(const Value& value, std::size_t indent, bool starts_line, std::string& out);

void append_scalar(const Value& value, std::string& out) {
  if (value.is_string()) {
    append_text(value.as_string(), out);
  } else {
    out += value.dump();  // {} and [] as well
  }
  out += '\n';
}

void append_members(const Value& value, std::size_t indent, bool starts_line, std::string& out) {
  for (const json::Member& member : value.as_object()) {
    if (starts_line) out.append(indent, ' ');
    starts_line = true;
    append_text(member.name, out);
    out += ':';
    if (is_block(member.value)) {
      out += '\n';
      append_block(member.value, indent + 2, true, out);
    } else {
      out += ' ';
      append_scalar(member.value, out);
    }
  }
}

void append_elements(const Value& value, std::size_t indent, bool starts_line, std::string& out) {
  for (const Value& element : value.as_array()) {
    if (starts_line) out.append(indent, ' ');
    starts_line = true;
    out += "- ";
    if (is_block(element)) {
      append_block(element, indent + 2, false, out);
    } else {
      append_scalar(element, out);
    }
  }
}

void append_block(const Value& value, std::size_t indent, bool starts_line, std::string& out) {
  if (value.is_object()) {
    append_members(value, indent, starts_line, out);
  } else {
    append_elements(value, indent, starts_line, out);
  }
}

}  // namespace

std::string to_yaml(const Value& value) {
  std::string out;
  if (is_block(value)) {
    append_block(value, 0, true, out);
  } else {
    append_scalar(value, out);
  }
  return out;
}

}  // namespace roost::openapi
