// Exact decimal numbers of any length, for money and quantities.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace roost {

/// An exact decimal number, kept as its text: "-12.50" has two digits of fraction and keeps them.
/// Compared by value (12.5 == 12.50). It carries values between clients and databases, which
/// calculate with them; it does no arithmetic itself.
class Decimal {
 public:
  static constexpr std::string_view text_format = "decimal";
  static constexpr std::string_view text_expected = "must be a decimal number";
  /// As PostgreSQL's numeric: digits before and after the point.
  static constexpr std::size_t max_digits = 131'072;

  /// Zero.
  Decimal() : text_{"0"} {}
  explicit Decimal(std::int64_t value) : text_{std::to_string(value)} {}

  /// Reads an optional sign, digits, and optionally a point and digits: no exponent, no blanks.
  [[nodiscard]] static std::optional<Decimal> parse(std::string_view text);

  /// No leading zeros before the first digit of the integer part, "-" only for numbers below zero.
  [[nodiscard]] const std::string& to_string() const { return text_; }
  void append_to(std::string& out) const { out += text_; }

  [[nodiscard]] bool is_negative() const { return text_[0] == '-'; }
  /// Number of digits after the point.
  [[nodiscard]] std::size_t scale() const;
  /// The nearest double.
  [[nodiscard]] double to_double() const;

  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);

 private:
  std::string text_;
};

}  // namespace roost
