// Rules for texts of a known form: identifiers, encodings, versions, colours.
#include <roost/validation/detail/define_rule.hpp>
#include <roost/validation/detail/expression.hpp>
#include <roost/validation/detail/json_syntax.hpp>
#include <roost/validation/detail/text.hpp>
#include <roost/validation/rules/format_rules.hpp>

#include <algorithm>

namespace roost::validation {

namespace {

using namespace detail;

/// 8-4-4-4-12 hexadecimal digits.
bool has_uuid_shape(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

bool consists_of(std::string_view uuid, char digit) {
  return std::all_of(uuid.begin(), uuid.end(),
                     [&](char c) { return c == '-' || to_lower(c) == digit; });
}

bool has_uuid_version(std::string_view uuid, std::string_view version) {
  if (version == "loose") return true;
  if (version == "nil") return consists_of(uuid, '0');
  if (version == "max") return consists_of(uuid, 'f');
  const char variant = to_lower(uuid[19]);
  const bool standard = variant == '8' || variant == '9' || variant == 'a' || variant == 'b';
  if (version == "all") {
    return (standard && uuid[14] >= '1' && uuid[14] <= '8') || consists_of(uuid, '0') ||
           consists_of(uuid, 'f');
  }
  return version.size() == 1 && version[0] >= '1' && version[0] <= '8' && standard &&
         uuid[14] == version[0];
}

bool check_uuid(const IsUuid& rule, const Subject& subject) {
  if (!subject.is_string() || !has_uuid_shape(subject.text())) return false;
  if (rule.versions.empty()) return has_uuid_version(subject.text(), "all");
  return std::any_of(rule.versions.begin(), rule.versions.end(), [&](std::string_view version) {
    return has_uuid_version(subject.text(), version);
  });
}

bool is_base64_character(char c, bool url_safe) {
  return is_alphanumeric(c) || (url_safe ? c == '-' || c == '_' : c == '+' || c == '/');
}

bool is_base64_text(std::string_view text, const Base64Options& options) {
  const bool padded = options.padding < 0 ? !options.url_safe : options.padding == 1;
  if (padded) {
    if (text.size() % 4 != 0) return false;
    if (text.ends_with('=')) text.remove_suffix(1);
    if (text.ends_with('=')) text.remove_suffix(1);
  }
  return text.empty() ||
         all_of(text, [&](char c) { return is_base64_character(c, options.url_safe); });
}

bool is_base32_text(std::string_view text) {
  if (text.size() % 8 != 0) return false;
  const auto end = text.find_last_not_of('=');
  if (end == std::string_view::npos) return false;
  return all_of(text.substr(0, end + 1),
                [](char c) { return is_upper(c) || (c >= '2' && c <= '7'); });
}

bool is_base58_text(std::string_view text) {
  return text.empty() || all_of(text, [](char c) {
           return is_alphanumeric(c) && c != '0' && c != 'O' && c != 'I' && c != 'l';
         });
}

bool is_jwt_text(std::string_view text) {
  int parts = 0;
  const bool good = split(text, '.', [&](std::string_view part) {
    ++parts;
    return all_of(part, [](char c) { return is_base64_character(c, true); });
  });
  return good && parts == 3;
}

bool is_data_uri_text(std::string_view text) {
  static const re2::RE2 head{
      R"((?i)(?-i:data:)(?:[a-z]+/[a-z0-9\-+._]+)?(?:;[a-z\-]+=[a-z0-9\-]+)*(?:;base64)?)"};
  static const re2::RE2 data{R"((?i)[a-z0-9!$&'()*+,;=\-._~:@/?% ]*)"};
  const auto comma = text.find(',');
  return comma != std::string_view::npos && covers_ascii(head, text.substr(0, comma)) &&
         covers_ascii(data, text.substr(comma + 1));
}

bool is_mime_type_text(std::string_view text) {
  static const re2::RE2 plain{
      R"((?i)(?:application|audio|font|image|message|model|multipart|text|video)/[a-z0-9.\-+_]{1,100})"};
  static const re2::RE2 charset{
      R"re((?i)text/[a-z0-9.\-+]{1,100}; ?charset=(?:"[a-z0-9.\-+ ]{0,70}"|[a-z0-9.\-+]{0,70})(?: ?\([a-z0-9.\-+ ]{1,20}\))?)re"};
  static const re2::RE2 multipart{
      R"re((?i)multipart/[a-z0-9.\-+]{1,100}(?:; ?(?:boundary|charset)=(?:"[a-z0-9.\-+ ]{0,70}"|[a-z0-9.\-+]{0,70})(?: ?\([a-z0-9.\-+ ]{1,20}\))?){0,2})re"};
  return covers_ascii(plain, text) || covers_ascii(charset, text) || covers_ascii(multipart, text);
}

bool is_semver_text(std::string_view text) {
  static const re2::RE2 version{
      R"((?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*))"
      R"((?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?)"
      R"((?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?)"};
  return covers(version, text);
}

bool is_locale_text(std::string_view text) {
  // RFC 5646, with _ beside - between the parts, and its tags from before.
  static const re2::RE2 tag{
      R"((?:[a-zA-Z]{2,3}(?:-[a-zA-Z]{3}(?:-[a-zA-Z]{3}){0,2})?|[a-zA-Z]{5,8}))"
      R"((?:[-_][a-zA-Z]{4})?(?:[-_](?:[a-zA-Z]{2}|\d{3}))?)"
      R"((?:[-_](?:[a-zA-Z0-9]{5,8}|\d[a-zA-Z0-9]{3}))*)"
      R"((?:[-_][0-9a-wy-zA-WY-Z](?:-[a-zA-Z0-9]{2,8})+)*(?:[-_]x(?:-[a-zA-Z0-9]{1,8})+)?)"};
  static const re2::RE2 special{
      R"(x(?:-[a-zA-Z0-9]{1,8})+|en-GB-oed|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu))"
      R"(|sgn-(?:BE-FR|BE-NL|CH-DE)|art-lojban|cel-gaulish|no-(?:bok|nyn)|zh-(?:guoyu|hakka|min|min-nan|xiang))"};
  return covers(tag, text) || covers(special, text);
}

bool is_mongo_id_text(std::string_view text) { return text.size() == 24 && all_of(text, is_hex); }

std::size_t hash_digits(std::string_view algorithm) {
  struct Algorithm {
    std::string_view name;
    std::size_t digits;
  };
  static constexpr Algorithm known[] = {
      {"crc32", 8},     {"crc32b", 8},     {"md4", 32},    {"md5", 32},      {"ripemd128", 32},
      {"tiger128", 32}, {"ripemd160", 40}, {"sha1", 40},   {"tiger160", 40}, {"tiger192", 48},
      {"sha256", 64},   {"sha384", 96},    {"sha512", 128}};
  for (const Algorithm& entry : known) {
    if (entry.name == algorithm) return entry.digits;
  }
  return 0;
}

bool check_hash(const IsHash& rule, const Subject& subject) {
  return subject.is_string() && subject.text().size() == hash_digits(rule.algorithm) &&
         all_of(subject.text(), is_hex);
}
void print_algorithm(const IsHash& rule, std::size_t index, std::string& out) {
  if (index == 1) out += rule.algorithm;
}

bool is_hex_color_text(std::string_view text) {
  if (text.starts_with('#')) text.remove_prefix(1);
  const std::size_t size = text.size();
  return (size == 3 || size == 4 || size == 6 || size == 8) && all_of(text, is_hex);
}

bool is_hexadecimal_text(std::string_view text) {
  if (text.size() > 2 && text[0] == '0' && (to_lower(text[1]) == 'x' || to_lower(text[1]) == 'h')) {
    text.remove_prefix(2);
  }
  return all_of(text, is_hex);
}

bool is_octal_text(std::string_view text) {
  if (text.size() > 2 && text[0] == '0' && to_lower(text[1]) == 'o') text.remove_prefix(2);
  return all_of(text, [](char c) { return c >= '0' && c <= '7'; });
}

bool is_hsl_text(std::string_view text) {
#define ROOST_NUMBER R"([+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?)"
  static const re2::RE2 commas{"(?i)hsla?\\( ?" ROOST_NUMBER
                               "(?:deg|grad|rad|turn)?(?: ?, ?" ROOST_NUMBER
                               "%){2}(?: ?, ?" ROOST_NUMBER "%?)? ?\\)"};
  static const re2::RE2 blanks{"(?i)hsla?\\( ?" ROOST_NUMBER
                               "(?:deg|grad|rad|turn)?(?: " ROOST_NUMBER "%){2} ?(?:/ " ROOST_NUMBER
                               "%?)? ?\\)"};
#undef ROOST_NUMBER
  std::string single;  // runs of blanks count as one
  for (const char c : text) {
    if (c != ' ' || !single.ends_with(' ')) single.push_back(c);
  }
  return covers_ascii(commas, single) || covers_ascii(blanks, single);
}

bool is_rgb_color_text(std::string_view text, const RgbColorOptions& options) {
  static const re2::RE2 numbers{
      R"(rgb\((?:(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5]),){2}(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])\))"
      R"(|rgba\((?:(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5]),){3}(?:0?\.\d\d?|1(?:\.0)?|0(?:\.0)?)\))"};
  static const re2::RE2 percents{
      R"(rgb\((?:(?:\d|[1-9]\d|100)%,){2}(?:\d|[1-9]\d|100)%\))"
      R"(|rgba\((?:(?:\d|[1-9]\d|100)%,){3}(?:0?\.\d\d?|1(?:\.0)?|0(?:\.0)?)\))"};
  return covers(numbers, text) || (options.include_percent_values && covers(percents, text));
}

bool is_magnet_uri_text(std::string_view text) {
  static const re2::RE2 topic{
      R"((?i)(?:^magnet:\?|[^?&]&)xt(?:\.1)?=urn:(?:(?:aich|bitprint|btih|ed2k|ed2khash|kzhash|md5|sha1|tree:tiger):)"
      R"([a-z0-9]{32}(?:[a-z0-9]{8})?|btmh:1220[a-z0-9]{64})(?:$|&))"};
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' || !is_ascii(c); });
  return printable && text.starts_with("magnet:?") && finds(topic, text);
}

bool is_firebase_push_id_text(std::string_view text) {
  return text.size() == 20 && all_of(text, [](char c) { return is_base64_character(c, true); });
}

}  // namespace

const RuleOperations IsUuid::operations{
    .key = "isUuid",
    .message = "$each$property must be a UUID",
    .signature = "is_uuid(versions…)",
    .summary = "is a UUID, of one of the versions where some are given",
    .check = &checked<IsUuid, &check_uuid>,
    .implies_type = true,
};

const RuleOperations IsBase64::operations{
    .key = "isBase64",
    .message = "$each$property must be base64 encoded",
    .signature = "is_base64({…})",
    .summary = "is base64, or base64url with `.url_safe = true`",
    .check = &checked_with_options<IsBase64, &is_base64_text>,
    .implies_type = true,
};

const RuleOperations IsHash::operations{
    .key = "isHash",
    .message = "$each$property must be a hash of type $constraint1",
    .signature = "is_hash(algorithm)",
    .summary = "has as many hexadecimal digits as the algorithm gives",
    .check = &checked<IsHash, &check_hash>,
    .constraint = &printed<IsHash, &print_algorithm>,
    .implies_type = true,
};

const RuleOperations IsRgbColor::operations{
    .key = "isRgbColor",
    .message = "$each$property must be RGB color",
    .signature = "is_rgb_color({…})",
    .summary = "is a colour rgb(…) or rgba(…)",
    .check = &checked_with_options<IsRgbColor, &is_rgb_color_text>,
    .implies_type = true,
};

template <>
const RuleOperations IsJson::operations =
    text_operations<&is_json_container>("isJson", "$each$property must be a json string", "is_json",
                                        "is the text of a JSON object or array");
template <>
const RuleOperations IsJwt::operations =
    text_operations<&is_jwt_text>("isJwt", "$each$property must be a jwt string", "is_jwt",
                                  "is three base64url parts between dots");
template <>
const RuleOperations IsBase32::operations = text_operations<&is_base32_text>(
    "isBase32", "$each$property must be base32 encoded", "is_base32", "is base32");
template <>
const RuleOperations IsBase58::operations = text_operations<&is_base58_text>(
    "isBase58", "$each$property must be base58 encoded", "is_base58", "is base58");
template <>
const RuleOperations IsDataUri::operations = text_operations<&is_data_uri_text>(
    "isDataURI", "$each$property must be a data uri format", "is_data_uri", "is a data: URI");
template <>
const RuleOperations IsMimeType::operations = text_operations<&is_mime_type_text>(
    "isMimeType", "$each$property must be MIME type format", "is_mime_type", "is a MIME type");
template <>
const RuleOperations IsSemVer::operations = text_operations<&is_semver_text>(
    "isSemVer", "$each$property must be a Semantic Versioning Specification", "is_semver",
    "is a version by semver.org");
template <>
const RuleOperations IsLocale::operations = text_operations<&is_locale_text>(
    "isLocale", "$each$property must be locale", "is_locale", "is a language tag");
template <>
const RuleOperations IsMongoId::operations = text_operations<&is_mongo_id_text>(
    "isMongoId", "$each$property must be a mongodb id", "is_mongo_id", "is 24 hexadecimal digits");
template <>
const RuleOperations IsHexColor::operations = text_operations<&is_hex_color_text>(
    "isHexColor", "$each$property must be a hexadecimal color", "is_hex_color",
    "is 3, 4, 6 or 8 hexadecimal digits, with or without #");
template <>
const RuleOperations IsHexadecimal::operations = text_operations<&is_hexadecimal_text>(
    "isHexadecimal", "$each$property must be a hexadecimal number", "is_hexadecimal",
    "is hexadecimal digits, with or without 0x");
template <>
const RuleOperations IsOctal::operations =
    text_operations<&is_octal_text>("isOctal", "$each$property must be valid octal number",
                                    "is_octal", "is octal digits, with or without 0o");
template <>
const RuleOperations IsHsl::operations = text_operations<&is_hsl_text>(
    "isHSL", "$each$property must be a HSL color", "is_hsl", "is a colour hsl(…)");
template <>
const RuleOperations IsMagnetUri::operations = text_operations<&is_magnet_uri_text>(
    "isMagnetURI", "$each$property must be magnet uri format", "is_magnet_uri", "is a magnet: URI");
template <>
const RuleOperations IsFirebasePushId::operations = text_operations<&is_firebase_push_id_text>(
    "IsFirebasePushId", "$each$property must be a Firebase Push Id", "is_firebase_push_id",
    "is 20 characters of base64url");

}  // namespace roost::validation
