// The elements of an array as the texts they are.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace roost::json {

/// Walks over the text of a JSON array that is known to be well-formed, as one that a reader has
/// stepped over. Refers to the text.
class Elements {
 public:
  explicit Elements(std::string_view array) : array_{array} {}

  /// The next element without the white space around it; nothing after the last one.
  [[nodiscard]] std::optional<std::string_view> next();

 private:
  std::string_view array_;
  std::size_t position_ = 1;  // behind the bracket
};

}  // namespace roost::json
