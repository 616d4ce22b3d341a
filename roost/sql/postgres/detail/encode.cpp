// Parameters: fixed-size types in binary, what the server is to interpret as text.
#include <roost/sql/detail/calendar.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/detail/types.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <string>
#include <type_traits>
#include <utility>

namespace roost::db::postgres::detail {

namespace {

constexpr std::int64_t days_from_1970_to_2000 = 10'957;
constexpr std::int64_t microseconds_from_1970_to_2000 = 946'684'800'000'000;

bool is_integer(ValueType type) { return type >= ValueType::boolean && type <= ValueType::int64; }

[[noreturn]] void refuse(const ValueView& value, std::string_view problem) {
  ErrorDetails details;
  details.message = std::string{problem};
  if (!value.is_secret() && value.type() != ValueType::text) {
    details.message += ": " + to_readable(value, 60);
  }
  throw InvalidValue(std::move(details));
}

template <class Number>
void append_decimal(ByteBuffer& out, Number number) {
  std::array<char, 40> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(std::string_view{digits.data(), end});
}

void append_floating(ByteBuffer& out, double number) {
  if (std::isnan(number)) return out.append("NaN");
  if (std::isinf(number)) return out.append(number > 0 ? "Infinity" : "-Infinity");
  append_decimal(out, number);
}

void append_hex(ByteBuffer& out, std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  out.append("\\x");
  for (const char byte : bytes) {
    out.append(digits[static_cast<unsigned char>(byte) >> 4U]);
    out.append(digits[static_cast<unsigned char>(byte) & 15U]);
  }
}

void append_as_text(ByteBuffer& out, const ValueView& value);

void append_array(ByteBuffer& out, const ValueView& array) {
  out.append('{');
  ByteBuffer element;
  bool first = true;
  for (const ValueView& one : array.elements()) {
    if (!first) out.append(',');
    first = false;
    if (one.is_null()) {
      out.append("NULL");
      continue;
    }
    if (one.type() == ValueType::array) {
      append_array(out, one);
      continue;
    }
    element.shrink(0);
    append_as_text(element, one);
    out.append('"');
    for (const char c : element.view()) {
      if (c == '"' || c == '\\') out.append('\\');
      out.append(c);
    }
    out.append('"');
  }
  out.append('}');
}

/// As PostgreSQL's input functions read it.
void append_as_text(ByteBuffer& out, const ValueView& value) {
  std::string text;
  switch (value.type()) {
    case ValueType::boolean:
      return out.append(value.integer() != 0 ? 't' : 'f');
    case ValueType::int16:
    case ValueType::int32:
    case ValueType::int64:
      return append_decimal(out, value.integer());
    case ValueType::float32:
    case ValueType::float64:
      return append_floating(out, value.floating());
    case ValueType::date:
      db::detail::append_date(value.integer(), text);
      return out.append(text);
    case ValueType::time:
      db::detail::append_time(value.integer(), text);
      return out.append(text);
    case ValueType::timestamp:
      db::detail::append_timestamp(value.integer(), text);
      return out.append(text);
    case ValueType::uuid:
      db::detail::append_uuid(value.characters(), text);
      return out.append(text);
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
      return out.append(value.characters());
  }
}

double floating_of(const ValueView& value) {
  return is_integer(value.type()) ? static_cast<double>(value.integer()) : value.floating();
}

bool is_floating(const ValueView& value) {
  return value.type() == ValueType::float32 || value.type() == ValueType::float64 ||
         is_integer(value.type());
}

template <class Integer>
bool append_integer(ByteBuffer& out, const ValueView& value) {
  if (!is_integer(value.type())) return false;
  if (!std::in_range<Integer>(value.integer())) {
    refuse(value, "an integer is out of range for its parameter");
  }
  out.append_number(static_cast<std::make_unsigned_t<Integer>>(value.integer()));
  return true;
}

bool append_json(ByteBuffer& out, const ValueView& value) {
  if (value.type() != ValueType::json && value.type() != ValueType::text) return false;
  out.append(1);  // the version of jsonb's binary form
  out.append(value.characters());
  return true;
}

/// In binary, as the type is read. False when this value is better sent as text.
bool append_binary(ByteBuffer& out, ValueType type, const ValueView& value) {
  switch (type) {
    case ValueType::int16:
      return append_integer<std::int16_t>(out, value);
    case ValueType::int32:
      return append_integer<std::int32_t>(out, value);
    case ValueType::int64:
      return append_integer<std::int64_t>(out, value);
    case ValueType::float32:
      if (!is_floating(value)) return false;
      out.append_number(std::bit_cast<std::uint32_t>(static_cast<float>(floating_of(value))));
      return true;
    case ValueType::float64:
      if (!is_floating(value)) return false;
      out.append_number(std::bit_cast<std::uint64_t>(floating_of(value)));
      return true;
    case ValueType::json:
      return append_json(out, value);
    default:
      break;
  }
  if (value.type() != type) return false;
  switch (type) {
    case ValueType::boolean:
      out.append(static_cast<char>(value.integer()));
      return true;
    case ValueType::date: {
      const std::int64_t since_2000 = value.integer() - days_from_1970_to_2000;
      if (!std::in_range<std::int32_t>(since_2000)) {
        refuse(value, "a date is too far from now for PostgreSQL");
      }
      out.append_number(static_cast<std::uint32_t>(since_2000));
      return true;
    }
    case ValueType::time:
      out.append_number(static_cast<std::uint64_t>(value.integer()));
      return true;
    case ValueType::timestamp: {
      std::int64_t since_2000 = 0;
      if (__builtin_sub_overflow(value.integer(), microseconds_from_1970_to_2000, &since_2000)) {
        refuse(value, "a timestamp is too far from now for PostgreSQL");
      }
      out.append_number(static_cast<std::uint64_t>(since_2000));
      return true;
    }
    case ValueType::bytes:
    case ValueType::uuid:
      out.append(value.characters());
      return true;
    default:
      return false;
  }
}

struct ElementType {
  Oid oid = 0;
  ValueType type = ValueType::unknown;
};

/// Of the array types whose elements are sent in binary.
ElementType element_of(Oid array) {
  const auto of = [](ValueType type) { return ElementType{oid_of(type), type}; };
  switch (array) {
    case 1000:
      return of(ValueType::boolean);
    case 1001:
      return of(ValueType::bytes);
    case 1005:
      return of(ValueType::int16);
    case 1007:
      return of(ValueType::int32);
    case 1016:
      return of(ValueType::int64);
    case 1021:
      return of(ValueType::float32);
    case 1022:
      return of(ValueType::float64);
    case 1182:
      return of(ValueType::date);
    case 1183:
      return of(ValueType::time);
    case 1115:
      return {1114, ValueType::timestamp};  // timestamp, taken as UTC
    case 1185:
      return of(ValueType::timestamp);
    case 2951:
      return of(ValueType::uuid);
    case 3807:
      return of(ValueType::json);
    case 1009:
      return {25, ValueType::text};
    case 1015:
      return {1043, ValueType::text};  // varchar
    default:
      return {};
  }
}

bool append_element(ByteBuffer& out, ValueType type, const ValueView& value) {
  const std::size_t start = out.size();
  out.append_number(std::uint32_t{0});  // its size, when that is known
  if (type != ValueType::text) {
    if (!append_binary(out, type, value)) return false;
  } else {
    if (value.type() != ValueType::text) return false;
    append_as_text(out, value);
  }
  const std::size_t size = out.size() - start - sizeof(std::uint32_t);
  if (!std::in_range<std::int32_t>(size)) return false;
  write_big_endian(out.data() + start, static_cast<std::uint32_t>(size));
  return true;
}

/// An array of one dimension in binary. False when its elements, or some of them, are sent as text.
bool append_binary_array(ByteBuffer& out, Oid type, const ValueView& array) {
  const ElementType element = element_of(type);
  if (element.oid == 0 || array.type() != ValueType::array) return false;
  const std::span<const ValueView> values = array.elements();
  const bool has_null = std::any_of(values.begin(), values.end(),
                                    [](const ValueView& value) { return value.is_null(); });
  out.append_number(std::uint32_t{values.empty() ? 0U : 1U});  // dimensions
  out.append_number(std::uint32_t{has_null ? 1U : 0U});
  out.append_number(std::uint32_t{element.oid});
  if (values.empty()) return true;
  out.append_number(static_cast<std::uint32_t>(values.size()));
  out.append_number(std::uint32_t{1});  // the lower bound
  for (const ValueView& value : values) {
    if (value.is_null()) {
      out.append_number(~std::uint32_t{0});
    } else if (!append_element(out, element.type, value)) {
      return false;
    }
  }
  return true;
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

bool append_parameter(ByteBuffer& out, const ValueView& value, ValueType declared, Oid array) {
  if (value.is_null()) {
    out.append_number(~std::uint32_t{0});
    return true;
  }
  out.append_number(std::uint32_t{0});  // its size, when that is known
  const std::size_t start = out.size();
  const bool binary = declared == ValueType::array ? append_binary_array(out, array, value)
                                                   : append_binary(out, declared, value);
  if (!binary) {
    out.shrink(start);
    append_as_text(out, value);  // that the type's input function reads
  }
  const auto size = static_cast<std::uint32_t>(out.size() - start);  // a message may not be larger
  write_big_endian(out.data() + start - sizeof size, size);
  return binary;
}

}  // namespace roost::db::postgres::detail
