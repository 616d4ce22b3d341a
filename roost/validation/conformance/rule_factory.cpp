// Makes rules at run time from the decorators that the conformance data name.
#include <roost/base/error.hpp>
#include <roost/validation/conformance/rule_factory.hpp>
#include <roost/validation/detail/message.hpp>
#include <roost/validation/rules.hpp>

#include <deque>
#include <functional>
#include <map>

namespace roost::validation::conformance {

namespace {

using Parameters = std::vector<Ref>;

struct Made {
  std::shared_ptr<const void> storage;
  RuleView view;
};
using Factory = std::function<Made(const Parameters&, const RuleOptions&, bool each)>;

template <class P>
Made made_of(P parameters, const RuleOptions& options, bool each) {
  const auto rule = std::make_shared<const Rule<P>>(Rule<P>{options, std::move(parameters)});
  RuleView view = rule->view();
  view.each = each;
  return {rule, view};
}

Ref at(const Parameters& parameters, std::size_t index) {
  return index < parameters.size() ? parameters[index] : TestValue::absent();
}

template <class P>
Factory plain() {
  return [](const Parameters&, const RuleOptions& options, bool each) {
    return made_of(P{}, options, each);
  };
}

std::size_t size_at(const Parameters& parameters, std::size_t index, std::size_t otherwise) {
  const Ref value = at(parameters, index);
  return value->kind == Kind::number ? static_cast<std::size_t>(value->numeric.as_double())
                                     : otherwise;
}
int integer_at(const Parameters& parameters, std::size_t index, int otherwise) {
  const Ref value = at(parameters, index);
  if (value->kind == Kind::string) return value->text.empty() ? otherwise : std::stoi(value->text);
  return value->kind == Kind::number ? static_cast<int>(value->numeric.as_double()) : otherwise;
}

/// The literal of a plain value.
Literal literal(const TestValue& value) {
  switch (value.kind) {
    case Kind::string:
      return std::string_view{value.text};
    case Kind::boolean:
      return value.truth;
    case Kind::number:
      if (value.numeric.kind() == SubjectKind::integer) return value.numeric.as_integer();
      return value.numeric.as_double();
    default:
      return nullptr;
  }
}

/// The list rules with as many values as the data have.
template <bool (*check_values)(std::span<const Literal>, const Subject&),
          const detail::ListTexts& list_texts>
struct DynamicList {
  static constexpr Domain domain = Domain::any;
  static constexpr const detail::ListTexts& texts = list_texts;
  static bool check(std::span<const Literal> values, const Subject& subject) {
    return check_values(values, subject);
  }
  static constexpr RuleOperations operations = detail::list_operations<DynamicList>();
  std::vector<Literal> values;
};

bool contains_none(std::span<const Literal> values, const Subject& subject) {
  return !contains_value(values, subject);
}

template <class P>
Factory list() {
  return [](const Parameters& parameters, const RuleOptions& options, bool each) {
    P rule;
    for (const Ref& value : at(parameters, 0)->items) rule.values.push_back(literal(*value));
    return made_of(std::move(rule), options, each);
  };
}

constexpr detail::ListTexts enum_texts{"isEnum", one_of_texts.message, "", ""};
using DynamicOneOf = DynamicList<&contains_value, one_of_texts>;
using DynamicNotOneOf = DynamicList<&contains_none, not_one_of_texts>;
using DynamicEnum = DynamicList<&contains_value, enum_texts>;
using DynamicContains = DynamicList<&array_has_all, array_contains_texts>;
using DynamicNotContains = DynamicList<&array_has_none, array_not_contains_texts>;

bool flag(const TestValue& options, const char* name, bool otherwise) {
  const Ref value = options.member(name);
  return value->kind == Kind::boolean ? value->truth : otherwise;
}
std::string_view text(const TestValue& options, const char* name, std::string_view otherwise) {
  const Ref value = options.member(name);
  return value->kind == Kind::string ? std::string_view{value->text} : otherwise;
}
std::size_t count(const TestValue& options, const char* name, std::size_t otherwise) {
  return size_at({options.member(name)}, 0, otherwise);
}

/// Texts made for the options of a rule; live as long as the program.
std::string_view keep(std::string text) {
  static std::deque<std::string> kept;
  return kept.emplace_back(std::move(text));
}

TextList texts(const TestValue& options, const char* name, TextList otherwise = {}) {
  const Ref value = options.member(name);
  if (value->kind != Kind::array) return otherwise;
  TextList result;
  for (const Ref& item : value->items) {
    std::string entry = item->text;
    if (item->kind == Kind::pattern) entry = "/" + item->text + "/";
    if (item->kind == Kind::number) entry = item->to_string();
    result.push_back(keep(std::move(entry)));
  }
  return result;
}

/// A rule whose first parameter is an object of options.
template <class P>
Factory with_options(typename P::Options (*read)(const TestValue& options)) {
  return [read](const Parameters& parameters, const RuleOptions& options, bool each) {
    return made_of(P{read(*at(parameters, 0))}, options, each);
  };
}

template <class P>
Factory one_size() {
  return [](const Parameters& parameters, const RuleOptions& options, bool each) {
    return made_of(P{size_at(parameters, 0, 0)}, options, each);
  };
}
template <class P>
Factory size_range() {
  return [](const Parameters& parameters, const RuleOptions& options, bool each) {
    return made_of(P{size_at(parameters, 0, 0), size_at(parameters, 1, Length::unlimited)}, options,
                   each);
  };
}
template <class P>
Factory one_literal() {
  return [](const Parameters& parameters, const RuleOptions& options, bool each) {
    return made_of(P{literal(*at(parameters, 0))}, options, each);
  };
}
template <class P>
Factory one_text(std::string_view otherwise = {}) {
  return [otherwise](const Parameters& parameters, const RuleOptions& options, bool each) {
    const Ref value = at(parameters, 0);
    return made_of(P{value->kind == Kind::string ? std::string_view{value->text} : otherwise},
                   options, each);
  };
}
template <class P>
Factory one_version() {
  return [](const Parameters& parameters, const RuleOptions& options, bool each) {
    return made_of(P{integer_at(parameters, 0, 0)}, options, each);
  };
}
template <class P>
Factory one_date() {
  return [](const Parameters& parameters, const RuleOptions& options, bool each) {
    return made_of(P{{at(parameters, 0)->milliseconds, nullptr}}, options, each);
  };
}

Made make_matches(const Parameters& parameters, const RuleOptions& options, bool each) {
  const Ref pattern = at(parameters, 0);
  const Ref modifiers = at(parameters, 1);
  const std::string_view flags = pattern->kind == Kind::pattern ? pattern->extra : modifiers->text;
  return made_of(Matches{pattern->text, flags}, options, each);
}

Made make_enum(const Parameters& parameters, const RuleOptions& options, bool each) {
  DynamicEnum rule;
  const TestValue& entity = *at(parameters, 0);
  const auto is_number = [](const std::string& name) {
    return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
  };
  for (const auto& [name, value] : entity.members) {
    if (!is_number(name)) rule.values.push_back(literal(*value));
  }
  return made_of(std::move(rule), options, each);
}

Made make_uuid(const Parameters& parameters, const RuleOptions& options, bool each) {
  IsUuid rule;
  const Ref version = at(parameters, 0);
  const auto add = [&](const TestValue& value) {
    rule.versions.push_back(keep(value.kind == Kind::string ? value.text : value.to_string()));
  };
  if (version->kind == Kind::array) {
    for (const Ref& item : version->items) add(*item);
  } else if (version->kind != Kind::absent) {
    add(*version);
  }
  return made_of(rule, options, each);
}

Made make_decimal(const Parameters& parameters, const RuleOptions& options, bool each) {
  const TestValue& given = *at(parameters, 0);
  DecimalOptions decimal;
  decimal.force_decimal = flag(given, "force_decimal", false);
  decimal.locale = text(given, "locale", "en-US");
  const std::string digits{text(given, "decimal_digits", "1,")};
  const auto comma = digits.find(',');
  decimal.min_digits = std::stoi(digits);
  decimal.max_digits = decimal.min_digits;
  if (comma != std::string::npos) {
    decimal.max_digits = comma + 1 < digits.size() ? std::stoi(digits.substr(comma + 1)) : -1;
  }
  return made_of(IsDecimal{decimal}, options, each);
}

EmailOptions email_options(const TestValue& given) {
  EmailOptions options;
  options.allow_display_name = flag(given, "allow_display_name", false);
  options.require_display_name = flag(given, "require_display_name", false);
  options.allow_utf8_local_part = flag(given, "allow_utf8_local_part", true);
  options.require_tld = flag(given, "require_tld", true);
  options.ignore_max_length = flag(given, "ignore_max_length", false);
  options.allow_ip_domain = flag(given, "allow_ip_domain", false);
  options.domain_specific_validation = flag(given, "domain_specific_validation", false);
  options.allow_underscores = flag(given, "allow_underscores", false);
  options.blacklisted_characters = text(given, "blacklisted_chars", "");
  options.host_blacklist = texts(given, "host_blacklist");
  options.host_whitelist = texts(given, "host_whitelist");
  return options;
}

UrlOptions url_options(const TestValue& given) {
  UrlOptions options;
  options.protocols = texts(given, "protocols", options.protocols);
  options.require_tld = flag(given, "require_tld", true);
  options.require_protocol = flag(given, "require_protocol", false);
  options.require_host = flag(given, "require_host", true);
  options.require_port = flag(given, "require_port", false);
  options.require_valid_protocol = flag(given, "require_valid_protocol", true);
  options.allow_underscores = flag(given, "allow_underscores", false);
  options.allow_trailing_dot = flag(given, "allow_trailing_dot", false);
  options.allow_protocol_relative_urls = flag(given, "allow_protocol_relative_urls", false);
  options.allow_fragments = flag(given, "allow_fragments", true);
  options.allow_query_components = flag(given, "allow_query_components", true);
  options.disallow_auth = flag(given, "disallow_auth", false);
  options.validate_length = flag(given, "validate_length", true);
  options.max_allowed_length = count(given, "max_allowed_length", 2084);
  options.host_whitelist = texts(given, "host_whitelist");
  options.host_blacklist = texts(given, "host_blacklist");
  return options;
}

FqdnOptions fqdn_options(const TestValue& given) {
  return {flag(given, "require_tld", true),         flag(given, "allow_underscores", false),
          flag(given, "allow_trailing_dot", false), flag(given, "allow_numeric_tld", false),
          flag(given, "allow_wildcard", false),     flag(given, "ignore_max_length", false)};
}

MacAddressOptions mac_options(const TestValue& given) {
  const Ref eui = given.member("eui");
  return {flag(given, "no_separators", false) || flag(given, "no_colons", false),
          eui->kind == Kind::string ? std::stoi(eui->text) : 0};
}

CurrencyOptions currency_options(const TestValue& given) {
  CurrencyOptions options;
  options.symbol = text(given, "symbol", "$");
  options.require_symbol = flag(given, "require_symbol", false);
  options.allow_space_after_symbol = flag(given, "allow_space_after_symbol", false);
  options.symbol_after_digits = flag(given, "symbol_after_digits", false);
  options.allow_negatives = flag(given, "allow_negatives", true);
  options.parens_for_negatives = flag(given, "parens_for_negatives", false);
  options.negative_sign_before_digits = flag(given, "negative_sign_before_digits", false);
  options.negative_sign_after_digits = flag(given, "negative_sign_after_digits", false);
  options.allow_negative_sign_placeholder = flag(given, "allow_negative_sign_placeholder", false);
  options.thousands_separator = text(given, "thousands_separator", ",");
  options.decimal_separator = text(given, "decimal_separator", ".");
  options.allow_decimal = flag(given, "allow_decimal", true);
  options.require_decimal = flag(given, "require_decimal", false);
  options.digits_after_decimal = texts(given, "digits_after_decimal", {"2"});
  options.allow_space_after_digits = flag(given, "allow_space_after_digits", false);
  return options;
}

Base64Options base64_options(const TestValue& given) {
  const bool has_padding = given.has("padding");
  return {flag(given, "urlSafe", false), has_padding ? (flag(given, "padding", true) ? 1 : 0) : -1};
}

NumberOptions number_options(const TestValue& given) {
  return {flag(given, "allowNaN", false), flag(given, "allowInfinity", false),
          integer_at({given.member("maxDecimalPlaces")}, 0, -1)};
}

Iso8601Options iso_options(const TestValue& given) {
  return {flag(given, "strict", false), flag(given, "strictSeparator", false)};
}

StrongPasswordOptions password_options(const TestValue& given) {
  return {count(given, "minLength", 8), count(given, "minLowercase", 1),
          count(given, "minUppercase", 1), count(given, "minNumbers", 1),
          count(given, "minSymbols", 1)};
}

using Table = std::map<std::string_view, Factory>;

void add_common(Table& table) {
  table["IsDefined"] = plain<Defined>();
  table["IsNotEmpty"] = plain<NotEmpty>();
  table["IsEmpty"] = plain<IsEmpty>();
  table["Equals"] = one_literal<Equals>();
  table["NotEquals"] = one_literal<NotEquals>();
  table["IsIn"] = list<DynamicOneOf>();
  table["IsNotIn"] = list<DynamicNotOneOf>();
  table["IsEnum"] = &make_enum;
  table["IsString"] = plain<IsString>();
  table["IsBoolean"] = plain<IsBoolean>();
  table["IsNumber"] = with_options<IsNumber>(&number_options);
  table["IsInt"] = plain<IsInteger>();
  table["IsDate"] = plain<IsDate>();
  table["IsArray"] = plain<IsArray>();
  table["IsObject"] = plain<IsObject>();
  table["IsNotEmptyObject"] = with_options<NotEmptyObject>(
      [](const TestValue& given) { return NotEmptyObjectOptions{flag(given, "nullable", true)}; });
  table["IsPositive"] = plain<Positive>();
  table["IsNegative"] = plain<Negative>();
  table["IsDivisibleBy"] = one_literal<DivisibleBy>();
  table["Min"] = one_literal<Min>();
  table["Max"] = one_literal<Max>();
  table["MinDate"] = one_date<MinDate>();
  table["MaxDate"] = one_date<MaxDate>();
  table["ArrayContains"] = list<DynamicContains>();
  table["ArrayNotContains"] = list<DynamicNotContains>();
  table["ArrayNotEmpty"] = plain<ArrayNotEmpty>();
  table["ArrayMinSize"] = one_size<ArrayMinSize>();
  table["ArrayMaxSize"] = one_size<ArrayMaxSize>();
  table["ArrayUnique"] = plain<ArrayUnique>();
}

void add_texts(Table& table) {
  table["Length"] = size_range<Length>();
  table["MinLength"] = one_size<MinLength>();
  table["MaxLength"] = one_size<MaxLength>();
  table["IsByteLength"] = size_range<ByteLength>();
  table["Contains"] = one_text<Contains>();
  table["NotContains"] = one_text<NotContains>();
  table["Matches"] = &make_matches;
  table["IsAscii"] = plain<IsAscii>();
  table["IsLowercase"] = plain<IsLowercase>();
  table["IsUppercase"] = plain<IsUppercase>();
  table["IsAlpha"] = one_text<IsAlpha>("en-US");
  table["IsAlphanumeric"] = one_text<IsAlphanumeric>("en-US");
  table["IsStrongPassword"] = with_options<IsStrongPassword>(&password_options);
  table["IsEmail"] = with_options<IsEmail>(&email_options);
  table["IsFQDN"] = with_options<IsFqdn>(&fqdn_options);
  table["IsUrl"] = with_options<IsUrl>(&url_options);
  table["IsIP"] = one_version<IsIp>();
  table["IsMACAddress"] = with_options<IsMacAddress>(&mac_options);
  table["IsPort"] = plain<IsPort>();
  table["IsISO8601"] = with_options<IsIso8601>(&iso_options);
  table["IsDateString"] = with_options<IsDateString>(&iso_options);
  table["IsRFC3339"] = plain<IsRfc3339>();
  table["IsMilitaryTime"] = plain<IsMilitaryTime>();
  table["IsTimeZone"] = plain<IsTimeZone>();
}

void add_formats(Table& table) {
  table["IsUUID"] = &make_uuid;
  table["IsJSON"] = plain<IsJson>();
  table["IsJWT"] = plain<IsJwt>();
  table["IsBase32"] = plain<IsBase32>();
  table["IsBase58"] = plain<IsBase58>();
  table["IsBase64"] = with_options<IsBase64>(&base64_options);
  table["IsDataURI"] = plain<IsDataUri>();
  table["IsMimeType"] = plain<IsMimeType>();
  table["IsSemVer"] = plain<IsSemVer>();
  table["IsLocale"] = plain<IsLocale>();
  table["IsMongoId"] = plain<IsMongoId>();
  table["IsHash"] = one_text<IsHash>();
  table["IsHexColor"] = plain<IsHexColor>();
  table["IsHexadecimal"] = plain<IsHexadecimal>();
  table["IsOctal"] = plain<IsOctal>();
  table["IsHSL"] = plain<IsHsl>();
  table["IsRgbColor"] = [](const Parameters& parameters, const RuleOptions& options, bool each) {
    const Ref percent = at(parameters, 0);
    return made_of(IsRgbColor{{percent->kind != Kind::boolean || percent->truth}}, options, each);
  };
  table["IsMagnetURI"] = plain<IsMagnetUri>();
  table["IsFirebasePushId"] = plain<IsFirebasePushId>();
  table["IsBooleanString"] = plain<IsBooleanString>();
  table["IsNumberString"] = with_options<IsNumberString>([](const TestValue& given) {
    return NumberStringOptions{flag(given, "no_symbols", false), text(given, "locale", {})};
  });
  table["IsDecimal"] = &make_decimal;
  table["IsFullWidth"] = plain<IsFullWidth>();
  table["IsHalfWidth"] = plain<IsHalfWidth>();
  table["IsVariableWidth"] = plain<IsVariableWidth>();
  table["IsMultibyte"] = plain<IsMultibyte>();
  table["IsSurrogatePair"] = plain<IsSurrogatePair>();
}

void add_codes(Table& table) {
  table["IsCurrency"] = with_options<IsCurrency>(&currency_options);
  table["IsIBAN"] = with_options<IsIban>([](const TestValue& given) {
    return IbanOptions{texts(given, "whitelist"), texts(given, "blacklist")};
  });
  table["IsISBN"] = one_version<IsIsbn>();
  table["IsISSN"] = with_options<IsIssn>([](const TestValue& given) {
    return IssnOptions{flag(given, "case_sensitive", false), flag(given, "require_hyphen", false)};
  });
  table["IsCreditCard"] = plain<IsCreditCard>();
  table["IsBIC"] = plain<IsBic>();
  table["IsEAN"] = plain<IsEan>();
  table["IsISIN"] = plain<IsIsin>();
  table["IsISRC"] = plain<IsIsrc>();
  table["IsBtcAddress"] = plain<IsBtcAddress>();
  table["IsEthereumAddress"] = plain<IsEthereumAddress>();
  table["IsPhoneNumber"] = one_text<IsPhoneNumber>();
  table["IsLatLong"] = plain<IsLatLong>();
  table["IsLatitude"] = plain<IsLatitude>();
  table["IsLongitude"] = plain<IsLongitude>();
  table["IsISO31661Alpha2"] = plain<IsIso31661Alpha2>();
  table["IsISO31661Alpha3"] = plain<IsIso31661Alpha3>();
  table["IsISO31661Numeric"] = plain<IsIso31661Numeric>();
  table["IsISO4217CurrencyCode"] = plain<IsIso4217CurrencyCode>();
  table["IsISO6391"] = plain<IsIso6391>();
}

const Table& factories() {
  static const Table table = [] {
    Table made;
    add_common(made);
    add_texts(made);
    add_formats(made);
    add_codes(made);
    return made;
  }();
  return table;
}

RuleOptions rule_options(const TestValue& given) {
  RuleOptions options;
  options.message = text(given, "message", {});
  options.always = flag(given, "always", false);
  std::size_t next = 0;
  for (const Ref& group : given.member("groups")->items) {
    if (next < RuleOptions::max_groups) options.groups[next++] = group->text;
  }
  return options;
}

/// The array's elements as the identifier function of the data sees them.
Ref identified(const TestValue& array, const TestValue& identifier) {
  std::vector<Ref> items;
  for (const Ref& item : array.items) {
    const std::string name = identifier.member("$fn")->text;
    if (name == "property" && item->kind != Kind::null) {
      items.push_back(item->member(identifier.member("property")->text));
    } else if (name == "asciiLowercase" && item->kind == Kind::string) {
      std::string lower = item->text;
      lowercase_text(lower);
      items.push_back(TestValue::string(lower));
    } else {
      items.push_back(item);
    }
  }
  return TestValue::array(std::move(items));
}

}  // namespace

bool is_known_rule(std::string_view decorator) { return factories().count(decorator) != 0; }

DynamicRule make_rule(const std::string& decorator, const std::vector<Ref>& parameters,
                      const TestValue& options) {
  const auto factory = factories().find(decorator);
  if (factory == factories().end()) throw Error{"no rule for " + decorator};
  Made made = factory->second(parameters, rule_options(options), flag(options, "each", false));
  DynamicRule rule{decorator, made.storage, made.view, nullptr, nullptr};
  if (decorator == "ArrayUnique" && at(parameters, 0)->kind == Kind::other) {
    rule.identifier = parameters[0];
  }
  if (rule.view.operations->prepare != nullptr) {
    rule.prepared = rule.view.operations->prepare(rule.view.parameters);
  }
  return rule;
}

Verdict run_rule(const DynamicRule& rule, const TestValue& given, std::string_view property,
                 std::string_view target) {
  const Ref by_identifier =
      rule.identifier == nullptr ? nullptr : identified(given, *rule.identifier);
  const bool replaced = by_identifier != nullptr && given.kind == Kind::array;
  const TestValue& value = replaced ? *by_identifier : given;
  RuleCall call;
  call.parameters = rule.view.parameters;
  call.prepared = rule.prepared;
  bool valid = true;
  if (rule.view.each && value.kind == Kind::array) {
    for (const Ref& item : value.items) {
      call.subject = item->subject();
      valid = rule.view.operations->check(call);
      if (!valid) break;
    }
  } else {
    call.subject = value.subject();
    valid = rule.view.operations->check(call);
  }
  if (valid) return {};
  return {false, detail::message_of(rule.view, call, property, target)};
}

}  // namespace roost::validation::conformance
