// Rules for codes with a check sum, and for amounts of money.
#include <roost/validation/detail/define_rule.hpp>
#include <roost/validation/detail/expression.hpp>
#include <roost/validation/detail/text.hpp>
#include <roost/validation/rules/code_rules.hpp>

#include <algorithm>
#include <memory>
#include <string>

namespace roost::validation {

namespace {

using namespace detail;

/// Without blanks and hyphens.
std::string without_separators(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c != ' ' && c != '-') result.push_back(c);
  }
  return result;
}

/// The check sum of card numbers and securities: every second digit from the right counts double.
bool has_luhn_sum(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    int value = *digit - '0';
    if (twice) value = value > 4 ? value * 2 - 9 : value * 2;
    sum += value;
    twice = !twice;
  }
  return sum % 10 == 0;
}

bool is_credit_card_text(std::string_view text) {
  // American Express, Diners, Discover, JCB, Mastercard, UnionPay, Visa.
  static const re2::RE2 issuers{
      R"(3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d)\d{12,15}|(?:2131|1800|35\d{3})\d{11})"
      R"(|5[1-5]\d{14}|(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|6[27]\d{14}|81\d{14,17})"
      R"(|4\d{12}(?:\d{3,6})?)"};
  const std::string digits = without_separators(text);
  return covers(issuers, digits) && has_luhn_sum(digits);
}

/// Account formats of the IBAN registry behind the check digits: n digits, a capitals, c both.
constexpr std::string_view iban_formats =
    " AD8n12c AE19n AL8n16c AT16n AZ4a20c BA16n BE12n BG4a6n8c BH4a14c BR23n1a1c BY4c4n16c CH5n12c"
    " CR18n CY8n16c CZ20n DE18n DK14n DO4c20n DZ22n EE16n EG25n ES20n FI14n FO14n FR10n11c2n"
    " GB4a14n GE2a16n GI4a15c GL14n GR7n16c GT24c HR17n HU24n IE4a14n IL19n IQ4a15n IR22n IS22n"
    " IT1a10n12c JO4a4n18c KW4a22c KZ3n13c LB4n20c LC4a24c LI5n12c LT16n LU3n13c LV4a13c MA24n"
    " MC10n11c2n MD20c ME18n MK3n10c2n MR23n MT4a5n18c MU4a19n3a MZ21n NL4a10n NO11n PK4a16c PL24n"
    " PS4a21c PT21n QA4a21c RO4a16c RS18n SA2n18c SC4a20n3a SE20n SI15n SK20n SM1a10n12c SV4a20n"
    " TL19n TN20n TR5n17c UA6n19c VA18n VG4a16n XK16n ";

bool has_account_format(std::string_view account, std::string_view format) {
  while (!format.empty()) {
    std::size_t count = 0;
    while (is_digit(format.front())) {
      count = count * 10 + static_cast<std::size_t>(format.front() - '0');
      format.remove_prefix(1);
    }
    const char kind = format.front();
    format.remove_prefix(1);
    if (account.size() < count) return false;
    const bool good = all_of(account.substr(0, count), [&](char c) {
      return kind == 'n' ? is_digit(c) : kind == 'a' ? is_upper(c) : is_upper(c) || is_digit(c);
    });
    if (!good) return false;
    account.remove_prefix(count);
  }
  return account.empty();
}

/// Remainder by 97 of the number that the text stands for, letters as 10 to 35.
int remainder_97(std::string_view text) {
  int remainder = 0;
  for (const char c : text) {
    remainder =
        is_digit(c) ? (remainder * 10 + (c - '0')) % 97 : (remainder * 100 + (c - 'A' + 10)) % 97;
  }
  return remainder;
}

bool is_iban_text(std::string_view text, const IbanOptions& options) {
  const std::string iban = ascii_upper(without_separators(text));
  if (iban.size() < 5 || !is_digit(iban[2]) || !is_digit(iban[3])) return false;
  const std::string_view country = std::string_view{iban}.substr(0, 2);
  if (!all_of(country, is_upper)) return false;
  if (!options.whitelist.empty() && std::find(options.whitelist.begin(), options.whitelist.end(),
                                              country) == options.whitelist.end()) {
    return false;
  }
  if (std::find(options.blacklist.begin(), options.blacklist.end(), country) !=
      options.blacklist.end()) {
    return false;
  }
  const auto at = iban_formats.find(" " + std::string{country});
  if (at == std::string_view::npos) return false;
  const std::string_view entry = iban_formats.substr(at + 3);
  const std::string_view account = std::string_view{iban}.substr(4);
  if (!has_account_format(account, entry.substr(0, entry.find(' ')))) return false;
  return remainder_97(std::string{account} + iban.substr(0, 4)) == 1;
}

