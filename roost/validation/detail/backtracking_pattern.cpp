// Translates JavaScript's pattern syntax to that of ICU, and searches within a budget.
#include <roost/validation/detail/backtracking_pattern.hpp>
#include <roost/validation/detail/text.hpp>

#include <unicode/regex.h>
#include <unicode/unistr.h>

#include <string>

namespace roost::validation::detail {

namespace {

// In units of some 10,000 steps of the engine, about a millisecond each.
constexpr int32_t step_budget = 20;
// Longer texts are refused: the engine would look from each of their places.
constexpr std::size_t longest_text = 65536;

/// ICU's classes have the digits and letters of all scripts, JavaScript's those of ASCII.
std::string_view ascii_class(char c) {
  switch (c) {
    case 'd':
      return "[0-9]";
    case 'D':
      return "[^0-9]";
    case 'w':
      return "[0-9A-Za-z_]";
    case 'W':
      return "[^0-9A-Za-z_]";
    default:
      return {};
  }
}

/// Copies the escape at pattern[at]; returns where it ends.
std::size_t translate_escape(std::string_view pattern, std::size_t at, bool in_class,
                             std::string& out) {
  const char c = at + 1 < pattern.size() ? pattern[at + 1] : '\\';
  const std::string_view set = ascii_class(c);
  if (!set.empty()) {
    out += set;
  } else if (c == 'u' && pattern.substr(at + 2).starts_with('{')) {
    out += "\\x";
  } else if (c == '0') {
    out += "\\x00";
  } else if (in_class && c == 'b') {
    out += "\\x08";
  } else {
    out += '\\';
    out += c;
  }
  return at + 2;
}

std::string translate(std::string_view pattern, bool multiline) {
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
      if (c == '[' || c == '&') out += '\\';  // sets within sets are ICU's own
    } else if (c == '[') {
      in_class = true;
    } else if (c == '$' && !multiline) {
      out += "\\z";  // ICU's $ is also before a last line feed
      ++at;
      continue;
    }
    out += c;
    ++at;
  }
  return out;
}

class IcuPattern : public BacktrackingPattern {
 public:
  explicit IcuPattern(std::unique_ptr<icu::RegexPattern> pattern) : pattern_{std::move(pattern)} {}

  [[nodiscard]] bool found_in(std::string_view text) const override {
    if (text.size() > longest_text) return false;
    const icu::UnicodeString wide =
        icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::RegexMatcher> matcher{pattern_->matcher(wide, status)};
    if (U_FAILURE(status)) return false;
    matcher->setTimeLimit(step_budget, status);
    const bool found = matcher->find(status) != 0;
    return found && U_SUCCESS(status);
  }

 private:
  std::unique_ptr<icu::RegexPattern> pattern_;
};

}  // namespace

std::unique_ptr<BacktrackingPattern> BacktrackingPattern::compile(std::string_view pattern,
                                                                  std::string_view flags) {
  const bool multiline = flags.find('m') != std::string_view::npos;
  uint32_t options = multiline ? UREGEX_MULTILINE : 0;
  if (flags.find('i') != std::string_view::npos) options |= UREGEX_CASE_INSENSITIVE;
  if (flags.find('s') != std::string_view::npos) options |= UREGEX_DOTALL;
  const icu::UnicodeString source = icu::UnicodeString::fromUTF8(translate(pattern, multiline));
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<icu::RegexPattern> compiled{icu::RegexPattern::compile(source, options, status)};
  if (U_FAILURE(status) || compiled == nullptr) return nullptr;
  return std::make_unique<IcuPattern>(std::move(compiled));
}

}  // namespace roost::validation::detail
