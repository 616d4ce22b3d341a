// Exact reading of numbers.
#include <roost/json/detail/number.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <string>

namespace roost::json::detail {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

const char* skip_digits(const char* at, const char* end) {
  while (at != end && is_digit(*at)) ++at;
  return at;
}

/// digits × 10^exponent, digits without zeros at either end.
struct Decimal {
  std::string digits;
  std::int64_t exponent = 0;
};

Decimal decimal_of(std::string_view text) {
  Decimal decimal;
  const char* at = text.data();
  const char* end = at + text.size();
  bool after_point = false;
  for (; at != end && *at != 'e' && *at != 'E'; ++at) {
    if (*at == '.') after_point = true;
    if (!is_digit(*at)) continue;
    if (after_point) --decimal.exponent;
    if (!decimal.digits.empty() || *at != '0') decimal.digits += *at;
  }
  if (at != end) {
    ++at;
    const bool negative = *at == '-';
    if (*at == '-' || *at == '+') ++at;
    constexpr std::int64_t enough = 1'000'000'000'000;  // beyond any text that fits into memory
    std::int64_t exponent = 0;
    for (; at != end; ++at) exponent = std::min(exponent * 10 + (*at - '0'), enough);
    decimal.exponent += negative ? -exponent : exponent;
  }
  while (!decimal.digits.empty() && decimal.digits.back() == '0') {
    decimal.digits.pop_back();
    ++decimal.exponent;
  }
  return decimal;
}

template <class Float>
Float nearest(const NumberText& number) {
  const char* begin = number.text.data();
  const char* end = begin + number.text.size();
  if (*begin == '+') ++begin;
  Float value = 0;
  if (std::from_chars(begin, end, value).ec != std::errc::result_out_of_range) return value;
  const Decimal decimal = decimal_of(number.text);
  const bool large = static_cast<std::int64_t>(decimal.digits.size()) + decimal.exponent > 0;
  value = large ? std::numeric_limits<Float>::infinity() : Float{0};
  return number.negative ? -value : value;
}

template <class Integer>
void store(void* target, Integer value) {
  std::memcpy(target, &value, sizeof value);
}

}  // namespace

const char* scan_number(const char* at, const char* end, NumberText& number) {
  const char* begin = at;
  number.negative = at != end && *at == '-';
  if (number.negative) ++at;
  if (at == end || !is_digit(*at)) return nullptr;
  const char* digits = at;
  std::uint64_t magnitude = 0;
  if (*at == '0') {
    ++at;
  } else {
    for (; at != end && is_digit(*at); ++at) {
      magnitude = magnitude * 10 + static_cast<std::uint64_t>(*at - '0');
    }
  }
  number.plain = true;
  const auto count = at - digits;
  number.magnitude.reset();
  if (count <= 19) {  // cannot have wrapped around
    number.magnitude = magnitude;
  } else if (count == 20 && std::from_chars(digits, at, magnitude).ec == std::errc{}) {
    number.magnitude = magnitude;
  }
  if (at != end && *at == '.') {
    number.plain = false;
    const char* fraction = ++at;
    at = skip_digits(at, end);
    if (at == fraction) return nullptr;
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    number.plain = false;
    ++at;
    if (at != end && (*at == '-' || *at == '+')) ++at;
    const char* exponent = at;
    at = skip_digits(at, end);
    if (at == exponent) return nullptr;
  }
  number.text = {begin, static_cast<std::size_t>(at - begin)};
  return at;
}

std::optional<std::int64_t> ExactInteger::as_int64() const {
  constexpr std::uint64_t limit = std::uint64_t{1} << 63;
  if (!negative) {
    if (magnitude >= limit) return std::nullopt;
    return static_cast<std::int64_t>(magnitude);
  }
  if (magnitude > limit) return std::nullopt;
  return static_cast<std::int64_t>(0 - magnitude);
}

std::optional<std::uint64_t> ExactInteger::as_uint64() const {
  if (negative && magnitude != 0) return std::nullopt;
  return magnitude;
}

