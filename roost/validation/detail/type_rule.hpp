// The rule that a member has by its C++ type alone.
#pragma once

#include <roost/json/issues.hpp>
#include <roost/meta/type_descriptor.hpp>
#include <roost/validation/subject.hpp>

#include <string>
#include <string_view>

namespace roost::validation::detail {

/// Key and text ("must be a string") of a type's own rule.
struct TypeMessage {
  std::string_view rule;
  std::string text;
};
[[nodiscard]] TypeMessage type_message(const reflect::TypeDescriptor& type);
/// The same for a member's type or that of its elements: `field` may narrow texts.
[[nodiscard]] TypeMessage type_message(const reflect::TypeDescriptor& type,
                                       const reflect::FieldDescriptor& field);

/// Whether a value from the input is of the type.
[[nodiscard]] bool has_type(const reflect::TypeDescriptor& type, const Subject& subject);

/// For a whole number that the member's integer type cannot hold: which bound it breaks. Empty rule
/// for anything else.
[[nodiscard]] TypeMessage range_message(const reflect::TypeDescriptor& type,
                                        const Subject& subject);

}  // namespace roost::validation::detail
