// Translates JavaScript's pattern syntax to RE2's.
#include <roost/base/error.hpp>
#include <roost/validation/detail/pattern.hpp>
#include <roost/validation/detail/text.hpp>

#include <re2/re2.h>

namespace roost::validation::detail {

struct Pattern::Part {
  std::unique_ptr<re2::RE2> expression;
  bool negated = false;
};

namespace {

constexpr std::string_view js_space =
    R"(\t\n\v\f\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff})";

/// Reads exactly `count` hexadecimal digits at `at`; false when they are not there.
bool has_hex(std::string_view text, std::size_t at, std::size_t count) {
  return at + count <= text.size() && all_of(text.substr(at, count), is_hex);
}

/// Translates the escape that starts at pattern[at] (a backslash); returns where it ends.
std::size_t translate_escape(std::string_view pattern, std::size_t at, bool in_class,
                             std::string& out) {
  if (at + 1 >= pattern.size()) {
    out += '\\';
    return at + 1;
  }
  const char c = pattern[at + 1];
  if (c == 'u' && at + 2 < pattern.size() && pattern[at + 2] == '{') {
    const auto end = pattern.find('}', at);
    if (end != std::string_view::npos) {
      out += "\\x{";
      out += pattern.substr(at + 3, end - at - 2);
      return end + 1;
    }
  }
  if (c == 'u' && has_hex(pattern, at + 2, 4)) {
    out += "\\x{";
    out += pattern.substr(at + 2, 4);
    out += '}';
    return at + 6;
  }
  if (c == 's' || c == 'S') {
    if (in_class) {
      out += c == 's' ? js_space : std::string_view{"\\S"};
    } else {
      out += c == 's' ? "[" : "[^";
      out += js_space;
      out += ']';
    }
    return at + 2;
  }
  if (in_class && c == 'b') {
    out += "\\x08";
    return at + 2;
  }
  if (c == '0') {
    out += "\\x00";
    return at + 2;
  }
  if (is_alphanumeric(c) || c == '_') {
    out += '\\';
    out += c;
  } else {
    out += re2::RE2::QuoteMeta(std::string{c});
  }
  return at + 2;
}

/// The rest of the syntax is the same but for named groups and the class of everything.
std::string translate(std::string_view pattern) {
  std::string out;
  bool in_class = false;
  std::size_t at = 0;
  while (at < pattern.size()) {
    const char c = pattern[at];
    if (c == '\\') {
      at = translate_escape(pattern, at, in_class, out);
      continue;
    }
    if (in_class) {
      if (c == ']') in_class = false;
      if (c == '[') out += '\\';
    } else if (c == '[') {
      const auto rest = pattern.substr(at);
      if (rest.starts_with("[^]")) {
        out += "(?s:.)";
        at += 3;
        continue;
      }
      in_class = true;
    } else if (pattern.substr(at).starts_with("(?<") && at + 3 < pattern.size() &&
               pattern[at + 3] != '=' && pattern[at + 3] != '!') {
      out += "(?P<";
      at += 3;
      continue;
    }
    out += c;
    ++at;
  }
  return out;
}

/// End of the group that opens at pattern[open]; npos when it never closes.
std::size_t end_of_group(std::string_view pattern, std::size_t open) {
  std::size_t depth = 0;
  bool in_class = false;
  for (std::size_t i = open; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && --depth == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

/// True when the pattern has alternatives outside of every group: `^a|b` must stay in one piece.
bool has_top_level_alternatives(std::string_view pattern) {
  bool in_class = false;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && depth > 0) {
      --depth;
    } else if (c == '|' && depth == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string Pattern::compile(std::string_view pattern, std::string_view flags) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(flags.find('i') == std::string_view::npos);
  options.set_dot_nl(flags.find('s') != std::string_view::npos);
  const std::string prefix = flags.find('m') != std::string_view::npos ? "(?m)" : "";

  std::string reason;
  const auto add = [&](std::string_view source, bool negated) {
    auto expression = std::make_unique<re2::RE2>(prefix + translate(source), options);
    if (!expression->ok()) reason = expression->error();
    parts_.push_back({std::move(expression), negated});
  };

  std::string_view rest = pattern;
  if (!rest.starts_with("^(?=") && !rest.starts_with("^(?!")) {
    add(pattern, false);
    return reason;
  }
  if (has_top_level_alternatives(rest) || !prefix.empty()) {
    return "look-ahead beside alternatives or with the flag m";
  }
  rest.remove_prefix(1);
  while (rest.starts_with("(?=") || rest.starts_with("(?!")) {
    const auto end = end_of_group(rest, 0);
    if (end == std::string_view::npos) return "a group is not closed";
    add("^(?:" + std::string{rest.substr(3, end - 3)} + ")", rest[2] == '!');
    rest.remove_prefix(end + 1);
  }
  add("^" + std::string{rest}, false);
  return reason;
}

Pattern::Pattern(std::string_view pattern, std::string_view flags) {
  const std::string reason = compile(pattern, flags);
  if (reason.empty()) return;
  parts_.clear();
  beyond_re2_ = BacktrackingPattern::compile(pattern, flags);
  if (beyond_re2_ == nullptr) {
    throw Error{"the pattern /" + std::string{pattern} + "/ cannot be used: " + reason};
  }
}

Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

bool Pattern::found_in(std::string_view text) const {
  if (beyond_re2_ != nullptr) return beyond_re2_->found_in(text);
  for (const Part& part : parts_) {
    if (re2::RE2::PartialMatch({text.data(), text.size()}, *part.expression) == part.negated) {
      return false;
    }
  }
  return true;
}

}  // namespace roost::validation::detail