bool is_isbn10(std::string_view text) {
  if (text.size() != 10 || !all_of(text.substr(0, 9), is_digit)) return false;
  if (!is_digit(text[9]) && text[9] != 'X') return false;
  int sum = 0;
  for (int i = 0; i < 9; ++i) sum += (i + 1) * (text[static_cast<std::size_t>(i)] - '0');
  sum += text[9] == 'X' ? 100 : 10 * (text[9] - '0');
  return sum % 11 == 0;
}

/// The check sum of EAN and ISBN-13: weights 1 and 3 from the right.
bool has_ean_sum(std::string_view digits) {
  int sum = 0;
  int weight = 1;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    sum += weight * (*digit - '0');
    weight = 4 - weight;
  }
  return sum % 10 == 0;
}

bool is_isbn13(std::string_view text) {
  return text.size() == 13 && all_of(text, is_digit) && has_ean_sum(text);
}

bool check_isbn(const IsIsbn& rule, const Subject& subject) {
  if (!subject.is_string()) return false;
  const std::string text = without_separators(subject.text());
  return (rule.version != 13 && is_isbn10(text)) || (rule.version != 10 && is_isbn13(text));
}

bool is_ean_text(std::string_view text) {
  const bool size = text.size() == 8 || text.size() == 13 || text.size() == 14;
  return size && all_of(text, is_digit) && has_ean_sum(text);
}

bool is_issn_text(std::string_view text, const IssnOptions& options) {
  static const re2::RE2 form{R"(\d{4}-?\d{3}[\dXx])"};
  if (!covers(form, text) || (options.require_hyphen && text.size() != 9)) return false;
  if (options.case_sensitive && text.back() == 'x') return false;
  const std::string digits = without_separators(text);
  int sum = 0;
  for (int i = 0; i < 8; ++i) {
    const char c = digits[static_cast<std::size_t>(i)];
    sum += (8 - i) * (is_digit(c) ? c - '0' : 10);
  }
  return sum % 11 == 0;
}

bool is_isin_text(std::string_view text) {
  if (text.size() != 12 || !all_of(text.substr(0, 2), is_upper) || !is_digit(text.back())) {
    return false;
  }
  std::string digits;
  for (const char c : text) {
    if (!is_digit(c) && !is_upper(c)) return false;
    digits += is_digit(c) ? std::string(1, c) : std::to_string(c - 'A' + 10);
  }
  return has_luhn_sum(digits);
}

bool is_isrc_text(std::string_view text) {
  static const re2::RE2 form{R"([A-Z]{2}[0-9A-Z]{3}\d{2}\d{5})"};
  return covers(form, text);
}

bool is_bic_text(std::string_view text) {
  static const re2::RE2 form{R"((?i)[A-Z]{4}([A-Z]{2})[A-Z0-9]{2}(?:[A-Z0-9]{3})?)"};
  re2::StringPiece country;
  if (!covers_ascii(form, text)) return false;
  if (!re2::RE2::FullMatch({text.data(), text.size()}, form, &country)) return false;
  RuleCall call;
  call.subject = Subject::string({country.data(), country.size()});
  return equal_ignoring_case(call.subject.text(), "XK") || IsIso31661Alpha2::operations.check(call);
}

bool is_btc_address_text(std::string_view text) {
  static const re2::RE2 bech32{R"((?:bc1|tb1|bc1p|tb1p)[ac-hj-np-z02-9]{39,58})"};
  static const re2::RE2 base58{R"((?:1|2|3|m)[A-HJ-NP-Za-km-z1-9]{25,39})"};
  return covers(bech32, text) || covers(base58, text);
}

bool is_ethereum_address_text(std::string_view text) {
  return text.size() == 42 && text[0] == '0' && to_lower(text[1]) == 'x' &&
         all_of(text.substr(2), is_hex);
}

