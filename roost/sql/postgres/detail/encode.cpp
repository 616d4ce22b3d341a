// Parameters: fixed-size types in binary, what the server is to interpret as text.
#include <roost/sql/detail/calendar.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/detail/types.hpp>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

namespace roost::db::postgres::detail {

namespace {

constexpr std::int64_t days_from_1970_to_2000 = 10'957;
constexpr std::int64_t microseconds_from_1970_to_2000 = 946'684'800'000'000;

void append_big_endian(std::vector<char>& out, std::uint64_t bits, std::size_t width) {
  for (std::size_t i = width; i-- > 0;) out.push_back(static_cast<char>(bits >> (8 * i)));
}

void append(std::vector<char>& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
}

bool is_integer(ValueType type) { return type >= ValueType::boolean && type <= ValueType::int64; }

bool fits(std::int64_t value, std::size_t width) {
  if (width == 2) return std::in_range<std::int16_t>(value);
  if (width == 4) return std::in_range<std::int32_t>(value);
  return true;
}

[[noreturn]] void refuse(const ValueView& value, std::string_view problem) {
  ErrorDetails details;
  details.message = std::string{problem};
  if (!value.is_secret() && value.type() != ValueType::text) {
    details.message += ": " + to_readable(value, 60);
  }
  throw InvalidValue(std::move(details));
}

template <class Number>
void append_number(std::vector<char>& out, Number number) {
  std::array<char, 40> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.insert(out.end(), digits.data(), end);
}

void append_floating(std::vector<char>& out, double number) {
  if (std::isnan(number)) return append(out, "NaN");
  if (std::isinf(number)) return append(out, number > 0 ? "Infinity" : "-Infinity");
  append_number(out, number);
}

void append_hex(std::vector<char>& out, std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  append(out, "\\x");
  for (const char byte : bytes) {
    out.push_back(digits[static_cast<unsigned char>(byte) >> 4U]);
    out.push_back(digits[static_cast<unsigned char>(byte) & 15U]);
  }
}

void append_as_text(std::vector<char>& out, const ValueView& value);

void append_array(std::vector<char>& out, const ValueView& array) {
  out.push_back('{');
  std::vector<char> element;
  bool first = true;
  for (const ValueView& one : array.elements()) {
    if (!first) out.push_back(',');
    first = false;
    if (one.is_null()) {
      append(out, "NULL");
      continue;
    }
    if (one.type() == ValueType::array) {
      append_array(out, one);
      continue;
    }
    element.clear();
    append_as_text(element, one);
    out.push_back('"');
    for (const char c : element) {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c);
    }
    out.push_back('"');
  }
  out.push_back('}');
}

/// As PostgreSQL's input functions read it.
void append_as_text(std::vector<char>& out, const ValueView& value) {
  std::string text;
  switch (value.type()) {
    case ValueType::boolean:
      return out.push_back(value.integer() != 0 ? 't' : 'f');
    case ValueType::int16:
    case ValueType::int32:
    case ValueType::int64:
      return append_number(out, value.integer());
    case ValueType::float32:
    case ValueType::float64:
      return append_floating(out, value.floating());
    case ValueType::date:
      db::detail::append_date(value.integer(), text);
      return append(out, text);
    case ValueType::time:
      db::detail::append_time(value.integer(), text);
      return append(out, text);
    case ValueType::timestamp:
      db::detail::append_timestamp(value.integer(), text);
      return append(out, text);
    case ValueType::uuid:
      db::detail::append_uuid(value.characters(), text);
      return append(out, text);
    case ValueType::bytes:
      return append_hex(out, value.characters());
    case ValueType::array:
      return append_array(out, value);
    default:
      if (value.characters().find('\0') != std::string_view::npos) {
        ErrorDetails details;
        details.message = "PostgreSQL stores no NUL in a text; use bytes for binary data";
        throw UnstorableText(std::move(details));
      }
      return append(out, value.characters());
  }
}

double floating_of(const ValueView& value) {
  return is_integer(value.type()) ? static_cast<double>(value.integer()) : value.floating();
}

bool is_floating(const ValueView& value) {
  return value.type() == ValueType::float32 || value.type() == ValueType::float64 ||
         is_integer(value.type());
}

}  // namespace

Oid oid_of(ValueType declared) {
  switch (declared) {
    case ValueType::boolean:
      return 16;
    case ValueType::int16:
      return 21;
    case ValueType::int32:
      return 23;
    case ValueType::int64:
      return 20;
    case ValueType::float32:
      return 700;
    case ValueType::float64:
      return 701;
    case ValueType::decimal:
      return 1700;
    case ValueType::bytes:
      return 17;
    case ValueType::date:
      return 1082;
    case ValueType::time:
      return 1083;
    case ValueType::timestamp:
      return 1184;
    case ValueType::uuid:
      return 2950;
    case ValueType::json:
      return 3802;
    default:
      return 0;
  }
}

