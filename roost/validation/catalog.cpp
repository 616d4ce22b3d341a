// The list of all rules.
#include <roost/validation/catalog.hpp>
#include <roost/validation/rules.hpp>

namespace roost::validation {

namespace {

constexpr CatalogEntry entries[] = {
    {"Any value", &Defined::operations},
    {"Any value", &NotEmpty::operations},
    {"Any value", &IsEmpty::operations},
    {"Any value", &Equals::operations},
    {"Any value", &NotEquals::operations},
    {"Any value", &OneOf<1>::operations},
    {"Any value", &NotOneOf<1>::operations},
    {"Kinds of values", &IsString::operations},
    {"Kinds of values", &IsBoolean::operations},
    {"Kinds of values", &IsNumber::operations},
    {"Kinds of values", &IsInteger::operations},
    {"Kinds of values", &IsDate::operations},
    {"Kinds of values", &IsArray::operations},
    {"Kinds of values", &IsObject::operations},
    {"Kinds of values", &NotEmptyObject::operations},
    {"Numbers", &Min::operations},
    {"Numbers", &Max::operations},
    {"Numbers", &Positive::operations},
    {"Numbers", &Negative::operations},
    {"Numbers", &DivisibleBy::operations},
    {"Containers", &ArrayNotEmpty::operations},
    {"Containers", &ArrayMinSize::operations},
    {"Containers", &ArrayMaxSize::operations},
    {"Containers", &ArrayUnique::operations},
    {"Containers", &ArrayUniqueBy<&CatalogEntry::family>::operations},
    {"Containers", &ArrayContains<1>::operations},
    {"Containers", &ArrayNotContains<1>::operations},
    {"Texts", &Length::operations},
    {"Texts", &MinLength::operations},
    {"Texts", &MaxLength::operations},
    {"Texts", &ByteLength::operations},
    {"Texts", &Contains::operations},
    {"Texts", &NotContains::operations},
    {"Texts", &Matches::operations},
    {"Texts", &IsAlpha::operations},
    {"Texts", &IsAlphanumeric::operations},
    {"Texts", &IsAscii::operations},
    {"Texts", &IsLowercase::operations},
    {"Texts", &IsUppercase::operations},
    {"Texts", &IsStrongPassword::operations},
    {"Texts", &IsFullWidth::operations},
    {"Texts", &IsHalfWidth::operations},
    {"Texts", &IsVariableWidth::operations},
    {"Texts", &IsMultibyte::operations},
    {"Texts", &IsSurrogatePair::operations},
    {"Addresses", &IsEmail::operations},
    {"Addresses", &IsUrl::operations},
    {"Addresses", &IsFqdn::operations},
    {"Addresses", &IsIp::operations},
    {"Addresses", &IsMacAddress::operations},
    {"Addresses", &IsPort::operations},
    {"Dates", &MinDate::operations},
    {"Dates", &MaxDate::operations},
    {"Dates", &IsIso8601::operations},
    {"Dates", &IsDateString::operations},
    {"Dates", &IsRfc3339::operations},
    {"Dates", &IsMilitaryTime::operations},
    {"Dates", &IsTimeZone::operations},
    {"Formats", &IsUuid::operations},
    {"Formats", &IsJson::operations},
    {"Formats", &IsJwt::operations},
    {"Formats", &IsBase64::operations},
    {"Formats", &IsBase32::operations},
    {"Formats", &IsBase58::operations},
    {"Formats", &IsDataUri::operations},
    {"Formats", &IsMimeType::operations},
    {"Formats", &IsSemVer::operations},
    {"Formats", &IsLocale::operations},
    {"Formats", &IsMongoId::operations},
    {"Formats", &IsHash::operations},
    {"Formats", &IsHexColor::operations},
    {"Formats", &IsRgbColor::operations},
    {"Formats", &IsHsl::operations},
    {"Formats", &IsHexadecimal::operations},
    {"Formats", &IsOctal::operations},
    {"Formats", &IsMagnetUri::operations},
    {"Formats", &IsFirebasePushId::operations},
    {"Formats", &IsNumberString::operations},
    {"Formats", &IsDecimal::operations},
    {"Formats", &IsBooleanString::operations},
    {"Codes and places", &IsCurrency::operations},
    {"Codes and places", &IsCreditCard::operations},
    {"Codes and places", &IsIban::operations},
    {"Codes and places", &IsBic::operations},
    {"Codes and places", &IsIsbn::operations},
    {"Codes and places", &IsIssn::operations},
    {"Codes and places", &IsEan::operations},
    {"Codes and places", &IsIsin::operations},
    {"Codes and places", &IsIsrc::operations},
    {"Codes and places", &IsBtcAddress::operations},
    {"Codes and places", &IsEthereumAddress::operations},
    {"Codes and places", &IsPhoneNumber::operations},
    {"Codes and places", &IsLatLong::operations},
    {"Codes and places", &IsLatitude::operations},
    {"Codes and places", &IsLongitude::operations},
    {"Codes and places", &IsIso31661Alpha2::operations},
    {"Codes and places", &IsIso31661Alpha3::operations},
    {"Codes and places", &IsIso31661Numeric::operations},
    {"Codes and places", &IsIso4217CurrencyCode::operations},
    {"Codes and places", &IsIso6391::operations},
};

/// The message as a reader sees it, for a member `field`.
std::string readable(std::string_view message) {
  std::string text{message};
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from)) {
      text.replace(at, from.size(), to);
    }
  };
  replace("$each", "");
  replace("$property", "field");
  replace("$constraint1", "…");
  replace("$constraint2", "…");
  return text;
}

}  // namespace

std::span<const CatalogEntry> rule_catalog() { return entries; }

std::string rule_table() {
  std::string text =
      "# Validation rules\n\nWritten by `validation_rule_table`; change the rules, not this "
      "page.\n\n"
      "The message is that of a member named `field`. Inside `each(…)` it begins with `each value "
      "in`.\n";
  std::string_view family;
  for (const CatalogEntry& entry : entries) {
    if (entry.family != family) {
      family = entry.family;
      text += "\n## " + std::string{family} +
              "\n\n| rule | the value | message | key |\n| --- | --- | --- | --- |\n";
    }
    const RuleOperations& rule = *entry.operations;
    text += "| `" + std::string{rule.signature} + "` | " + std::string{rule.summary} + " | " +
            readable(rule.message) + " | `" + std::string{rule.key} + "` |\n";
  }
  return text;
}

}  // namespace roost::validation