/// Builds the expression that the options describe; what it cannot say is checked beside it.
const void* compile_currency(const void* parameters) {
  const CurrencyOptions& options = static_cast<const IsCurrency*>(parameters)->options;
  const auto quote = [](std::string_view text) {
    return re2::RE2::QuoteMeta(re2::StringPiece{text.data(), text.size()});
  };
  std::string digits;
  for (const std::string_view count : options.digits_after_decimal) {
    digits += (digits.empty() ? "\\d{" : "|\\d{") + std::string{count} + "}";
  }
  std::string pattern =
      R"((?:0|[1-9]\d*|[1-9]\d{0,2}(?:)" + quote(options.thousands_separator) + R"(\d{3})*)?)";
  if (options.allow_decimal || options.require_decimal) {
    pattern += "(?:" + quote(options.decimal_separator) + "(?:" + digits + "))";
    if (!options.require_decimal) pattern += '?';
  }
  const bool sign_at_digits =
      options.negative_sign_after_digits || options.negative_sign_before_digits;
  if (options.allow_negatives && !options.parens_for_negatives && sign_at_digits) {
    pattern = options.negative_sign_after_digits ? pattern + "-?" : "-?" + pattern;
  }
  if (options.allow_negative_sign_placeholder || options.allow_space_after_symbol) {
    pattern = " ?" + pattern;
  } else if (options.allow_space_after_digits) {
    pattern += " ?";
  }
  const std::string symbol =
      "(?:" + quote(options.symbol) + ")" + (options.require_symbol ? "" : "?");
  pattern = options.symbol_after_digits ? pattern + symbol : symbol + pattern;
  if (options.allow_negatives && options.parens_for_negatives) {
    pattern = "\\(" + pattern + "\\)|" + pattern;
  } else if (options.allow_negatives && !sign_at_digits) {
    pattern = "-?" + pattern;
  }
  return std::make_unique<re2::RE2>(pattern).release();
}

bool check_currency(const RuleCall& call) {
  if (!call.subject.is_string()) return false;
  const std::string_view text = call.subject.text();
  const auto& options = static_cast<const IsCurrency*>(call.parameters)->options;
  if (text.starts_with(' ') || text.starts_with("- ") || text.ends_with(' ')) return false;
  if (text.find_first_of("0123456789") == std::string_view::npos) return false;
  if (options.allow_negative_sign_placeholder && text.find(" -") != std::string_view::npos) {
    return false;
  }
  return covers(*static_cast<const re2::RE2*>(call.prepared), text);
}

}  // namespace

const RuleOperations IsCurrency::operations{
    .key = "isCurrency",
    .message = "$each$property must be a currency",
    .signature = "is_currency({…})",
    .summary = "is an amount of money as text",
    .check = &check_currency,
    .prepare = &compile_currency,
    .implies_type = true,
};

const RuleOperations IsIban::operations{
    .key = "isIBAN",
    .message = "$each$property must be an IBAN",
    .signature = "is_iban({…})",
    .summary = "is an international bank account number",
    .check = &checked_with_options<IsIban, &is_iban_text>,
    .implies_type = true,
};

const RuleOperations IsIsbn::operations{
    .key = "isIsbn",
    .message = "$each$property must be an ISBN",
    .signature = "is_isbn(version)",
    .summary = "is a book number of 10 or 13 digits",
    .check = &checked<IsIsbn, &check_isbn>,
    .implies_type = true,
};

const RuleOperations IsIssn::operations{
    .key = "isISSN",
    .message = "$each$property must be a ISSN",
    .signature = "is_issn({…})",
    .summary = "is the number of a periodical",
    .check = &checked_with_options<IsIssn, &is_issn_text>,
    .implies_type = true,
};

template <>
const RuleOperations IsCreditCard::operations =
    text_operations<&is_credit_card_text>("isCreditCard", "$each$property must be a credit card",
                                          "is_credit_card", "is a card number of a known issuer");
template <>
const RuleOperations IsBic::operations = text_operations<&is_bic_text>(
    "isBIC", "$each$property must be a BIC or SWIFT code", "is_bic", "is a bank code");
template <>
const RuleOperations IsEan::operations = text_operations<&is_ean_text>(
    "isEAN", "$each$property must be an EAN (European Article Number)", "is_ean",
    "is an article number of 8, 13 or 14 digits");
template <>
const RuleOperations IsIsin::operations = text_operations<&is_isin_text>(
    "isIsin", "$each$property must be an ISIN (stock/security identifier)", "is_isin",
    "is the number of a security");
template <>
const RuleOperations IsIsrc::operations = text_operations<&is_isrc_text>(
    "isISRC", "$each$property must be an ISRC", "is_isrc", "is a recording code");
template <>
const RuleOperations IsBtcAddress::operations =
    text_operations<&is_btc_address_text>("isBtcAddress", "$each$property must be a BTC address",
                                          "is_btc_address", "has the form of a Bitcoin address");
template <>
const RuleOperations IsEthereumAddress::operations = text_operations<&is_ethereum_address_text>(
    "isEthereumAddress", "$each$property must be an Ethereum address", "is_ethereum_address",
    "is 0x and 40 hexadecimal digits");

}  // namespace roost::validation
