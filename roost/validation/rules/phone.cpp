// Telephone numbers, by the numbering plans of libphonenumber.
#include <roost/base/error.hpp>
#include <roost/validation/detail/define_rule.hpp>
#include <roost/validation/detail/expression.hpp>
#include <roost/validation/detail/text.hpp>
#include <roost/validation/rules/code_rules.hpp>

#include <phonenumbers/phonenumberutil.h>

#include <string>

namespace roost::validation {

namespace {

using namespace detail;
using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

/// The whole text is a number: the library alone would find one inside of any text.
bool has_number_shape(std::string_view text) {
  static const re2::RE2 shape{
      R"((?i)[(]?\+?[-(]*\d(?:[-./()\[\]~ ]*\d)*\)?(?: ?(?:;ext=|ext\.?|extn\.?|x|#) ?\d{1,7}#?)?)"};
  return text.size() <= 250 && covers_ascii(shape, text);
}

bool check_phone_number(const IsPhoneNumber& rule, const Subject& subject) {
  if (!subject.is_string() || !has_number_shape(subject.text())) return false;
  const PhoneNumberUtil& plans = *PhoneNumberUtil::GetInstance();
  const std::string region{rule.region};
  PhoneNumber number;
  if (plans.Parse(std::string{subject.text()}, region.empty() ? "ZZ" : region, &number) !=
      PhoneNumberUtil::NO_PARSING_ERROR) {
    return false;
  }
  return region.empty() ? plans.IsValidNumber(number)
                        : plans.IsValidNumberForRegion(number, region);
}

void print_region(const IsPhoneNumber& rule, std::size_t index, std::string& out) {
  if (index == 1) out += rule.region;
}

const void* require_region(const void* parameters) {
  const std::string_view region = static_cast<const IsPhoneNumber*>(parameters)->region;
  if (region.empty()) return nullptr;
  const PhoneNumberUtil& plans = *PhoneNumberUtil::GetInstance();
  if (plans.GetCountryCodeForRegion(std::string{region}) == 0) {
    throw Error{"no numbering plan is known for the region \"" + std::string{region} +
                "\"; a region is two capital letters of ISO 3166-1, as in is_phone_number(\"DE\")"};
  }
  return nullptr;
}

}  // namespace

const RuleOperations IsPhoneNumber::operations{
    .key = "isPhoneNumber",
    .message = "$each$property must be a valid phone number",
    .signature = "is_phone_number(region)",
    .summary = "is a telephone number that is assigned, with + or as written in the region",
    .check = &checked<IsPhoneNumber, &check_phone_number>,
    .constraint = &printed<IsPhoneNumber, &print_region>,
    .prepare = &require_region,
    .implies_type = true,
};

}  // namespace roost::validation
