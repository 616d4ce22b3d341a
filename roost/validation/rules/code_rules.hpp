// Rules for codes with a standard behind them: countries, currencies, banks, books, places.
#pragma once

#include <roost/validation/literal.hpp>
#include <roost/validation/rule.hpp>
#include <roost/validation/rules/format_rules.hpp>

#include <string_view>

namespace roost::validation {

struct CurrencyOptions {
  std::string_view symbol = "$";
  bool require_symbol = false;
  bool allow_space_after_symbol = false;
  bool symbol_after_digits = false;
  bool allow_negatives = true;
  bool parens_for_negatives = false;
  bool negative_sign_before_digits = false;
  bool negative_sign_after_digits = false;
  bool allow_negative_sign_placeholder = false;
  std::string_view thousands_separator = ",";
  std::string_view decimal_separator = ".";
  bool allow_decimal = true;
  bool require_decimal = false;
  TextList digits_after_decimal{"2"};
  bool allow_space_after_digits = false;
};
struct IsCurrency {
  using Options = CurrencyOptions;
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  Options options{};
};
struct IbanOptions {
  TextList whitelist = {};  // countries
  TextList blacklist = {};
};
struct IsIban {
  using Options = IbanOptions;
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  Options options{};
};
struct IsIsbn {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  int version = 0;  // 10, 13, or 0 for either
};
struct IssnOptions {
  bool case_sensitive = false;
  bool require_hyphen = false;
};
struct IsIssn {
  using Options = IssnOptions;
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  Options options{};
};
struct IsPhoneNumber {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  std::string_view region{};  // a country's two letters; empty: any, written with +
};
struct IsLatitude {
  static constexpr Domain domain = Domain::string | Domain::number;
  static const RuleOperations operations;
};
struct IsLongitude {
  static constexpr Domain domain = Domain::string | Domain::number;
  static const RuleOperations operations;
};

using IsLatLong = TextFormat<struct LatLongFormat>;
using IsCreditCard = TextFormat<struct CreditCardFormat>;
using IsBic = TextFormat<struct BicFormat>;
using IsEan = TextFormat<struct EanFormat>;
using IsIsin = TextFormat<struct IsinFormat>;
using IsIsrc = TextFormat<struct IsrcFormat>;
using IsBtcAddress = TextFormat<struct BtcAddressFormat>;
using IsEthereumAddress = TextFormat<struct EthereumAddressFormat>;
using IsIso31661Alpha2 = TextFormat<struct Iso31661Alpha2Format>;
using IsIso31661Alpha3 = TextFormat<struct Iso31661Alpha3Format>;
using IsIso31661Numeric = TextFormat<struct Iso31661NumericFormat>;
using IsIso4217CurrencyCode = TextFormat<struct Iso4217Format>;
using IsIso6391 = TextFormat<struct Iso6391Format>;

// Specialised in code_rules.cpp and place_rules.cpp.
template <>
const RuleOperations IsLatLong::operations;
template <>
const RuleOperations IsCreditCard::operations;
template <>
const RuleOperations IsBic::operations;
template <>
const RuleOperations IsEan::operations;
template <>
const RuleOperations IsIsin::operations;
template <>
const RuleOperations IsIsrc::operations;
template <>
const RuleOperations IsBtcAddress::operations;
template <>
const RuleOperations IsEthereumAddress::operations;
template <>
const RuleOperations IsIso31661Alpha2::operations;
template <>
const RuleOperations IsIso31661Alpha3::operations;
template <>
const RuleOperations IsIso31661Numeric::operations;
template <>
const RuleOperations IsIso4217CurrencyCode::operations;
template <>
const RuleOperations IsIso6391::operations;

}  // namespace roost::validation

namespace roost {

/// An amount of money as text: "$1,234.50". The options describe sign, symbol and separators.
inline constexpr validation::Rule<validation::IsCurrency> is_currency{};
/// An international bank account number with a right check sum; blanks and hyphens are ignored.
inline constexpr validation::Rule<validation::IsIban> is_iban{};
/// A bank's BIC (SWIFT code).
inline constexpr validation::Rule<validation::IsBic> is_bic{};
/// A credit card number with a right check digit; blanks and hyphens are ignored.
inline constexpr validation::Rule<validation::IsCreditCard> is_credit_card{};
/// An ISBN with a right check digit; is_isbn(10), is_isbn(13).
constexpr auto is_isbn(int version = 0) {
  return validation::Rule<validation::IsIsbn>{{}, {version}};
}
inline constexpr validation::Rule<validation::IsIssn> is_issn{};
inline constexpr validation::Rule<validation::IsEan> is_ean{};
inline constexpr validation::Rule<validation::IsIsin> is_isin{};
inline constexpr validation::Rule<validation::IsIsrc> is_isrc{};
inline constexpr validation::Rule<validation::IsBtcAddress> is_btc_address{};
inline constexpr validation::Rule<validation::IsEthereumAddress> is_ethereum_address{};
/// A telephone number that its country assigns: is_phone_number() as +49 30 123456,
/// is_phone_number("DE") also as people write it there. Blanks, hyphens, dots, parentheses and an
/// extension may stand in it.
constexpr auto is_phone_number(std::string_view region = {}) {
  return validation::Rule<validation::IsPhoneNumber>{{}, {region}};
}
/// "52.52,13.405", with or without parentheses.
inline constexpr validation::Rule<validation::IsLatLong> is_lat_long{};
/// −90 to 90, as number or text.
inline constexpr validation::Rule<validation::IsLatitude> is_latitude{};
/// −180 to 180, as number or text.
inline constexpr validation::Rule<validation::IsLongitude> is_longitude{};
/// A country's two letters, in either case.
inline constexpr validation::Rule<validation::IsIso31661Alpha2> is_iso31661_alpha2{};
/// A country's three letters, in either case.
inline constexpr validation::Rule<validation::IsIso31661Alpha3> is_iso31661_alpha3{};
inline constexpr validation::Rule<validation::IsIso31661Numeric> is_iso31661_numeric{};
/// A currency's three letters, in either case.
inline constexpr validation::Rule<validation::IsIso4217CurrencyCode> is_iso4217_currency_code{};
/// A language's two letters.
inline constexpr validation::Rule<validation::IsIso6391> is_iso6391{};

}  // namespace roost
