// Rules for texts that stand for numbers and booleans, and for the width of characters.
#include <roost/validation/detail/define_rule.hpp>
#include <roost/validation/detail/text.hpp>
#include <roost/validation/rules/format_rules.hpp>

namespace roost::validation {

namespace {

using namespace detail;

/// The decimal point of a locale; empty when the locale is not known.
std::string_view decimal_point(std::string_view locale) {
  static constexpr std::string_view comma[] = {
      "bg-BG", "cs-CZ", "da-DK", "de-DE", "el-GR", "en-ZM", "eo",          "es-ES",
      "fr-CA", "fr-FR", "gu-IN", "id-ID", "it-IT", "kn-IN", "ku-IQ",       "hi-IN",
      "hu-HU", "ml-IN", "nb-NO", "nn-NO", "nl-NL", "or-IN", "pa-IN",       "pl-PL",
      "pt-PT", "ru-RU", "kk-KZ", "si-LK", "sl-SI", "sr-RS", "sr-RS@latin", "sv-SE",
      "ta-IN", "te-IN", "tr-TR", "uk-UA", "vi-VN", "pt-BR"};
  for (const std::string_view known : comma) {
    if (locale == known) return ",";
  }
  if (locale.starts_with("en-") || locale.starts_with("bn-") || locale == "ar-EG" ||
      locale == "ar-LB" || locale == "ar-LY") {
    return ".";
  }
  if (locale.starts_with("ar") || locale.starts_with("fa-")) return "٫";
  return {};
}

void skip_sign(std::string_view& text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
}

bool is_number_text(std::string_view text, const NumberStringOptions& options) {
  if (options.no_symbols) return all_of(text, is_digit);
  const std::string_view point = options.locale.empty() ? "." : decimal_point(options.locale);
  skip_sign(text);
  const auto at = point.empty() ? std::string_view::npos : text.find(point);
  if (at == std::string_view::npos) return all_of(text, is_digit);
  const std::string_view whole = text.substr(0, at);
  return (whole.empty() || all_of(whole, is_digit)) &&
         all_of(text.substr(at + point.size()), is_digit);
}

bool is_decimal_text(std::string_view text, const DecimalOptions& options) {
  const std::string_view point = decimal_point(options.locale);
  if (point.empty()) return false;
  skip_sign(text);
  const auto at = text.find(point);
  if (at == std::string_view::npos) return !options.force_decimal && all_of(text, is_digit);
  const std::string_view whole = text.substr(0, at);
  const std::string_view digits = text.substr(at + point.size());
  if (whole.empty() && digits.empty()) return false;
  if (!whole.empty() && !all_of(whole, is_digit)) return false;
  if (!digits.empty() && !all_of(digits, is_digit)) return false;
  const auto count = static_cast<int>(digits.size());
  return count >= options.min_digits && (options.max_digits < 0 || count <= options.max_digits);
}

bool is_boolean_text(std::string_view text) {
  return text == "true" || text == "false" || text == "1" || text == "0";
}

bool is_half_width_character(char32_t c) {
  return (c >= 0x20 && c <= 0x7E) || (c >= 0xFF61 && c <= 0xFFDC) || (c >= 0xFFE8 && c <= 0xFFEE);
}

template <class Fits>
bool has_character(std::string_view text, Fits fits) {
  return !text.empty() && !all_code_points(text, [&](char32_t c) { return !fits(c); });
}

bool has_full_width(std::string_view text) {
  return has_character(text, [](char32_t c) { return !is_half_width_character(c); });
}
bool has_half_width(std::string_view text) {
  return has_character(text, [](char32_t c) { return is_half_width_character(c); });
}
bool has_both_widths(std::string_view text) { return has_full_width(text) && has_half_width(text); }
bool has_multibyte(std::string_view text) {
  return has_character(text, [](char32_t c) { return c > 0x7F; });
}
bool has_astral(std::string_view text) {
  return has_character(text, [](char32_t c) { return c > 0xFFFF; });
}

}  // namespace

const RuleOperations IsNumberString::operations{
    .key = "isNumberString",
    .message = "$each$property must be a number string",
    .signature = "is_number_string({…})",
    .summary = "is the text of a number",
    .check = &checked_with_options<IsNumberString, &is_number_text>,
    .implies_type = true,
};

const RuleOperations IsDecimal::operations{
    .key = "isDecimal",
    .message = "$each$property is not a valid decimal number.",
    .signature = "is_decimal({…})",
    .summary = "is the text of a decimal number",
    .check = &checked_with_options<IsDecimal, &is_decimal_text>,
    .implies_type = true,
};

template <>
const RuleOperations IsBooleanString::operations = text_operations<&is_boolean_text>(
    "isBooleanString", "$each$property must be a boolean string", "is_boolean_string",
    "is \"true\", \"false\", \"1\" or \"0\"");
template <>
const RuleOperations IsFullWidth::operations = text_operations<&has_full_width>(
    "isFullWidth", "$each$property must contain a full-width characters", "is_full_width",
    "has a full-width character");
template <>
const RuleOperations IsHalfWidth::operations = text_operations<&has_half_width>(
    "isHalfWidth", "$each$property must contain a half-width characters", "is_half_width",
    "has a half-width character");
template <>
const RuleOperations IsVariableWidth::operations = text_operations<&has_both_widths>(
    "isVariableWidth", "$each$property must contain a full-width and half-width characters",
    "is_variable_width", "has characters of both widths");
template <>
const RuleOperations IsMultibyte::operations = text_operations<&has_multibyte>(
    "isMultibyte", "$each$property must contain one or more multibyte chars", "is_multibyte",
    "has a character beyond ASCII");
template <>
const RuleOperations IsSurrogatePair::operations = text_operations<&has_astral>(
    "isSurrogatePair", "$each$property must contain any surrogate pairs chars", "is_surrogate_pair",
    "has a character beyond U+FFFF");

}  // namespace roost::validation