IntegerForm exact_integer(const NumberText& number, ExactInteger& integer) {
  integer.negative = number.negative;
  if (number.plain) {
    if (!number.magnitude) return IntegerForm::too_large;
    integer.magnitude = *number.magnitude;
    return IntegerForm::integer;
  }
  const Decimal decimal = decimal_of(number.text);
  integer.magnitude = 0;
  if (decimal.digits.empty()) return IntegerForm::integer;
  if (decimal.exponent < 0) return IntegerForm::fraction;
  if (static_cast<std::int64_t>(decimal.digits.size()) + decimal.exponent > 20) {
    return IntegerForm::too_large;
  }
  const std::string digits =
      decimal.digits + std::string(static_cast<std::size_t>(decimal.exponent), '0');
  const auto [at, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), integer.magnitude);
  return error == std::errc{} ? IntegerForm::integer : IntegerForm::too_large;
}

double nearest_double(const NumberText& number) {
  constexpr std::uint64_t exact_integers = std::uint64_t{1} << 53;
  if (number.plain && number.magnitude && *number.magnitude <= exact_integers) {
    const auto value = static_cast<double>(*number.magnitude);
    return number.negative ? -value : value;
  }
  return nearest<double>(number);
}

float nearest_float(const NumberText& number) { return nearest<float>(number); }

bool store_integer(reflect::IntegerDetails details, ExactInteger integer, void* target) {
  const unsigned bits = details.bytes * 8U;
  if (bits == 0 || bits > 64) return false;
  if (details.is_signed) {
    const std::optional<std::int64_t> value = integer.as_int64();
    if (!value) return false;
    const std::int64_t limit = std::numeric_limits<std::int64_t>::max() >> (64 - bits);
    if (*value > limit || *value < -limit - 1) return false;
    switch (details.bytes) {
      case 1:
        store(target, static_cast<std::int8_t>(*value));
        break;
      case 2:
        store(target, static_cast<std::int16_t>(*value));
        break;
      case 4:
        store(target, static_cast<std::int32_t>(*value));
        break;
      default:
        store(target, *value);
        break;
    }
    return true;
  }
  const std::optional<std::uint64_t> value = integer.as_uint64();
  if (!value || *value > std::numeric_limits<std::uint64_t>::max() >> (64 - bits)) return false;
  switch (details.bytes) {
    case 1:
      store(target, static_cast<std::uint8_t>(*value));
      break;
    case 2:
      store(target, static_cast<std::uint16_t>(*value));
      break;
    case 4:
      store(target, static_cast<std::uint32_t>(*value));
      break;
    default:
      store(target, *value);
      break;
  }
  return true;
}

bool store_enumerator(const reflect::EnumerationDetails& details, std::string_view name,
                      void* target) {
  for (const reflect::Enumerator& enumerator : details.enumerators) {
    if (enumerator.name != name) continue;
    // Values of 64 bits without sign are kept in the same bits.
    const bool negative = enumerator.value < 0 && details.underlying.is_signed;
    const auto bits = static_cast<std::uint64_t>(enumerator.value);
    return store_integer(details.underlying, {negative, negative ? 0 - bits : bits}, target);
  }
  return false;
}

RawValue raw_number(const NumberText& number) {
  RawValue raw;
  raw.kind = RawKind::number;
  raw.number = nearest_double(number);
  ExactInteger integer;
  if (exact_integer(number, integer) == IntegerForm::integer) {
    raw.int64 = integer.as_int64();
    raw.uint64 = integer.as_uint64();
  }
  return raw;
}

RawValue raw_integer(const ExactInteger& integer) {
  RawValue raw;
  raw.kind = RawKind::number;
  raw.number = static_cast<double>(integer.magnitude);
  if (integer.negative) raw.number = -raw.number;
  raw.int64 = integer.as_int64();
  raw.uint64 = integer.as_uint64();
  return raw;
}

}  // namespace roost::json::detail
