// Rules for texts: length, content, patterns, case, strength.
#include <roost/validation/detail/define_rule.hpp>
#include <roost/validation/detail/pattern.hpp>
#include <roost/validation/detail/text.hpp>
#include <roost/validation/rules/string_rules.hpp>

#include <unicode/ucasemap.h>
#include <unicode/unistr.h>

namespace roost::validation {

namespace {

using namespace detail;

/// Counts code points only where bytes do not decide already.
bool is_at_least(std::string_view text, std::size_t min) {
  if (text.size() < min) return false;
  if (text.size() / 4 >= min) return true;
  return count_code_points(text) >= min;
}
bool is_at_most(std::string_view text, std::size_t max) {
  if (text.size() <= max) return true;
  if (text.size() / 4 > max) return false;
  return count_code_points(text) <= max;
}

bool check_length(const Length& rule, const Subject& subject) {
  return subject.is_string() && is_at_least(subject.text(), rule.min) &&
         (rule.max == Length::unlimited || is_at_most(subject.text(), rule.max));
}
bool check_min_length(const MinLength& rule, const Subject& subject) {
  return subject.is_string() && is_at_least(subject.text(), rule.min);
}
bool check_max_length(const MaxLength& rule, const Subject& subject) {
  return subject.is_string() && is_at_most(subject.text(), rule.max);
}
bool check_byte_length(const ByteLength& rule, const Subject& subject) {
  return subject.is_string() && subject.text().size() >= rule.min &&
         subject.text().size() <= rule.max;
}

constexpr std::string_view too_short =
    "$each$property must be longer than or equal to $constraint1 characters";
constexpr std::string_view too_long =
    "$each$property must be shorter than or equal to $constraint2 characters";
constexpr std::string_view not_between =
    "$each$property must be longer than or equal to $constraint1 and shorter than or equal to "
    "$constraint2 characters";

/// Values that JavaScript takes for false count as texts without characters.
bool counts_as_empty(const Subject& subject) {
  switch (subject.kind()) {
    case SubjectKind::absent:
    case SubjectKind::null:
      return true;
    case SubjectKind::boolean:
      return !subject.as_boolean();
    case SubjectKind::integer:
      return subject.as_integer() == 0;
    case SubjectKind::floating:
      return !(subject.as_double() < 0 || subject.as_double() > 0);
    default:
      return subject.is_string() && subject.text().empty();
  }
}

std::string_view choose_length_message(const RuleCall& call) {
  const auto& rule = *static_cast<const Length*>(call.parameters);
  const Subject& subject = call.subject;
  if (counts_as_empty(subject)) return too_short;
  if (subject.is_string()) {
    return is_at_least(subject.text(), rule.min) ? too_long : too_short;
  }
  if (subject.is_array()) {
    if (subject.size() < rule.min) return too_short;
    if (subject.size() > rule.max) return too_long;
  }
  return rule.max == Length::unlimited ? too_short : not_between;
}

template <class P>
void print_range(const P& rule, std::size_t index, std::string& out) {
  if (index == 1) append_size(rule.min, out);
  if (index == 2 && rule.max != Length::unlimited) append_size(rule.max, out);
}
void print_min_length(const MinLength& rule, std::size_t index, std::string& out) {
  if (index == 1) append_size(rule.min, out);
}
void print_max_length(const MaxLength& rule, std::size_t index, std::string& out) {
  if (index == 1) append_size(rule.max, out);
}

std::string_view choose_byte_length_message(const RuleCall& call) {
  const auto& rule = *static_cast<const ByteLength*>(call.parameters);
  if (rule.max == Length::unlimited) {
    return "$each$property's byte length must be at least $constraint1";
  }
  return ByteLength::operations.message;
}

bool check_contains(const Contains& rule, const Subject& subject) {
  return subject.is_string() && subject.text().find(rule.seed) != std::string_view::npos;
}
bool check_not_contains(const NotContains& rule, const Subject& subject) {
  return subject.is_string() && subject.text().find(rule.seed) == std::string_view::npos;
}
template <class P>
void print_seed(const P& rule, std::size_t index, std::string& out) {
  if (index == 1) out += rule.seed;
}

const void* compile_pattern(const void* parameters) {
  const auto& rule = *static_cast<const Matches*>(parameters);
  return std::make_unique<Pattern>(rule.pattern, rule.flags).release();
}
bool check_matches(const RuleCall& call) {
  return call.subject.is_string() &&
         static_cast<const Pattern*>(call.prepared)->found_in(call.subject.text());
}
void print_pattern(const Matches& rule, std::size_t index, std::string& out) {
  if (index != 1) return;
  out += '/';
  out += rule.pattern;
  out += '/';
  out += rule.flags;
}

bool only_ascii(std::string_view text) {
  return all_of(text, [](char c) { return is_ascii(c); });
}

using CaseMapping = int32_t (*)(const UCaseMap*, char*, int32_t, const char*, int32_t, UErrorCode*);

/// The text is what the mapping makes of it. ASCII never reaches ICU.
bool is_fixed_point(std::string_view text, bool (*ascii_fits)(char), CaseMapping map) {
  bool ascii = true;
  for (const char c : text) {
    if (!is_ascii(c)) {
      ascii = false;
    } else if (!ascii_fits(c)) {
      return false;
    }
  }
  if (ascii) return true;
  UErrorCode status = U_ZERO_ERROR;
  UCaseMap* const root = ucasemap_open("", 0, &status);
  if (U_FAILURE(status)) return false;
  std::string mapped(text.size() * 3 + 1, '\0');
  const auto size = map(root, mapped.data(), static_cast<int32_t>(mapped.size()), text.data(),
                        static_cast<int32_t>(text.size()), &status);
  ucasemap_close(root);
  return U_SUCCESS(status) &&
         std::string_view{mapped}.substr(0, static_cast<std::size_t>(size)) == text;
}

bool is_lowercase_text(std::string_view text) {
  return is_fixed_point(
      text, [](char c) { return !is_upper(c); }, &ucasemap_utf8ToLower);
}
bool is_uppercase_text(std::string_view text) {
  return is_fixed_point(
      text, [](char c) { return !is_lower(c); }, &ucasemap_utf8ToUpper);
}

bool is_strong(std::string_view text, const StrongPasswordOptions& options) {
  std::size_t lower = 0;
  std::size_t upper = 0;
  std::size_t numbers = 0;
  std::size_t symbols = 0;
  for (const char c : text) {
    if (is_lower(c)) ++lower;
    if (is_upper(c)) ++upper;
    if (is_digit(c)) ++numbers;
    if (std::string_view{"-#!$@£%^&*()_+|~=`{}[]:\";'<>?,./\\ "}.find(c) !=
            std::string_view::npos &&
        is_ascii(c)) {
      ++symbols;
    }
  }
  for (auto at = text.find("£"); at != std::string_view::npos; at = text.find("£", at + 2)) {
    ++symbols;
  }
  return is_at_least(text, options.min_length) && lower >= options.min_lowercase &&
         upper >= options.min_uppercase && numbers >= options.min_numbers &&
         symbols >= options.min_symbols;
}

}  // namespace

const RuleOperations Length::operations{
    .key = "isLength",
    .message = not_between,
    .signature = "length(min, max)",
    .summary = "has min to max characters (code points)",
    .check = &checked<Length, &check_length>,
    .constraint = &printed<Length, &print_range<Length>>,
    .choose_message = &choose_length_message,
};

const RuleOperations MinLength::operations{
    .key = "minLength",
    .message = "$each$property must be longer than or equal to $constraint1 characters",
    .signature = "min_length(n)",
    .summary = "has n or more characters",
    .check = &checked<MinLength, &check_min_length>,
    .constraint = &printed<MinLength, &print_min_length>,
};

const RuleOperations MaxLength::operations{
    .key = "maxLength",
    .message = "$each$property must be shorter than or equal to $constraint1 characters",
    .signature = "max_length(n)",
    .summary = "has n or fewer characters",
    .check = &checked<MaxLength, &check_max_length>,
    .constraint = &printed<MaxLength, &print_max_length>,
};

const RuleOperations ByteLength::operations{
    .key = "isByteLength",
    .message = "$each$property's byte length must fall into ($constraint1, $constraint2) range",
    .signature = "byte_length(min, max)",
    .summary = "has min to max bytes as UTF-8",
    .check = &checked<ByteLength, &check_byte_length>,
    .constraint = &printed<ByteLength, &print_range<ByteLength>>,
    .choose_message = &choose_byte_length_message,
};

const RuleOperations Contains::operations{
    .key = "contains",
    .message = "$each$property must contain a $constraint1 string",
    .signature = "contains(text)",
    .summary = "has the text somewhere",
    .check = &checked<Contains, &check_contains>,
    .constraint = &printed<Contains, &print_seed<Contains>>,
};

const RuleOperations NotContains::operations{
    .key = "notContains",
    .message = "$each$property should not contain a $constraint1 string",
    .signature = "not_contains(text)",
    .summary = "has the text nowhere",
    .check = &checked<NotContains, &check_not_contains>,
    .constraint = &printed<NotContains, &print_seed<NotContains>>,
};

const RuleOperations Matches::operations{
    .key = "matches",
    .message = "$each$property must match $constraint1 regular expression",
    .signature = "matches(pattern, flags)",
    .summary = "the pattern is found in it (JavaScript syntax; no input stalls the search)",
    .check = &check_matches,
    .constraint = &printed<Matches, &print_pattern>,
    .prepare = &compile_pattern,
};

const RuleOperations IsAscii::operations{
    .key = "isAscii",
    .message = "$each$property must contain only ASCII characters",
    .signature = "is_ascii",
    .summary = "is not empty and has only ASCII characters",
    .check = &checked_text<&only_ascii>,
    .implies_type = true,
};

const RuleOperations IsLowercase::operations{
    .key = "isLowercase",
    .message = "$each$property must be a lowercase string",
    .signature = "is_lowercase",
    .summary = "is its own lower case form (Unicode)",
    .check = &checked_text<&is_lowercase_text>,
    .implies_type = true,
};

const RuleOperations IsUppercase::operations{
    .key = "isUppercase",
    .message = "$each$property must be uppercase",
    .signature = "is_uppercase",
    .summary = "is its own upper case form (Unicode)",
    .check = &checked_text<&is_uppercase_text>,
    .implies_type = true,
};

const RuleOperations IsStrongPassword::operations{
    .key = "isStrongPassword",
    .message = "$each$property is not strong enough",
    .signature = "is_strong_password({…})",
    .summary = "has 8 characters, with a lower and an upper case letter, a digit and a symbol",
    .check = &checked_with_options<IsStrongPassword, &is_strong>,
    .implies_type = true,
};

}  // namespace roost::validation
