// Rules for values of any type.
#include <roost/validation/detail/define_rule.hpp>
#include <roost/validation/rules/common_rules.hpp>

namespace roost::validation {

bool contains_value(std::span<const Literal> values, const Subject& subject) {
  for (const Literal& value : values) {
    if (same_value(value.subject(), subject)) return true;
  }
  return false;
}

void append_values(std::span<const Literal> values, std::string& out) {
  bool first = true;
  for (const Literal& value : values) {
    if (!first) out += ", ";
    first = false;
    append_text(value.subject(), out);
  }
}

namespace {

bool is_blank(const Subject& subject) {
  return subject.is_missing() || (subject.is_string() && subject.text().empty());
}

bool check_defined(const RuleCall& call) { return !call.subject.is_missing(); }

/// A container of the program must have elements; JSON whose type is not known is left to the
/// array rules, where [] is a value like any other.
bool check_not_empty(const RuleCall& call) {
  const Subject& subject = call.subject;
  if (call.value != nullptr && subject.is_array()) return subject.size() > 0;
  return !is_blank(subject);
}

bool check_empty(const RuleCall& call) { return is_blank(call.subject); }

bool check_equals(const Equals& rule, const Subject& subject) {
  return same_value(rule.comparison.subject(), subject);
}
bool check_not_equals(const NotEquals& rule, const Subject& subject) {
  return !same_value(rule.comparison.subject(), subject);
}

template <class P>
void print_comparison(const P& rule, std::size_t index, std::string& out) {
  if (index == 1) append_text(rule.comparison.subject(), out);
}

}  // namespace

const RuleOperations Defined::operations{
    .key = "isDefined",
    .message = "$each$property should not be null or undefined",
    .signature = "is_defined",
    .summary = "is neither missing nor null",
    .check = &check_defined,
};

const RuleOperations NotEmpty::operations{
    .key = "isNotEmpty",
    .message = "$each$property should not be empty",
    .signature = "not_empty",
    .summary = "is not \"\", null or missing; a container has elements",
    .check = &check_not_empty,
};

const RuleOperations IsEmpty::operations{
    .key = "isEmpty",
    .message = "$each$property must be empty",
    .signature = "is_empty",
    .summary = "is \"\", null or missing",
    .check = &check_empty,
};

const RuleOperations Equals::operations{
    .key = "equals",
    .message = "$each$property must be equal to $constraint1",
    .signature = "equals(value)",
    .summary = "is that value",
    .check = &detail::checked<Equals, &check_equals>,
    .constraint = &detail::printed<Equals, &print_comparison<Equals>>,
};

const RuleOperations NotEquals::operations{
    .key = "notEquals",
    .message = "$each$property should not be equal to $constraint1",
    .signature = "not_equals(value)",
    .summary = "is not that value",
    .check = &detail::checked<NotEquals, &check_not_equals>,
    .constraint = &detail::printed<NotEquals, &print_comparison<NotEquals>>,
};

}  // namespace roost::validation
