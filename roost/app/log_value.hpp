// A value in a log line: what stands behind a key.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

namespace roost {

/// A number, truth value or text beside its key. A view: used within the call that logs it.
class LogValue {
 public:
  enum class Kind : std::uint8_t { text, integer, unsigned_integer, floating, boolean };

  LogValue(std::string_view text) : kind_{Kind::text}, text_{text} {}  // implicit, all of them
  template <class T>
  requires std::convertible_to<const T&, std::string_view> LogValue(const T& text)
      : kind_{Kind::text}, text_{text} {}
  template <std::signed_integral T>
  LogValue(T value) : kind_{Kind::integer}, integer_{value} {}
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) LogValue(T value)
      : kind_{Kind::unsigned_integer}, unsigned_{value} {}
  template <std::floating_point T>
  LogValue(T value) : kind_{Kind::floating}, floating_{static_cast<double>(value)} {}
  template <std::same_as<bool> T>
  LogValue(T value) : kind_{Kind::boolean}, boolean_{value} {}

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::int64_t integer() const { return integer_; }
  [[nodiscard]] std::uint64_t unsigned_integer() const { return unsigned_; }
  [[nodiscard]] double floating() const { return floating_; }
  [[nodiscard]] bool boolean() const { return boolean_; }

 private:
  Kind kind_;
  union {
    std::string_view text_;
    std::int64_t integer_;
    std::uint64_t unsigned_;
    double floating_;
    bool boolean_;
  };
};

}  // namespace roost
