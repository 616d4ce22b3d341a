// Rules for the kind of a value.
#include <roost/validation/detail/define_rule.hpp>
#include <roost/validation/rules/type_rules.hpp>

#include <charconv>
#include <cmath>

namespace roost::validation {

namespace {

using namespace detail;

template <SubjectKind kind>
bool has_kind(const RuleCall& call) {
  return call.subject.kind() == kind;
}

bool check_integer(const RuleCall& call) {
  if (call.subject.kind() != SubjectKind::floating) return call.subject.is_number();
  const double number = call.subject.as_double();
  return std::isfinite(number) && number == std::floor(number);
}

/// Digits after the decimal point of the shortest text that reads back as this number.
int decimal_places(double number) {
  char buffer[400];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::fixed);
  const std::string_view text{buffer, static_cast<std::size_t>(end.ptr - buffer)};
  const auto point = text.find('.');
  return point == std::string_view::npos ? 0 : static_cast<int>(text.size() - point - 1);
}

bool check_number(const IsNumber& rule, const Subject& subject) {
  if (!subject.is_number()) return false;
  if (subject.kind() != SubjectKind::floating) return true;
  const double number = subject.as_double();
  if (std::isnan(number)) return rule.options.allow_nan;
  if (std::isinf(number)) return rule.options.allow_infinity;
  return rule.options.max_decimals < 0 || decimal_places(number) <= rule.options.max_decimals;
}

void print_places(const IsNumber& rule, std::size_t index, std::string& out) {
  if (index == 1 && rule.options.max_decimals >= 0) {
    out += std::to_string(rule.options.max_decimals);
  }
}

bool check_not_empty_object(const NotEmptyObject& rule, const Subject& subject) {
  if (!subject.is_object() || subject.size() == 0) return false;
  if (rule.options.nullable || subject.elements() == nullptr) return true;
  return !subject.elements()->all([](const Subject& value) { return value.is_missing(); });
}

}  // namespace

const RuleOperations IsString::operations{
    .key = "isString",
    .message = "$each$property must be a string",
    .signature = "is_string",
    .summary = "is a text",
    .check = &has_kind<SubjectKind::string>,
    .implies_type = true,
};

const RuleOperations IsBoolean::operations{
    .key = "isBoolean",
    .message = "$each$property must be a boolean value",
    .signature = "is_boolean",
    .summary = "is true or false",
    .check = &has_kind<SubjectKind::boolean>,
    .implies_type = true,
};

const RuleOperations IsNumber::operations{
    .key = "isNumber",
    .message = "$each$property must be a number conforming to the specified constraints",
    .signature = "is_number({…})",
    .summary = "is a finite number; `max_decimals(n)`: with at most n digits after the point",
    .check = &checked<IsNumber, &check_number>,
    .constraint = &printed<IsNumber, &print_places>,
    .implies_type = true,
};

const RuleOperations IsInteger::operations{
    .key = "isInt",
    .message = "$each$property must be an integer number",
    .signature = "is_integer",
    .summary = "is a number without fraction",
    .check = &check_integer,
    .implies_type = true,
};

const RuleOperations IsDate::operations{
    .key = "isDate",
    .message = "$each$property must be a Date instance",
    .signature = "is_date",
    .summary = "is a Timestamp",
    .check = &has_kind<SubjectKind::date>,
    .implies_type = true,
};

const RuleOperations IsArray::operations{
    .key = "isArray",
    .message = "$each$property must be an array",
    .signature = "is_array",
    .summary = "is an array",
    .check = &has_kind<SubjectKind::array>,
    .implies_type = true,
};

const RuleOperations IsObject::operations{
    .key = "isObject",
    .message = "$each$property must be an object",
    .signature = "is_object",
    .summary = "is an object",
    .check = &has_kind<SubjectKind::object>,
    .implies_type = true,
};

const RuleOperations NotEmptyObject::operations{
    .key = "isNotEmptyObject",
    .message = "$each$property must be a non-empty object",
    .signature = "not_empty_object({…})",
    .summary = "is an object or map with members",
    .check = &checked<NotEmptyObject, &check_not_empty_object>,
};

}  // namespace roost::validation
