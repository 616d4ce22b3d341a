// Rules for texts of a known form: identifiers, encodings, versions, colours, numbers as text.
#pragma once

#include <roost/validation/literal.hpp>
#include <roost/validation/rule.hpp>

#include <cstdint>
#include <string_view>

namespace roost::validation {

struct IsUuid {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  TextList versions{};  // "1" … "8", "nil", "max", "loose", "all"; empty: all
};
struct Base64Options {
  bool url_safe = false;
  int padding = -1;  // 1 with, 0 without, −1 the opposite of url_safe
};
struct IsBase64 {
  using Options = Base64Options;
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  Options options{};
};
struct IsHash {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  std::string_view algorithm;
};
struct NumberStringOptions {
  bool no_symbols = false;
  std::string_view locale = {};  // decides on the decimal point
};
struct IsNumberString {
  using Options = NumberStringOptions;
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  Options options{};
};
struct DecimalOptions {
  bool force_decimal = false;
  int min_digits = 1;   // after the point, where there is one
  int max_digits = -1;  // −1: any number
  std::string_view locale = "en-US";
};
struct IsDecimal {
  using Options = DecimalOptions;
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  Options options{};
};
struct RgbColorOptions {
  bool include_percent_values = true;
};
struct IsRgbColor {
  using Options = RgbColorOptions;
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  Options options{};
};

/// A rule for texts that has no parameters; Tag tells one from the other.
template <class Tag>
struct TextFormat {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
};

using IsJson = TextFormat<struct JsonFormat>;
using IsJwt = TextFormat<struct JwtFormat>;
using IsBase32 = TextFormat<struct Base32Format>;
using IsBase58 = TextFormat<struct Base58Format>;
using IsDataUri = TextFormat<struct DataUriFormat>;
using IsMimeType = TextFormat<struct MimeTypeFormat>;
using IsSemVer = TextFormat<struct SemVerFormat>;
using IsLocale = TextFormat<struct LocaleFormat>;
using IsMongoId = TextFormat<struct MongoIdFormat>;
using IsHexColor = TextFormat<struct HexColorFormat>;
using IsHexadecimal = TextFormat<struct HexadecimalFormat>;
using IsOctal = TextFormat<struct OctalFormat>;
using IsHsl = TextFormat<struct HslFormat>;
using IsMagnetUri = TextFormat<struct MagnetUriFormat>;
using IsFirebasePushId = TextFormat<struct FirebasePushIdFormat>;
using IsBooleanString = TextFormat<struct BooleanStringFormat>;
using IsFullWidth = TextFormat<struct FullWidthFormat>;
using IsHalfWidth = TextFormat<struct HalfWidthFormat>;
using IsVariableWidth = TextFormat<struct VariableWidthFormat>;
using IsMultibyte = TextFormat<struct MultibyteFormat>;
using IsSurrogatePair = TextFormat<struct SurrogatePairFormat>;

// Specialised in format_rules.cpp and wide_rules.cpp.
template <>
const RuleOperations IsJson::operations;
template <>
const RuleOperations IsJwt::operations;
template <>
const RuleOperations IsBase32::operations;
template <>
const RuleOperations IsBase58::operations;
template <>
const RuleOperations IsDataUri::operations;
template <>
const RuleOperations IsMimeType::operations;
template <>
const RuleOperations IsSemVer::operations;
template <>
const RuleOperations IsLocale::operations;
template <>
const RuleOperations IsMongoId::operations;
template <>
const RuleOperations IsHexColor::operations;
template <>
const RuleOperations IsHexadecimal::operations;
template <>
const RuleOperations IsOctal::operations;
template <>
const RuleOperations IsHsl::operations;
template <>
const RuleOperations IsMagnetUri::operations;
template <>
const RuleOperations IsFirebasePushId::operations;
template <>
const RuleOperations IsBooleanString::operations;
template <>
const RuleOperations IsFullWidth::operations;
template <>
const RuleOperations IsHalfWidth::operations;
template <>
const RuleOperations IsVariableWidth::operations;
template <>
const RuleOperations IsMultibyte::operations;
template <>
const RuleOperations IsSurrogatePair::operations;

}  // namespace roost::validation

namespace roost {

/// A UUID of any version, or of these: is_uuid(4), is_uuid(4, 7), is_uuid("nil").
constexpr auto is_uuid() { return validation::Rule<validation::IsUuid>{}; }
template <class... Versions>
requires(sizeof...(Versions) > 0) constexpr auto is_uuid(Versions... versions) {
  constexpr auto name = [](auto version) {
    if constexpr (std::is_integral_v<decltype(version)>) {
      constexpr std::string_view digits = "0123456789";
      const bool known = version >= 1 && version <= 9;
      return known ? digits.substr(static_cast<std::size_t>(version), 1) : std::string_view{"?"};
    } else {
      return std::string_view{version};
    }
  };
  return validation::Rule<validation::IsUuid>{{}, {validation::TextList{name(versions)...}}};
}
/// The text of a JSON object or array.
inline constexpr validation::Rule<validation::IsJson> is_json{};
/// Three base64url parts between dots. Nothing is decoded, no signature checked.
inline constexpr validation::Rule<validation::IsJwt> is_jwt{};
inline constexpr validation::Rule<validation::IsBase32> is_base32{};
inline constexpr validation::Rule<validation::IsBase58> is_base58{};
inline constexpr validation::Rule<validation::IsBase64> is_base64{};
/// `data:text/plain;base64,…`
inline constexpr validation::Rule<validation::IsDataUri> is_data_uri{};
inline constexpr validation::Rule<validation::IsMimeType> is_mime_type{};
/// A version by semver.org: 1.2.3-beta.1+build.
inline constexpr validation::Rule<validation::IsSemVer> is_semver{};
/// A language tag: en, de-DE, zh-Hant-TW.
inline constexpr validation::Rule<validation::IsLocale> is_locale{};
/// 24 hexadecimal digits.
inline constexpr validation::Rule<validation::IsMongoId> is_mongo_id{};
/// The hexadecimal form of a hash: is_hash("sha256").
constexpr auto is_hash(std::string_view algorithm) {
  return validation::Rule<validation::IsHash>{{}, {algorithm}};
}
/// #fff, #ffff, #ffffff, #ffffffff; the # may be left out.
inline constexpr validation::Rule<validation::IsHexColor> is_hex_color{};
inline constexpr validation::Rule<validation::IsHexadecimal> is_hexadecimal{};
inline constexpr validation::Rule<validation::IsOctal> is_octal{};
inline constexpr validation::Rule<validation::IsHsl> is_hsl{};
inline constexpr validation::Rule<validation::IsRgbColor> is_rgb_color{};
inline constexpr validation::Rule<validation::IsMagnetUri> is_magnet_uri{};
inline constexpr validation::Rule<validation::IsFirebasePushId> is_firebase_push_id{};
/// "true", "false", "1" or "0".
inline constexpr validation::Rule<validation::IsBooleanString> is_boolean_string{};
/// Digits with an optional sign and decimal point.
inline constexpr validation::Rule<validation::IsNumberString> is_number_string{};
inline constexpr validation::Rule<validation::IsDecimal> is_decimal{};
inline constexpr validation::Rule<validation::IsFullWidth> is_full_width{};
inline constexpr validation::Rule<validation::IsHalfWidth> is_half_width{};
inline constexpr validation::Rule<validation::IsVariableWidth> is_variable_width{};
inline constexpr validation::Rule<validation::IsMultibyte> is_multibyte{};
inline constexpr validation::Rule<validation::IsSurrogatePair> is_surrogate_pair{};

}  // namespace roost
