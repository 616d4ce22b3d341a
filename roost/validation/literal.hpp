// Constants inside rules: what `equals(…)` and `one_of(…)` compare with.
#pragma once

#include <roost/validation/subject.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace roost::validation {

/// A text, number, boolean or null that lives in an annotation.
class Literal {
 public:
  constexpr Literal() = default;
  constexpr Literal(std::nullptr_t)
      : subject_{Subject::null()} {}  // implicit: literals are the point
  constexpr Literal(const char* text) : subject_{Subject::string(text)} {}
  constexpr Literal(std::string_view text) : subject_{Subject::string(text)} {}
  template <std::same_as<bool> T>
  constexpr Literal(T value) : subject_{Subject::boolean(value)} {}
  template <std::signed_integral T>
  constexpr Literal(T value) : subject_{Subject::integer(static_cast<std::int64_t>(value))} {}
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) constexpr Literal(T value)
      : subject_{Subject::integer(static_cast<std::uint64_t>(value))} {}
  template <std::floating_point T>
  constexpr Literal(T value) : subject_{number(static_cast<double>(value))} {}

  [[nodiscard]] constexpr const Subject& subject() const { return subject_; }

 private:
  static constexpr Subject number(double value) { return Subject::floating(value); }

  Subject subject_ = Subject::null();
};

/// A short list of texts in the options of a rule; at most `capacity`.
class TextList {
 public:
  static constexpr std::size_t capacity = 12;

  constexpr TextList() = default;
  template <std::convertible_to<std::string_view>... Texts>
  requires(sizeof...(Texts) > 0 &&
           sizeof...(Texts) <= capacity) constexpr TextList(const Texts&... texts)
      : texts_{std::string_view{texts}...}, size_{sizeof...(Texts)} {}

  constexpr void push_back(std::string_view text) { texts_[size_++] = text; }
  [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  [[nodiscard]] constexpr auto begin() const { return texts_.begin(); }
  [[nodiscard]] constexpr auto end() const {
    return texts_.begin() + static_cast<std::ptrdiff_t>(size_);
  }

 private:
  std::array<std::string_view, capacity> texts_{};
  std::size_t size_ = 0;
};

}  // namespace roost::validation
