// Where a value lies while it is read, and issues about it.
#pragma once

#include <roost/json/issues.hpp>
#include <roost/meta/type_descriptor.hpp>

#include <cstddef>
#include <string_view>

namespace roost::json::detail {

/// Where a value lies, as a list from the inside out on the stack; the root is null.
struct Place {
  const Place* outer = nullptr;
  const reflect::FieldDescriptor* field = nullptr;  // the innermost one
  std::string_view name;
  std::size_t index = 0;
  bool is_index = false;
};
[[nodiscard]] Path path_of(const Place* place);

/// An issue about the value at `place`.
[[nodiscard]] Issue make_issue(IssueCode code, const reflect::TypeDescriptor* type,
                               const Place* place, RawValue raw = {});
[[nodiscard]] RawValue raw_string(std::string_view text);

/// False when the member at `place` is of a text form that the text has not.
[[nodiscard]] bool has_form(const Place* place, std::string_view text);

}  // namespace roost::json::detail
