// The rule that a member has by its C++ type alone.
#include <roost/meta/annotation.hpp>
#include <roost/validation/detail/type_rule.hpp>
#include <roost/validation/detail/typed_subject.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace roost::validation::detail {

using reflect::TypeDescriptor;
using reflect::TypeKind;

namespace {

bool is_whole(const Subject& subject) {
  if (subject.kind() == SubjectKind::floating) {
    const double number = subject.as_double();
    return std::isfinite(number) && number == std::floor(number);
  }
  return subject.is_number();
}

TypeMessage enumeration_message(const TypeDescriptor& type) {
  TypeMessage message{"isEnum", "must be one of the following values: "};
  bool first = true;
  for (const reflect::Enumerator& enumerator : type.enumeration->enumerators) {
    if (!first) message.text += ", ";
    first = false;
    message.text += enumerator.name;
  }
  return message;
}

TypeMessage text_message(const TypeDescriptor& type) {
  TypeMessage message{type.text->format, std::string{type.text->expected}};
  if (is_timestamp(type)) message.rule = "isDate";
  if (type.text->format == "uuid") message.rule = "isUuid";
  if (message.text.empty()) message.text = "must be a " + std::string{type.name};
  return message;
}

}  // namespace

TypeMessage type_message(const TypeDescriptor& type) {
  switch (type.kind) {
    case TypeKind::boolean:
      return {"isBoolean", "must be a boolean value"};
    case TypeKind::integer:
      return {"isInt", "must be an integer number"};
    case TypeKind::floating:
      return {"isNumber", "must be a number conforming to the specified constraints"};
    case TypeKind::string:
      return {"isString", "must be a string"};
    case TypeKind::enumeration:
      return enumeration_message(type);
    case TypeKind::text:
      return text_message(type);
    case TypeKind::sequence:
      return {"isArray", "must be an array"};
    case TypeKind::object:
    case TypeKind::map:
    case TypeKind::reference:
      return {"isObject", "must be an object"};
    case TypeKind::variant:
      return {"variant", "must be of one of the allowed types"};
    case TypeKind::optional:
    case TypeKind::dynamic:
      return {"isDefined", "should not be null or undefined"};
  }
  return {};
}

TypeMessage type_message(const TypeDescriptor& type, const reflect::FieldDescriptor& field) {
  TypeMessage message = type_message(type);
  if (type.kind != TypeKind::text) return message;
  const auto* form = reflect::find_annotation<reflect::TextForm>(field.annotations);
  if (form != nullptr) message.text.assign(form->expected);
  return message;
}

bool has_type(const TypeDescriptor& type, const Subject& subject) {
  switch (type.kind) {
    case TypeKind::boolean:
      return subject.kind() == SubjectKind::boolean;
    case TypeKind::integer:
      return is_whole(subject);
    case TypeKind::floating:
      return subject.is_number() && std::isfinite(subject.as_double());
    case TypeKind::string:
      return subject.is_string();
    case TypeKind::enumeration:
      return subject.is_string() &&
             std::any_of(type.enumeration->enumerators.begin(), type.enumeration->enumerators.end(),
                         [&](const reflect::Enumerator& enumerator) {
                           return enumerator.name == subject.text();
                         });
    case TypeKind::sequence:
      return subject.is_array();
    case TypeKind::object:
    case TypeKind::map:
      return subject.is_object();
    case TypeKind::dynamic:
      return !subject.is_missing();
    default:
      return false;
  }
}

TypeMessage range_message(const TypeDescriptor& type, const Subject& subject) {
  if (type.kind != TypeKind::integer || !is_whole(subject)) return {};
  const unsigned bits = type.integer.bytes * 8U;
  const auto largest_unsigned = UINT64_MAX >> (64 - bits);
  const std::uint64_t largest = type.integer.is_signed ? largest_unsigned / 2 : largest_unsigned;
  if (compare_numbers(subject, Subject::integer(largest)) == 1) {
    return {"max", "must not be greater than " + std::to_string(largest)};
  }
  const std::int64_t smallest =
      type.integer.is_signed ? -static_cast<std::int64_t>(largest) - 1 : 0;
  if (compare_numbers(subject, Subject::integer(smallest)) == -1) {
    return {"min", "must not be less than " + std::to_string(smallest)};
  }
  return {};
}

}  // namespace roost::validation::detail
