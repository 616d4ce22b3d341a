// How the application, a controller, a route or a parameter says that input is validated otherwise
// than usual.
#pragma once

#include <array>
#include <cstddef>
#include <exception>
#include <string_view>

namespace roost {

namespace validation {
class ValidationErrors;
}

/// Makes the exception that refused input is answered with.
using ValidationErrorFactory = std::exception_ptr (*)(const validation::ValidationErrors& errors);

/// Annotation of a route or controller; a compile-time value made by validation_pipe():
/// `post<&C::create_many>("bulk", validation_pipe().every_item())`. For the whole application it
/// stands in ApplicationOptions::validation, for one parameter in Checked<…>; the nearest one holds
/// as a whole.
class ValidationPipe {
 public:
  static constexpr std::size_t max_groups = 4;

  /// Members that the type does not have are dropped rather than refused.
  [[nodiscard]] constexpr ValidationPipe strip_unknown() const {
    ValidationPipe pipe = *this;
    pipe.strip_unknown_ = true;
    return pipe;
  }
  /// null for a member that may be left out counts as left out. Without this, null is for members
  /// of optional type only.
  [[nodiscard]] constexpr ValidationPipe null_is_absent() const {
    ValidationPipe pipe = *this;
    pipe.null_is_absent_ = true;
    return pipe;
  }
  /// Rules without a group run beside those of the groups that are asked for.
  [[nodiscard]] constexpr ValidationPipe with_ungrouped() const {
    ValidationPipe pipe = *this;
    pipe.with_ungrouped_ = true;
    return pipe;
  }
  /// Where no groups are asked for, only rules without a group run.
  [[nodiscard]] constexpr ValidationPipe strict_groups() const {
    ValidationPipe pipe = *this;
    pipe.strict_groups_ = true;
    return pipe;
  }
  /// Messages beyond so many characters are left out and counted as one line.
  [[nodiscard]] constexpr ValidationPipe max_messages_length(std::size_t characters) const {
    ValidationPipe pipe = *this;
    pipe.max_messages_length_ = characters;
    return pipe;
  }
  /// Makes the exception instead of the standard one: a function, or a lambda without captures.
  [[nodiscard]] constexpr ValidationPipe error_factory(ValidationErrorFactory factory) const {
    ValidationPipe pipe = *this;
    pipe.error_factory_ = factory;
    return pipe;
  }
  /// One message per member.
  [[nodiscard]] constexpr ValidationPipe stop_at_first_error() const {
    ValidationPipe pipe = *this;
    pipe.stop_at_first_error_ = true;
    return pipe;
  }
  /// An array as body is checked to its end; messages begin with the item's index: "[1] …".
  [[nodiscard]] constexpr ValidationPipe every_item() const {
    ValidationPipe pipe = *this;
    pipe.every_item_ = true;
    return pipe;
  }
  /// An array of more items than this is refused before they are looked at.
  [[nodiscard]] constexpr ValidationPipe max_items(std::size_t count) const {
    ValidationPipe pipe = *this;
    pipe.max_items_ = count;
    return pipe;
  }
  /// "message" is an object: path → messages.
  [[nodiscard]] constexpr ValidationPipe grouped() const {
    ValidationPipe pipe = *this;
    pipe.grouped_ = true;
    return pipe;
  }
  /// The answer does not say which rule failed.
  [[nodiscard]] constexpr ValidationPipe without_messages() const {
    ValidationPipe pipe = *this;
    pipe.messages_ = false;
    return pipe;
  }
  /// Status of the answer, 400 unless set.
  [[nodiscard]] constexpr ValidationPipe status(int status) const {
    ValidationPipe pipe = *this;
    pipe.status_ = status;
    return pipe;
  }
  /// Only rules of these groups run.
  template <class... Names>
  requires(sizeof...(Names) > 0 && sizeof...(Names) <= max_groups)
      [[nodiscard]] constexpr ValidationPipe groups(const Names&... names) const {
    ValidationPipe pipe = *this;
    pipe.groups_ = {std::string_view{names}...};
    return pipe;
  }

  [[nodiscard]] constexpr bool strips_unknown() const { return strip_unknown_; }
  [[nodiscard]] constexpr bool takes_null_as_absent() const { return null_is_absent_; }
  [[nodiscard]] constexpr bool stops_at_first_error() const { return stop_at_first_error_; }
  [[nodiscard]] constexpr bool checks_every_item() const { return every_item_; }
  [[nodiscard]] constexpr std::size_t max_item_count() const { return max_items_; }
  [[nodiscard]] constexpr bool groups_errors() const { return grouped_; }
  [[nodiscard]] constexpr bool tells_messages() const { return messages_; }
  [[nodiscard]] constexpr bool runs_ungrouped() const { return with_ungrouped_; }
  [[nodiscard]] constexpr bool has_strict_groups() const { return strict_groups_; }
  [[nodiscard]] constexpr std::size_t messages_limit() const { return max_messages_length_; }
  [[nodiscard]] constexpr ValidationErrorFactory exception_factory() const {
    return error_factory_;
  }
  [[nodiscard]] constexpr int error_status() const { return status_; }
  [[nodiscard]] constexpr const std::array<std::string_view, max_groups>& group_names() const {
    return groups_;
  }

 private:
  bool strip_unknown_ = false;
  bool null_is_absent_ = false;
  bool stop_at_first_error_ = false;
  bool every_item_ = false;
  bool grouped_ = false;
  bool messages_ = true;
  bool with_ungrouped_ = false;
  bool strict_groups_ = false;
  int status_ = 400;
  std::size_t max_items_ = static_cast<std::size_t>(-1);
  std::size_t max_messages_length_ = 0;
  ValidationErrorFactory error_factory_ = nullptr;
  std::array<std::string_view, max_groups> groups_{};
};

constexpr ValidationPipe validation_pipe() { return {}; }

}  // namespace roost
