// Rules for countries, currencies, languages, coordinates, and the letters of a locale.
#include <roost/base/error.hpp>
#include <roost/validation/detail/code_lists.hpp>
#include <roost/validation/detail/define_rule.hpp>
#include <roost/validation/detail/expression.hpp>
#include <roost/validation/detail/text.hpp>
#include <roost/validation/rules/code_rules.hpp>
#include <roost/validation/rules/string_rules.hpp>
#include <roost/validation/transform.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>

namespace roost::validation {

namespace {

using namespace detail;

/// The code is in a sorted list of codes of the same length, written without separators.
bool is_in_list(std::string_view list, std::string_view code, std::size_t length) {
  if (code.size() != length) return false;
  std::size_t low = 0;
  std::size_t high = list.size() / length;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    const std::string_view entry = list.substr(middle * length, length);
    if (entry == code) return true;
    if (entry < code) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return false;
}

bool is_alpha2(std::string_view text) { return is_in_list(country_alpha2, ascii_upper(text), 2); }
bool is_alpha3(std::string_view text) { return is_in_list(country_alpha3, ascii_upper(text), 3); }
bool is_country_number(std::string_view text) { return is_in_list(country_numeric, text, 3); }
bool is_currency_code(std::string_view text) {
  return is_in_list(currency_codes, ascii_upper(text), 3);
}
bool is_language_code(std::string_view text) { return is_in_list(language_codes, text, 2); }

bool is_latitude_text(std::string_view text) {
  static const re2::RE2 form{R"([+-]?(?:90(?:\.0+)?|[1-8]?\d(?:\.\d+)?))"};
  return covers(form, text);
}
bool is_longitude_text(std::string_view text) {
  static const re2::RE2 form{R"([+-]?(?:180(?:\.0+)?|1[0-7]\d(?:\.\d+)?|\d{1,2}(?:\.\d+)?))"};
  return covers(form, text);
}

bool is_coordinate_pair(std::string_view text) {
  if (text.starts_with('(') != text.ends_with(')')) return false;
  if (text.starts_with('(')) text = text.substr(1, text.size() - 2);
  const auto comma = text.find(',');
  if (comma == std::string_view::npos) return false;
  std::string_view longitude = text.substr(comma + 1);
  if (longitude.starts_with(' ')) longitude.remove_prefix(1);
  return is_latitude_text(text.substr(0, comma)) && is_longitude_text(longitude);
}

template <bool (*check)(std::string_view), std::int64_t limit>
bool check_coordinate(const RuleCall& call) {
  if (call.subject.is_string()) return check(call.subject.text());
  if (!call.subject.is_number()) return false;
  return compare_numbers(call.subject, Subject::integer(-limit)) >= 0 &&
         compare_numbers(call.subject, Subject::integer(limit)) <= 0;
}

/// Letters of an alphabet, as the inside of a character class (lower case is added to them), and
/// the digits that are written beside them.
struct Alphabet {
  std::string_view locale;
  std::string_view letters;
  std::string_view digits = "0-9";
};

constexpr Alphabet alphabets[] = {
    {"en", "A-Z"},
    {"az-AZ", "A-VXYZÇƏĞİıÖŞÜ"},
    {"bg-BG", "А-Я"},
    {"cs-CZ", "A-ZÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ"},
    {"da-DK", "A-ZÆØÅ"},
    {"de-DE", "A-ZÄÖÜß"},
    {"el-GR", "Α-ώΆΈ-ΊΌΎΏ"},
    {"es-ES", "A-ZÁÉÍÑÓÚÜ"},
    {"fa-IR", "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"},
    {"fa", "آاءأؤئبپتثجچحخدذرزژسشصضطظعغفقکگلمنوهةی", "0-9۰-۹"},
    {"fi-FI", "A-ZÅÄÖ"},
    {"fr-FR", "A-ZÀÂÆÇÉÈÊËÏÎÔŒÙÛÜŸ"},
    {"fr-CA", "A-ZÀÂÆÇÉÈÊËÏÎÔŒÙÛÜŸ"},
    {"it-IT", "A-ZÀÉÈÌÎÓÒÙ"},
    {"ja-JP", "ぁ-んァ-ヶｦ-ﾟ一-龠ー・。、"},
    {"nb-NO", "A-ZÆØÅ"},
    {"nl-NL", "A-ZÁÉËÏÓÖÜÚ"},
    {"nn-NO", "A-ZÆØÅ"},
    {"hu-HU", "A-ZÁÉÍÓÖŐÚÜŰ"},
    {"pl-PL", "A-ZĄĆĘŚŁŃÓŻŹ"},
    {"pt-PT", "A-ZÃÁÀÂÄÇÉÊËÍÏÕÓÔÖÚÜ"},
    {"pt-BR", "A-ZÃÁÀÂÄÇÉÊËÍÏÕÓÔÖÚÜ"},
    {"ru-RU", "А-ЯЁ"},
    {"kk-KZ", "А-ЯЁҺӘҢӨҰҮҒҚІ"},
    {"sl-SI", "A-ZČĆĐŠŽ"},
    {"sk-SK", "A-ZÁČĎÉÍŇÓŠŤÚÝŽĹŔĽÄÔ"},
    {"sr-RS", "А-ЯЂЈЉЊЋЏ"},
    {"sr-RS@latin", "A-ZČĆŽŠĐ"},
    {"sv-SE", "A-ZÅÄÖ"},
    {"th-TH", "ก-๐ ", "๐-๙"},
    {"tr-TR", "A-ZÇĞİıÖŞÜ"},
    {"uk-UA", "А-ЩЬЮЯЄIЇҐіІ"},
    {"vi-VN", "A-ZÀÁẠẢÃÂẦẤẬẨẪĂẰẮẶẲẴĐÈÉẸẺẼÊỀẾỆỂỄÌÍỊỈĨÒÓỌỎÕÔỒỐỘỔỖƠỜỚỢỞỠÙÚỤỦŨƯỪỨỰỬỮỲÝỴỶỸ"},
    {"ko-KR", "ㄱ-ㅎㅏ-ㅣ가-힣"},
    {"ku-IQ", "ئابپتجچحخدرڕزژسشعغفڤقکگلڵمنوۆھەیێيطؤثآإأكضصةظذ", "0-9٠-٩"},
    {"ar", "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيًٌٍَُِّْٰ", "0-9٠-٩"},
    {"he", "א-ת"},
    {"hi-IN", "ऀ-ॡॲ-ॿ", "ॢॣ०-ॱ"},
    {"eo", "ABCĈD-GĜHĤIJĴK-PRSŜTUŬVZ"},
    {"si-LK", "අ-ෆ"},
    {"bn",
     "ঀ-ঃঅ-ঌএঐও-নপ-রলশ-হ়ঽ-ৄেৈো-ৎৗড়ঢ়য়-"
     "ৣৰ-"
     "৾",
     "০-৯"},
    {"ta-IN", "\u0B80-\u0BFF"},
    {"te-IN", "\u0C00-\u0C7F"},
    {"kn-IN", "\u0C80-\u0CFF"},
    {"ml-IN", "\u0D00-\u0D7F"},
    {"gu-IN", "\u0A80-\u0AFF"},
    {"pa-IN", "\u0A00-\u0A7F"},
    {"or-IN", "\u0B00-\u0B7F"},
};

/// The alphabet of the locale itself, or of its language; null when neither is known.
const Alphabet* find_alphabet(std::string_view locale) {
  const auto named = [](std::string_view name) {
    return std::find_if(std::begin(alphabets), std::end(alphabets),
                        [&](const Alphabet& alphabet) { return alphabet.locale == name; });
  };
  const auto exact = named(locale);
  if (exact != std::end(alphabets)) return exact;
  const auto language = named(locale.substr(0, locale.find('-')));
  return language != std::end(alphabets) ? language : nullptr;
}

std::unique_ptr<re2::RE2> letters_of(std::string_view locale, bool with_digits) {
  const Alphabet* const alphabet = find_alphabet(locale);
  if (alphabet == nullptr) {
    throw Error{"no alphabet is known for the locale \"" + std::string{locale} +
                "\"; use matches(\"^[…]+$\") with the letters that you mean"};
  }
  // Not (?i): that would take the Kelvin sign for a K. The small form of İ is i and a dot above.
  std::string lower{alphabet->letters};
  lowercase_text(lower);
  for (auto dot = lower.find("\u0307"); dot != std::string::npos; dot = lower.find("\u0307")) {
    lower.erase(dot, 2);
  }
  std::string set = std::string{alphabet->letters} + lower;
  if (with_digits) set += alphabet->digits;
  return std::make_unique<re2::RE2>("[" + set + "]+");
}

const void* prepare_alpha(const void* parameters) {
  return letters_of(static_cast<const IsAlpha*>(parameters)->locale, false).release();
}
const void* prepare_alphanumeric(const void* parameters) {
  return letters_of(static_cast<const IsAlphanumeric*>(parameters)->locale, true).release();
}

bool check_letters(const RuleCall& call) {
  return call.subject.is_string() &&
         covers(*static_cast<const re2::RE2*>(call.prepared), call.subject.text());
}

template <class P>
void print_locale(const P& rule, std::size_t index, std::string& out) {
  if (index == 1) out += rule.locale;
}

}  // namespace

const RuleOperations IsAlpha::operations{
    .key = "isAlpha",
    .message = "$each$property must contain only letters (a-zA-Z)",
    .signature = "is_alpha(locale)",
    .summary = "has only letters of the locale's alphabet (en-US)",
    .check = &check_letters,
    .constraint = &printed<IsAlpha, &print_locale<IsAlpha>>,
    .prepare = &prepare_alpha,
    .implies_type = true,
};

const RuleOperations IsAlphanumeric::operations{
    .key = "isAlphanumeric",
    .message = "$each$property must contain only letters and numbers",
    .signature = "is_alphanumeric(locale)",
    .summary = "has only letters of the locale's alphabet (en-US) and digits",
    .check = &check_letters,
    .constraint = &printed<IsAlphanumeric, &print_locale<IsAlphanumeric>>,
    .prepare = &prepare_alphanumeric,
    .implies_type = true,
};

const RuleOperations IsLatitude::operations{
    .key = "isLatitude",
    .message = "$each$property must be a latitude string or number",
    .signature = "is_latitude",
    .summary = "is −90 to 90, as number or text",
    .check = &check_coordinate<&is_latitude_text, 90>,
};

const RuleOperations IsLongitude::operations{
    .key = "isLongitude",
    .message = "$each$property must be a longitude string or number",
    .signature = "is_longitude",
    .summary = "is −180 to 180, as number or text",
    .check = &check_coordinate<&is_longitude_text, 180>,
};

template <>
const RuleOperations IsLatLong::operations = text_operations<&is_coordinate_pair>(
    "isLatLong", "$each$property must be a latitude,longitude string", "is_lat_long",
    "is the text of a latitude and a longitude");
template <>
const RuleOperations IsIso31661Alpha2::operations = text_operations<&is_alpha2>(
    "isISO31661Alpha2", "$each$property must be a valid ISO31661 Alpha2 code", "is_iso31661_alpha2",
    "is a country code of two letters");
template <>
const RuleOperations IsIso31661Alpha3::operations = text_operations<&is_alpha3>(
    "isISO31661Alpha3", "$each$property must be a valid ISO31661 Alpha3 code", "is_iso31661_alpha3",
    "is a country code of three letters");
template <>
const RuleOperations IsIso31661Numeric::operations = text_operations<&is_country_number>(
    "isISO31661Numeric", "$each$property must be a valid ISO 3166-1 numeric country code",
    "is_iso31661_numeric", "is a country code of three digits");
template <>
const RuleOperations IsIso4217CurrencyCode::operations = text_operations<&is_currency_code>(
    "isISO4217CurrencyCode", "$each$property must be a valid ISO4217 currency code",
    "is_iso4217_currency_code", "is a currency code of three letters");
template <>
const RuleOperations IsIso6391::operations = text_operations<&is_language_code>(
    "isISO6391", "$each$property must be a valid ISO 639-1 language code", "is_iso6391",
    "is a language code of two letters");

}  // namespace roost::validation
