// Rules for containers as a whole.
#include <roost/validation/detail/define_rule.hpp>
#include <roost/validation/rules/array_rules.hpp>

#include <algorithm>
#include <vector>

namespace roost::validation {

bool array_has_all(std::span<const Literal> values, const Subject& subject) {
  if (!subject.is_array()) return false;
  for (const Literal& value : values) {
    if (subject.elements() == nullptr) return false;
    const bool missing = subject.elements()->all(
        [&](const Subject& element) { return !same_value(value.subject(), element); });
    if (missing) return false;
  }
  return true;
}

bool array_has_none(std::span<const Literal> values, const Subject& subject) {
  if (!subject.is_array()) return false;
  if (subject.elements() == nullptr) return true;
  return subject.elements()->all(
      [&](const Subject& element) { return !contains_value(values, element); });
}

namespace {

bool check_array_not_empty(const RuleCall& call) {
  return call.subject.is_array() && call.subject.size() > 0;
}
bool check_min_size(const ArrayMinSize& rule, const Subject& subject) {
  return subject.is_array() && subject.size() >= rule.size;
}
bool check_max_size(const ArrayMaxSize& rule, const Subject& subject) {
  return subject.is_array() && subject.size() <= rule.size;
}

template <class P>
void print_size(const P& rule, std::size_t index, std::string& out) {
  if (index == 1) detail::append_size(rule.size, out);
}

}  // namespace

// Sorts views of the elements, so that a long array costs n log n. Elements that cannot be
// compared (objects) never count as equal.
bool has_unique_elements(const RuleCall& call) {
  if (!call.subject.is_array()) return false;
  if (call.subject.elements() == nullptr || call.subject.size() < 2) return true;
  std::vector<Subject> seen;
  seen.reserve(call.subject.size());
  (void)call.subject.elements()->all([&](const Subject& element) {
    if (!element.is_object()) seen.push_back(element);
    return true;
  });
  std::sort(seen.begin(), seen.end(),
            [](const Subject& a, const Subject& b) { return order_values(a, b) < 0; });
  return std::adjacent_find(seen.begin(), seen.end(), [](const Subject& a, const Subject& b) {
           return order_values(a, b) == 0;
         }) == seen.end();
}

const RuleOperations ArrayNotEmpty::operations{
    .key = "arrayNotEmpty",
    .message = "$each$property should not be empty",
    .signature = "array_not_empty",
    .summary = "is an array with elements",
    .check = &check_array_not_empty,
};

const RuleOperations ArrayMinSize::operations{
    .key = "arrayMinSize",
    .message = "$each$property must contain at least $constraint1 elements",
    .signature = "array_min_size(n)",
    .summary = "is an array of n or more elements",
    .check = &detail::checked<ArrayMinSize, &check_min_size>,
    .constraint = &detail::printed<ArrayMinSize, &print_size<ArrayMinSize>>,
};

const RuleOperations ArrayMaxSize::operations{
    .key = "arrayMaxSize",
    .message = "$each$property must contain no more than $constraint1 elements",
    .signature = "array_max_size(n)",
    .summary = "is an array of n or fewer elements",
    .check = &detail::checked<ArrayMaxSize, &check_max_size>,
    .constraint = &detail::printed<ArrayMaxSize, &print_size<ArrayMaxSize>>,
};

const RuleOperations ArrayUnique::operations{
    .key = "arrayUnique",
    .message = "$eachAll $property's elements must be unique",
    .signature = "array_unique",
    .summary = "is an array without equal elements",
    .check = &has_unique_elements,
};

}  // namespace roost::validation
