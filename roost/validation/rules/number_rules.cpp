// Rules for numbers.
#include <roost/validation/detail/define_rule.hpp>
#include <roost/validation/rules/number_rules.hpp>

#include <cmath>

namespace roost::validation {

namespace {

bool check_min(const Min& rule, const Subject& subject) {
  if (!subject.is_number()) return false;
  const int order = compare_numbers(subject, rule.bound.subject());
  return order == 0 || order == 1;
}

bool check_max(const Max& rule, const Subject& subject) {
  if (!subject.is_number()) return false;
  const int order = compare_numbers(subject, rule.bound.subject());
  return order == 0 || order == -1;
}

bool check_positive(const RuleCall& call) {
  return call.subject.is_number() &&
         compare_numbers(call.subject, Subject::integer(std::int64_t{0})) == 1;
}

bool check_negative(const RuleCall& call) {
  return call.subject.is_number() &&
         compare_numbers(call.subject, Subject::integer(std::int64_t{0})) == -1;
}

bool check_divisible(const DivisibleBy& rule, const Subject& subject) {
  if (!subject.is_number()) return false;
  const Subject& divisor = rule.divisor.subject();
  if (subject.kind() == SubjectKind::integer && divisor.kind() == SubjectKind::integer) {
    if (divisor.as_integer() == 0) return false;
    if (divisor.as_integer() == -1) return true;
    return subject.as_integer() % divisor.as_integer() == 0;
  }
  const double rest = std::fmod(subject.as_double(), divisor.as_double());
  return rest == 0;
}

void print_min(const Min& rule, std::size_t index, std::string& out) {
  if (index == 1) append_text(rule.bound.subject(), out);
}
void print_max(const Max& rule, std::size_t index, std::string& out) {
  if (index == 1) append_text(rule.bound.subject(), out);
}
void print_divisor(const DivisibleBy& rule, std::size_t index, std::string& out) {
  if (index == 1) append_text(rule.divisor.subject(), out);
}

}  // namespace

const RuleOperations Min::operations{
    .key = "min",
    .message = "$each$property must not be less than $constraint1",
    .signature = "min(n)",
    .summary = "is a number ≥ n",
    .check = &detail::checked<Min, &check_min>,
    .constraint = &detail::printed<Min, &print_min>,
};

const RuleOperations Max::operations{
    .key = "max",
    .message = "$each$property must not be greater than $constraint1",
    .signature = "max(n)",
    .summary = "is a number ≤ n",
    .check = &detail::checked<Max, &check_max>,
    .constraint = &detail::printed<Max, &print_max>,
};

const RuleOperations Positive::operations{
    .key = "isPositive",
    .message = "$each$property must be a positive number",
    .signature = "positive",
    .summary = "is a number > 0",
    .check = &check_positive,
};

const RuleOperations Negative::operations{
    .key = "isNegative",
    .message = "$each$property must be a negative number",
    .signature = "negative",
    .summary = "is a number < 0",
    .check = &check_negative,
};

const RuleOperations DivisibleBy::operations{
    .key = "isDivisibleBy",
    .message = "$each$property must be divisible by $constraint1",
    .signature = "divisible_by(n)",
    .summary = "is a multiple of n",
    .check = &detail::checked<DivisibleBy, &check_divisible>,
    .constraint = &detail::printed<DivisibleBy, &print_divisor>,
};

}  // namespace roost::validation
