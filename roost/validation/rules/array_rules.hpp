// Rules for containers as a whole; each(…) is for their elements.
#pragma once

#include <roost/meta/member.hpp>
#include <roost/validation/literal.hpp>
#include <roost/validation/rule.hpp>
#include <roost/validation/rules/common_rules.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace roost::validation {

struct ArrayNotEmpty {
  static constexpr Domain domain = Domain::array;
  static const RuleOperations operations;
};
struct ArrayMinSize {
  static constexpr Domain domain = Domain::array;
  static const RuleOperations operations;
  std::size_t size = 0;
};
struct ArrayMaxSize {
  static constexpr Domain domain = Domain::array;
  static const RuleOperations operations;
  std::size_t size = 0;
};
struct ArrayUnique {
  static constexpr Domain domain = Domain::array;
  static const RuleOperations operations;
};

/// Whether no two elements are equal.
[[nodiscard]] bool has_unique_elements(const RuleCall& call);

template <auto Member>
struct ArrayUniqueBy {
  static constexpr Domain domain = Domain::array;
  static constexpr RuleOperations operations{
      .key = "arrayUnique",
      .message = "$eachAll $property's elements must be unique",
      .signature = "array_unique_by<&T::member>()",
      .summary = "is an array of objects without equal values of the member",
      .check = &has_unique_elements,
      .identify = &reflect::member_name<Member>,
  };
};

/// Every value is among the elements of the array.
[[nodiscard]] bool array_has_all(std::span<const Literal> values, const Subject& subject);
/// No value is among the elements of the array.
[[nodiscard]] bool array_has_none(std::span<const Literal> values, const Subject& subject);

inline constexpr detail::ListTexts array_contains_texts{
    "arrayContains", "$each$property must contain $constraint1 values", "array_contains(a, b, …)",
    "is an array with all of the values"};
inline constexpr detail::ListTexts array_not_contains_texts{
    "arrayNotContains", "$each$property should not contain $constraint1 values",
    "array_not_contains(a, b, …)", "is an array with none of the values"};

template <std::size_t N>
struct ArrayContains {
  static constexpr Domain domain = Domain::array;
  static constexpr const detail::ListTexts& texts = array_contains_texts;
  static bool check(std::span<const Literal> values, const Subject& subject) {
    return array_has_all(values, subject);
  }
  static constexpr RuleOperations operations = detail::list_operations<ArrayContains>();
  std::array<Literal, N> values;
};
template <std::size_t N>
struct ArrayNotContains {
  static constexpr Domain domain = Domain::array;
  static constexpr const detail::ListTexts& texts = array_not_contains_texts;
  static bool check(std::span<const Literal> values, const Subject& subject) {
    return array_has_none(values, subject);
  }
  static constexpr RuleOperations operations = detail::list_operations<ArrayNotContains>();
  std::array<Literal, N> values;
};

}  // namespace roost::validation

namespace roost {

/// At least one element.
inline constexpr validation::Rule<validation::ArrayNotEmpty> array_not_empty{};
/// At least so many elements.
constexpr auto array_min_size(std::size_t size) {
  return validation::Rule<validation::ArrayMinSize>{{}, {size}};
}
/// At most so many elements.
constexpr auto array_max_size(std::size_t size) {
  return validation::Rule<validation::ArrayMaxSize>{{}, {size}};
}
/// No two elements are equal.
inline constexpr validation::Rule<validation::ArrayUnique> array_unique{};
/// No two elements have the same value of the member.
template <auto Member>
constexpr auto array_unique_by() {
  return validation::Rule<validation::ArrayUniqueBy<Member>>{};
}
/// All of these values are among the elements.
template <class... Values>
constexpr auto array_contains(const Values&... values) {
  return validation::Rule<validation::ArrayContains<sizeof...(Values)>>{
      {}, {{validation::Literal{values}...}}};
}
/// None of these values is among the elements.
template <class... Values>
constexpr auto array_not_contains(const Values&... values) {
  return validation::Rule<validation::ArrayNotContains<sizeof...(Values)>>{
      {}, {{validation::Literal{values}...}}};
}

}  // namespace roost