void EncodedParameters::encode(std::span<const ValueView> values,
                               std::span<const ValueType> declared) {
  if (values.size() != declared.size()) {
    throw UsageError("a statement with " + std::to_string(declared.size()) +
                     " declared parameters got " + std::to_string(values.size()) + " values");
  }
  buffer_.clear();
  places_.clear();
  values_.clear();
  for (std::size_t i = 0; i < values.size(); ++i) encode_one(values[i], declared[i]);
  // Only now: the buffer has moved as it grew.
  const std::string_view buffer{buffer_.data(), buffer_.size()};
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].offset != elsewhere) {
      values_[i].bytes = buffer.substr(places_[i].offset, places_[i].size);
    }
  }
}

void EncodedParameters::put_in_buffer(std::size_t start, bool binary) {
  places_.push_back({start, buffer_.size() - start});
  values_.push_back({{}, binary, false});
}

void EncodedParameters::put_null() {
  places_.push_back({elsewhere, 0});
  values_.push_back({{}, true, true});
}

void EncodedParameters::encode_integer(const ValueView& value, std::size_t width) {
  if (!is_integer(value.type())) return encode_text({}, value);
  if (!fits(value.integer(), width)) refuse(value, "an integer is out of range for its parameter");
  const std::size_t start = buffer_.size();
  append_big_endian(buffer_, static_cast<std::uint64_t>(value.integer()), width);
  put_in_buffer(start, true);
}

/// Whatever the value is, in the text form that the declared type's input function reads.
void EncodedParameters::encode_text(std::string_view prefix, const ValueView& value) {
  const std::size_t start = buffer_.size();
  append(buffer_, prefix);
  append_as_text(buffer_, value);
  put_in_buffer(start, false);
}

void EncodedParameters::encode_one(const ValueView& value, ValueType declared) {
  if (value.is_null()) return put_null();
  const std::size_t start = buffer_.size();
  const bool same = value.type() == declared;
  switch (declared) {
    case ValueType::boolean:
      if (!same) return encode_text({}, value);
      buffer_.push_back(static_cast<char>(value.integer()));
      return put_in_buffer(start, true);
    case ValueType::int16:
      return encode_integer(value, 2);
    case ValueType::int32:
      return encode_integer(value, 4);
    case ValueType::int64:
      return encode_integer(value, 8);
    case ValueType::float32:
      if (!is_floating(value)) return encode_text({}, value);
      append_big_endian(buffer_,
                        std::bit_cast<std::uint32_t>(static_cast<float>(floating_of(value))), 4);
      return put_in_buffer(start, true);
    case ValueType::float64:
      if (!is_floating(value)) return encode_text({}, value);
      append_big_endian(buffer_, std::bit_cast<std::uint64_t>(floating_of(value)), 8);
      return put_in_buffer(start, true);
    case ValueType::date:
      if (!same) return encode_text({}, value);
      if (!std::in_range<std::int32_t>(value.integer() - days_from_1970_to_2000)) {
        refuse(value, "a date is too far from now for PostgreSQL");
      }
      append_big_endian(buffer_,
                        static_cast<std::uint64_t>(value.integer() - days_from_1970_to_2000), 4);
      return put_in_buffer(start, true);
    case ValueType::time:
      if (!same) return encode_text({}, value);
      append_big_endian(buffer_, static_cast<std::uint64_t>(value.integer()), 8);
      return put_in_buffer(start, true);
    case ValueType::timestamp: {
      if (!same) return encode_text({}, value);
      std::int64_t since_2000 = 0;
      if (__builtin_sub_overflow(value.integer(), microseconds_from_1970_to_2000, &since_2000)) {
        refuse(value, "a timestamp is too far from now for PostgreSQL");
      }
      append_big_endian(buffer_, static_cast<std::uint64_t>(since_2000), 8);
      return put_in_buffer(start, true);
    }
    case ValueType::bytes:
    case ValueType::uuid:
      if (!same) return encode_text({}, value);
      places_.push_back({elsewhere, 0});
      return values_.push_back({value.characters(), true, false});
    case ValueType::json:
      if (value.type() != ValueType::json && value.type() != ValueType::text) {
        return encode_text({}, value);
      }
      buffer_.push_back(1);  // the version of jsonb's binary form
      append(buffer_, value.characters());
      return put_in_buffer(start, true);
    default:
      return encode_text({}, value);
  }
}

}  // namespace roost::db::postgres::detail
