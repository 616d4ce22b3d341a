// Numbers as they stand in a text, and what values they have exactly.
#pragma once

#include <roost/json/issues.hpp>
#include <roost/meta/type_descriptor.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace roost::json::detail {

/// A number in JSON's grammar (or in that of a form field, which is a little wider).
struct NumberText {
  std::string_view text;
  bool negative = false;
  bool plain = false;  // digits only: neither fraction nor exponent
  /// Absolute value, where `plain` and it fits.
  std::optional<std::uint64_t> magnitude;
};

/// Takes the longest JSON number at `at`; null when there is none.
[[nodiscard]] const char* scan_number(const char* at, const char* end, NumberText& number);

/// An integer with its sign apart, so that both 64-bit ranges have room.
struct ExactInteger {
  bool negative = false;
  std::uint64_t magnitude = 0;

  [[nodiscard]] std::optional<std::int64_t> as_int64() const;
  [[nodiscard]] std::optional<std::uint64_t> as_uint64() const;
};

enum class IntegerForm : std::uint8_t { integer, fraction, too_large };
/// The exact value of a number: 1.0, 2e0 and 1e2 are integers. `too_large`: above 2^64-1.
[[nodiscard]] IntegerForm exact_integer(const NumberText& number, ExactInteger& integer);

/// The nearest double; ±infinity when it is too large, ±0 when it is too small.
[[nodiscard]] double nearest_double(const NumberText& number);
[[nodiscard]] float nearest_float(const NumberText& number);

/// Stores the integer; false when the type cannot hold it.
[[nodiscard]] bool store_integer(reflect::IntegerDetails details, ExactInteger integer,
                                 void* target);

/// Stores the enumerator of that name; false when there is none.
[[nodiscard]] bool store_enumerator(const reflect::EnumerationDetails& details,
                                    std::string_view name, void* target);

/// What validation sees of a number.
[[nodiscard]] RawValue raw_number(const NumberText& number);
[[nodiscard]] RawValue raw_integer(const ExactInteger& integer);

}  // namespace roost::json::detail
