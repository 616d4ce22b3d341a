// Rules for countries, currencies, languages, coordinates, and the letters of a locale.
#include <roost/base/error.hpp>
#include <roost/validation/detail/code_lists.hpp>
#include <roost/validation/detail/define_rule.hpp>
#include <roost/validation/detail/expression.hpp>
#include <roost/validation/detail/text.hpp>
#include <roost/validation/rules/code_rules.hpp>
#include <roost/validation/rules/string_rules.hpp>
#include <roost/validation/transform.hpp>

#include <map>
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

template <bool (*check)(std::string_view)>
bool check_coordinate(const RuleCall& call) {
  if (call.subject.is_string()) return check(call.subject.text());
  if (!call.subject.is_number()) return false;
  std::string text;
  append_text(call.subject, text);
  return check(text);
}

/// Letters of the alphabets, as the inside of a character class; lower case is added to them.
const std::map<std::string_view, std::string_view>& alphabets() {
  static const std::map<std::string_view, std::string_view> known{
      {"en", "A-Z"},
      {"bg-BG", "А-Я"},
      {"cs-CZ", "A-ZÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ"},
      {"da-DK", "A-ZÆØÅ"},
      {"de-DE", "A-ZÄÖÜß"},
      {"el-GR", "Α-ώ"},
      {"es-ES", "A-ZÁÉÍÑÓÚÜ"},
      {"fa-IR", "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"},
      {"fi-FI", "A-ZÅÄÖ"},
      {"fr-FR", "A-ZÀÂÆÇÉÈÊËÏÎÔŒÙÛÜŸ"},
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
      {"th-TH", "ก-๐"},
      {"tr-TR", "A-ZÇĞİıÖŞÜ"},
      {"uk-UA", "А-ЩЬЮЯЄIЇҐі"},
      {"vi-VN", "A-ZÀÁẠẢÃÂẦẤẬẨẪĂẰẮẶẲẴĐÈÉẸẺẼÊỀẾỆỂỄÌÍỊỈĨÒÓỌỎÕÔỒỐỘỔỖƠỜỚỢỞỠÙÚỤỦŨƯỪỨỰỬỮỲÝỴỶỸ"},
      {"ko-KR", "ㄱ-ㅎㅏ-ㅣ가-힣"},
      {"ku-IQ", "ئابپتجچحخدرڕزژسشعغفڤقکگلڵمنوۆھەیێيطؤثآإأكضصةظذ"},
      {"ar", "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيًٌٍَُِّْٰ"},
      {"he", "א-ת"},
      {"hi-IN", "ऀ-ॡॲ-ॿ"},
      {"eo", "ABCĈD-GĜHĤIJĴK-PRSŜTUŬVZ"},
      {"bn-BD", "অআইঈউঊঋঌএঐওঔকখগঘঙচছজঝঞটঠডঢণতথদধনপফবভমযরলশষসহড়ঢ়য়ৎংঃঁািীুূৃৄেৈোৌ্"},
      {"si-LK", "අ-ෆ"},
  };
  return known;
}

std::unique_ptr<re2::RE2> letters_of(std::string_view locale, std::string_view more) {
  const auto& known = alphabets();
  auto entry = known.find(locale);
  if (entry == known.end() && locale.starts_with("en-")) entry = known.find("en");
  if (entry == known.end() && locale.starts_with("ar-")) entry = known.find("ar");
  if (entry == known.end()) {
    throw Error{"no alphabet is known for the locale \"" + std::string{locale} +
                "\"; use matches(\"^[…]+$\") with the letters that you mean"};
  }
  // Not (?i): that would take the Kelvin sign for a K.
  std::string letters{entry->second};
  std::string lower = letters;
  lowercase_text(lower);
  letters += lower;
  letters += more;
  if (!more.empty() && entry->first == "ar") letters += "٠-٩";
  return std::make_unique<re2::RE2>("[" + letters + "]+");
}

const void* prepare_alpha(const void* parameters) {
  return letters_of(static_cast<const IsAlpha*>(parameters)->locale, {}).release();
}
const void* prepare_alphanumeric(const void* parameters) {
  return letters_of(static_cast<const IsAlphanumeric*>(parameters)->locale, "0-9").release();
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
    .check = &check_coordinate<&is_latitude_text>,
};

const RuleOperations IsLongitude::operations{
    .key = "isLongitude",
    .message = "$each$property must be a longitude string or number",
    .signature = "is_longitude",
    .summary = "is −180 to 180, as number or text",
    .check = &check_coordinate<&is_longitude_text>,
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
