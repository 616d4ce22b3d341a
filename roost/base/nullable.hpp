// A member that keeps "absent", "null" and "has a value" apart, for PATCH bodies and the like.
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace roost {

/// Says "not there at all": `name = absent;` (null is spelled nullptr).
struct Absent {
  friend constexpr bool operator==(Absent, Absent) = default;
};
inline constexpr Absent absent{};

/// Holds a T, null, or nothing. Starts absent. In JSON absent is a member that is left out, null is
/// `null`. Owns its value; as thread-safe as T.
template <class T>
class Nullable {
 public:
  using value_type = T;

  constexpr Nullable() = default;
  constexpr Nullable(Absent) {}                           // implicit, as for std::nullopt
  constexpr Nullable(std::nullptr_t) : is_null_{true} {}  // implicit: `Nullable<int> n = nullptr`
  template <class U = T>
  requires(std::is_constructible_v<T, U&&> && !std::is_same_v<std::remove_cvref_t<U>, Nullable> &&
           !std::is_same_v<std::remove_cvref_t<U>, Absent> &&
           !std::is_same_v<std::remove_cvref_t<U>,
                           std::nullptr_t>) constexpr explicit(!std::is_convertible_v<U&&, T>)
      Nullable(U&& value)
      : value_{std::in_place, std::forward<U>(value)} {}

  constexpr Nullable& operator=(Absent) {
    reset();
    return *this;
  }
  constexpr Nullable& operator=(std::nullptr_t) {
    value_.reset();
    is_null_ = true;
    return *this;
  }
  template <class U = T>
  requires(std::is_constructible_v<T, U&&>&& std::is_assignable_v<T&, U&&> &&
           !std::is_same_v<std::remove_cvref_t<U>, Nullable> &&
           !std::is_same_v<std::remove_cvref_t<U>, Absent> &&
           !std::is_same_v<std::remove_cvref_t<U>, std::nullptr_t>) constexpr Nullable&
  operator=(U&& value) {
    value_ = std::forward<U>(value);
    is_null_ = false;
    return *this;
  }

  /// Neither null nor a value.
  [[nodiscard]] constexpr bool is_absent() const { return !is_null_ && !value_.has_value(); }
  [[nodiscard]] constexpr bool is_null() const { return is_null_; }
  [[nodiscard]] constexpr bool has_value() const { return value_.has_value(); }
  [[nodiscard]] constexpr explicit operator bool() const { return value_.has_value(); }

  /// The value; throws std::bad_optional_access when absent or null.
  [[nodiscard]] constexpr T& value() & { return value_.value(); }
  [[nodiscard]] constexpr const T& value() const& { return value_.value(); }
  [[nodiscard]] constexpr T&& value() && { return std::move(value_).value(); }

  /// The value, which must be there (as with std::optional).
  [[nodiscard]] constexpr T& operator*() & { return *value_; }
  [[nodiscard]] constexpr const T& operator*() const& { return *value_; }
  [[nodiscard]] constexpr T&& operator*() && { return *std::move(value_); }
  [[nodiscard]] constexpr T* operator->() { return value_.operator->(); }
  [[nodiscard]] constexpr const T* operator->() const { return value_.operator->(); }

  /// The value, or `fallback` when absent or null.
  template <class U>
  [[nodiscard]] constexpr T value_or(U&& fallback) const& {
    return value_.value_or(std::forward<U>(fallback));
  }
  template <class U>
  [[nodiscard]] constexpr T value_or(U&& fallback) && {
    return std::move(value_).value_or(std::forward<U>(fallback));
  }

  /// Becomes absent.
  constexpr void reset() {
    value_.reset();
    is_null_ = false;
  }

  /// Replaces whatever is held by a T made from `arguments`.
  template <class... Arguments>
  constexpr T& emplace(Arguments&&... arguments) {
    is_null_ = false;
    return value_.emplace(std::forward<Arguments>(arguments)...);
  }

 private:
  std::optional<T> value_;
  bool is_null_ = false;  // never together with a value
};

// Templates with deduced arguments, not friends: a T must not turn into a Nullable<T> while the
// compiler looks for the equality of T itself.

template <class T>
inline constexpr bool is_nullable = false;
template <class T>
inline constexpr bool is_nullable<Nullable<T>> = true;

/// Equal states, and equal values where both have one.
template <class T>
requires requires(const T& x) { static_cast<bool>(x == x); }
constexpr bool operator==(const Nullable<T>& a, const Nullable<T>& b) {
  if (!a.has_value() || !b.has_value()) {
    return a.has_value() == b.has_value() && a.is_null() == b.is_null();
  }
  return static_cast<bool>(*a == *b);
}
template <class T>
constexpr bool operator==(const Nullable<T>& a, std::nullptr_t) {
  return a.is_null();
}
template <class T>
constexpr bool operator==(const Nullable<T>& a, Absent) {
  return a.is_absent();
}
template <class T, class U>
requires(!is_nullable<U> &&
         requires(const T& x, const U& y) { static_cast<bool>(x == y); }) constexpr bool
operator==(const Nullable<T>& a, const U& value) {
  return a.has_value() && static_cast<bool>(*a == value);
}

}  // namespace roost
