// Rules for the kind of a value. A member of a C++ type needs none of them; they are for members of
// type json::Value, and for giving the type's own rule another message or group.
#pragma once

#include <roost/validation/rule.hpp>

namespace roost::validation {

struct IsString {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
};
struct IsBoolean {
  static constexpr Domain domain = Domain::boolean;
  static const RuleOperations operations;
};
struct NumberOptions {
  bool allow_nan = false;
  bool allow_infinity = false;
  int max_decimals = -1;  // digits after the point; −1: any
};
struct IsNumber {
  using Options = NumberOptions;
  static constexpr Domain domain = Domain::number;
  static const RuleOperations operations;
  Options options{};
};
struct IsInteger {
  static constexpr Domain domain = Domain::number;
  static const RuleOperations operations;
};
struct IsDate {
  static constexpr Domain domain = Domain::other;
  static const RuleOperations operations;
};
struct IsArray {
  static constexpr Domain domain = Domain::array;
  static const RuleOperations operations;
};
struct IsObject {
  static constexpr Domain domain = Domain::object;
  static const RuleOperations operations;
};
struct NotEmptyObjectOptions {
  bool nullable = true;  // false: members that are null do not count
};
struct NotEmptyObject {
  using Options = NotEmptyObjectOptions;
  static constexpr Domain domain = Domain::object;
  static const RuleOperations operations;
  Options options{};
};

}  // namespace roost::validation

namespace roost {

inline constexpr validation::Rule<validation::IsString> is_string{};
inline constexpr validation::Rule<validation::IsBoolean> is_boolean{};
/// A finite number: `is_number`, `is_number({.max_decimals = 2})`.
inline constexpr validation::Rule<validation::IsNumber> is_number{};
/// A number without fraction; 1.0 and 1e2 are integers.
inline constexpr validation::Rule<validation::IsInteger> is_integer{};
inline constexpr validation::Rule<validation::IsDate> is_date{};
inline constexpr validation::Rule<validation::IsArray> is_array{};
inline constexpr validation::Rule<validation::IsObject> is_object{};
/// An object, or a map, with members.
inline constexpr validation::Rule<validation::NotEmptyObject> not_empty_object{};

/// A finite number with at most so many digits after the decimal point.
constexpr auto max_decimals(int places) {
  return validation::Rule<validation::IsNumber>{{}, {{false, false, places}}};
}

}  // namespace roost
