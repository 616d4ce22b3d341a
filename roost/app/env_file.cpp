#include <roost/app/env_file.hpp>
#include <roost/base/error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>

extern char** environ;

namespace roost {

namespace {

bool is_name_start(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool is_name_part(char c) { return is_name_start(c) || (c >= '0' && c <= '9') || c == '.'; }

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// One pass over the text of a file.
class Parser {
 public:
  Parser(std::string_view text, std::string_view file) : text_{text}, file_{file} {}

  Environment run() {
    Environment variables;
    while (position_ < text_.size()) {
      skip_blank();
      if (position_ >= text_.size()) break;
      if (text_[position_] == '\n' || text_[position_] == '#') {
        skip_line();
        continue;
      }
      std::string name = read_name();
      variables.insert_or_assign(std::move(name), read_value());
    }
    return variables;
  }

 private:
  void skip_blank() {
    while (position_ < text_.size() && std::strchr(" \t\r", text_[position_]) != nullptr) {
      ++position_;
    }
  }

  void skip_line() {
    const auto end = text_.find('\n', position_);
    position_ = end == std::string_view::npos ? text_.size() : end + 1;
    ++line_;
  }

  std::string read_name() {
    if (text_.substr(position_).starts_with("export ")) {
      position_ += 7;
      skip_blank();
    }
    const auto start = position_;
    while (position_ < text_.size() && is_name_part(text_[position_])) ++position_;
    std::string name{text_.substr(start, position_ - start)};
    skip_blank();
    if (name.empty() || !is_name_start(name.front()) || position_ >= text_.size() ||
        text_[position_] != '=') {
      fail("NAME=value is expected");
    }
    ++position_;
    skip_blank();
    return name;
  }

  std::string read_value() {
    if (position_ < text_.size() && (text_[position_] == '"' || text_[position_] == '\'')) {
      return read_quoted(text_[position_]);
    }
    const auto end = std::min(text_.find('\n', position_), text_.size());
    std::string_view value = text_.substr(position_, end - position_);
    if (const auto comment = value.find(" #"); comment != std::string_view::npos) {
      value = value.substr(0, comment);
    }
    if (value.starts_with('#')) value = {};
    skip_line();
    return std::string{trim(value)};
  }

  std::string read_quoted(char quote) {
    const auto opened_at = line_;
    std::string value;
    for (++position_; position_ < text_.size(); ++position_) {
      const char c = text_[position_];
      if (c == quote) {
        ++position_;
        finish_quoted_line();
        return value;
      }
      if (c == '\n') ++line_;
      if (c == '\\' && quote == '"' && position_ + 1 < text_.size()) {
        value += unescape(text_[++position_]);
      } else {
        value += c;
      }
    }
    line_ = opened_at;
    fail("the closing quote is missing");
  }

  static char unescape(char c) {
    if (c == 'n') return '\n';
    if (c == 't') return '\t';
    if (c == 'r') return '\r';
    return c;
  }

  void finish_quoted_line() {
    skip_blank();
    if (position_ < text_.size() && text_[position_] != '\n' && text_[position_] != '#') {
      fail("unexpected text behind the closing quote");
    }
    skip_line();
  }

  [[noreturn]] void fail(const char* reason) const {
    throw Error(std::string(file_) + ", line " + std::to_string(line_) + ": " + reason);
  }

  std::string_view text_;
  std::string_view file_;
  std::size_t position_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

Environment parse_env_file(std::string_view text, std::string_view file) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return Parser{text, file}.run();
}

Environment read_env_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rb"),
                                                             &std::fclose};
  if (file == nullptr) {
    if (errno == ENOENT) return {};
    throw Error(path + " cannot be opened: " + std::system_category().message(errno));
  }
  std::string text;
  char block[4096];
  for (;;) {
    const std::size_t size = std::fread(block, 1, sizeof block, file.get());
    text.append(block, size);
    if (size < sizeof block) break;
  }
  if (std::ferror(file.get()) != 0)
    throw Error(path + " cannot be read: " + std::system_category().message(errno));
  return parse_env_file(text, path);
}

Environment process_environment() {
  Environment variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

std::string expand_variables(std::string_view text, const Environment& environment) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("\\${")) {
      out += "${";
      i += 2;
      continue;
    }
    const auto end = text.substr(i).starts_with("${") ? text.find('}', i) : std::string_view::npos;
    if (end == std::string_view::npos) {
      out += text[i];
      continue;
    }
    const std::string_view inside = text.substr(i + 2, end - i - 2);
    const auto fallback = inside.find(":-");
    const auto found = environment.find(inside.substr(0, fallback));
    if (found != environment.end() && !found->second.empty()) {
      out += found->second;
    } else if (fallback != std::string_view::npos) {
      out += inside.substr(fallback + 2);
    }
    i = end;
  }
  return out;
}

}  // namespace roost
