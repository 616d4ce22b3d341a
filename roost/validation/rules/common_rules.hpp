// Rules for values of any type: present, empty, equal to, one of.
#pragma once

#include <roost/validation/literal.hpp>
#include <roost/validation/rule.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>

namespace roost::validation {

struct Defined {
  static constexpr Domain domain = Domain::any;
  static const RuleOperations operations;
};
struct NotEmpty {
  static constexpr Domain domain = Domain::any;
  static const RuleOperations operations;
};
struct IsEmpty {
  static constexpr Domain domain = Domain::any;
  static const RuleOperations operations;
};
struct Equals {
  static constexpr Domain domain = Domain::any;
  static const RuleOperations operations;
  Literal comparison;
};
struct NotEquals {
  static constexpr Domain domain = Domain::any;
  static const RuleOperations operations;
  Literal comparison;
};

/// True when one of `values` is the subject.
[[nodiscard]] bool contains_value(std::span<const Literal> values, const Subject& subject);
/// Appends "a, b, c".
void append_values(std::span<const Literal> values, std::string& out);

namespace detail {

template <class P>
bool check_list(const RuleCall& call) {
  return P::check(static_cast<const P*>(call.parameters)->values, call.subject);
}
template <class P>
void print_list(const void* parameters, std::size_t index, std::string& out) {
  if (index == 1) append_values(static_cast<const P*>(parameters)->values, out);
}

template <class P>
std::span<const Literal> list_values(const void* parameters) {
  return static_cast<const P*>(parameters)->values;
}

/// Texts that the list rules of every length share.
struct ListTexts {
  std::string_view key, message, signature, summary;
};
template <class P>
constexpr RuleOperations list_operations() {
  RuleOperations operations;
  operations.key = P::texts.key;
  operations.message = P::texts.message;
  operations.signature = P::texts.signature;
  operations.summary = P::texts.summary;
  operations.check = &check_list<P>;
  operations.constraint = &print_list<P>;
  operations.values = &list_values<P>;
  return operations;
}

}  // namespace detail

inline constexpr detail::ListTexts one_of_texts{
    "isIn", "$each$property must be one of the following values: $constraint1", "one_of(a, b, …)",
    "is one of the values"};
inline constexpr detail::ListTexts not_one_of_texts{
    "isNotIn", "$each$property should not be one of the following values: $constraint1",
    "not_one_of(a, b, …)", "is none of the values"};

template <std::size_t N>
struct OneOf {
  static constexpr Domain domain = Domain::any;
  static constexpr const detail::ListTexts& texts = one_of_texts;
  static bool check(std::span<const Literal> values, const Subject& subject) {
    return contains_value(values, subject);
  }
  static constexpr RuleOperations operations = detail::list_operations<OneOf>();
  std::array<Literal, N> values;
};
template <std::size_t N>
struct NotOneOf {
  static constexpr Domain domain = Domain::any;
  static constexpr const detail::ListTexts& texts = not_one_of_texts;
  static bool check(std::span<const Literal> values, const Subject& subject) {
    return !contains_value(values, subject);
  }
  static constexpr RuleOperations operations = detail::list_operations<NotOneOf>();
  std::array<Literal, N> values;
};

}  // namespace roost::validation

namespace roost {

/// The value is neither missing nor null. Only says something at members that may be.
inline constexpr validation::Rule<validation::Defined> is_defined{};
/// Not "", null or missing; a container with at least one element. " " is not empty.
inline constexpr validation::Rule<validation::NotEmpty> not_empty{};
/// "", null or missing.
inline constexpr validation::Rule<validation::IsEmpty> is_empty{};

/// The same text, number or boolean. An enumerator is given by its name.
constexpr auto equals(validation::Literal value) {
  return validation::Rule<validation::Equals>{{}, {value}};
}
constexpr auto not_equals(validation::Literal value) {
  return validation::Rule<validation::NotEquals>{{}, {value}};
}
/// One of these texts, numbers, booleans or nullptr.
template <class... Values>
constexpr auto one_of(const Values&... values) {
  return validation::Rule<validation::OneOf<sizeof...(Values)>>{{},
                                                                {{validation::Literal{values}...}}};
}
/// None of these.
template <class... Values>
constexpr auto not_one_of(const Values&... values) {
  return validation::Rule<validation::NotOneOf<sizeof...(Values)>>{
      {}, {{validation::Literal{values}...}}};
}

}  // namespace roost
