// Rules for numbers.
#pragma once

#include <roost/validation/literal.hpp>
#include <roost/validation/rule.hpp>

namespace roost::validation {

struct Min {
  static constexpr Domain domain = Domain::number;
  static const RuleOperations operations;
  Literal bound;
};
struct Max {
  static constexpr Domain domain = Domain::number;
  static const RuleOperations operations;
  Literal bound;
};
struct Positive {
  static constexpr Domain domain = Domain::number;
  static const RuleOperations operations;
};
struct Negative {
  static constexpr Domain domain = Domain::number;
  static const RuleOperations operations;
};
struct DivisibleBy {
  static constexpr Domain domain = Domain::number;
  static const RuleOperations operations;
  Literal divisor;
};

/// A bound or divisor; anything but a number does not compile.
template <class T>
concept Number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

}  // namespace roost::validation

namespace roost {

/// Not less than `bound`.
template <validation::Number T>
constexpr auto min(T bound) {
  return validation::Rule<validation::Min>{{}, {bound}};
}
/// Not greater than `bound`.
template <validation::Number T>
constexpr auto max(T bound) {
  return validation::Rule<validation::Max>{{}, {bound}};
}
/// Greater than zero.
inline constexpr validation::Rule<validation::Positive> positive{};
/// Less than zero.
inline constexpr validation::Rule<validation::Negative> negative{};
/// A multiple of `divisor`, which is not zero.
template <validation::Number T>
constexpr auto divisible_by(T divisor) {
  return validation::Rule<validation::DivisibleBy>{{}, {divisor}};
}

}  // namespace roost
