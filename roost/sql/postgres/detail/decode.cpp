// Cells: in binary, or in the text form of types that have no other or whose form is not known yet.
#include <roost/sql/detail/calendar.hpp>
#include <roost/sql/postgres/detail/messages.hpp>
#include <roost/sql/postgres/detail/types.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <limits>
#include <optional>
#include <string>

namespace roost::db::postgres::detail {

namespace {

constexpr std::int64_t days_from_1970_to_2000 = 10'957;
constexpr std::int64_t microseconds_from_1970_to_2000 = 946'684'800'000'000;

struct KnownType {
  Oid oid;
  Oid array;
  CellType cell;
};

// Of pg_type, whose numbers never change.
constexpr std::array<KnownType, 24> known_types{{
    {16, 1000, CellType::boolean},      // bool
    {17, 1001, CellType::bytes},        // bytea
    {18, 1002, CellType::text},         // "char"
    {19, 1003, CellType::text},         // name
    {20, 1016, CellType::int64},        // int8
    {21, 1005, CellType::int16},        // int2
    {23, 1007, CellType::int32},        // int4
    {25, 1009, CellType::text},         // text
    {26, 1028, CellType::oid},          // oid
    {114, 199, CellType::json},         // json
    {142, 143, CellType::text},         // xml
    {700, 1021, CellType::float32},     // float4
    {701, 1022, CellType::float64},     // float8
    {705, 0, CellType::text},           // unknown
    {1042, 1014, CellType::text},       // bpchar
    {1043, 1015, CellType::text},       // varchar
    {1082, 1182, CellType::date},       // date
    {1083, 1183, CellType::time},       // time
    {1114, 1115, CellType::timestamp},  // timestamp, taken as UTC
    {1184, 1185, CellType::timestamp},  // timestamptz
    {1700, 1231, CellType::numeric},    // numeric
    {2278, 0, CellType::text},          // void: the empty text
    {2950, 2951, CellType::uuid},       // uuid
    {3802, 3807, CellType::jsonb},      // jsonb
}};

[[noreturn]] void refuse_cell() { throw ProtocolError{"a cell that has not the size of its type"}; }

/// The number that a cell consists of.
template <class Unsigned>
Unsigned read(std::string_view bytes) {
  if (bytes.size() != sizeof(Unsigned)) refuse_cell();
  return read_big_endian<Unsigned>(bytes.data());
}
std::int16_t read_int16(std::string_view bytes) {
  return static_cast<std::int16_t>(read<std::uint16_t>(bytes));
}
std::int32_t read_int32(std::string_view bytes) {
  return static_cast<std::int32_t>(read<std::uint32_t>(bytes));
}
std::int64_t read_int64(std::string_view bytes) {
  return static_cast<std::int64_t>(read<std::uint64_t>(bytes));
}

/// Infinite times stay at the end of their range.
std::int64_t saturating_add(std::int64_t value, std::int64_t offset) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  if (value == std::numeric_limits<std::int64_t>::min()) return value;
  return value > most - offset ? most : value + offset;
}

ValueView bytes_view(std::string_view bytes) {
  return ValueView::bytes(std::as_bytes(std::span{bytes.data(), bytes.size()}));
}

/// Groups of four decimal digits, with the position of the point.
ValueView decode_numeric(std::string_view bytes, Scratch& scratch) {
  MessageParser parser{bytes};
  const int groups = parser.take_uint16();
  const int weight = static_cast<std::int16_t>(parser.take_uint16());
  const unsigned sign = parser.take_uint16();
  const int scale = parser.take_uint16() & 0x3fff;  // no more are used
  const std::string_view digits_of_groups = parser.rest();
  if (digits_of_groups.size() != 2 * static_cast<std::size_t>(groups)) refuse_cell();
  if (sign == 0xC000) return ValueView::decimal("NaN");
  if (sign == 0xD000) return ValueView::decimal("Infinity");
  if (sign == 0xF000) return ValueView::decimal("-Infinity");
  const auto group = [&](int index) -> int {
    if (index < 0 || index >= groups) return 0;
    return read_big_endian<std::uint16_t>(digits_of_groups.data() + 2 * index);
  };
  std::string text;
  const auto digits_before = 4 * static_cast<std::size_t>(std::max(weight, 0));
  text.reserve(digits_before + static_cast<std::size_t>(scale) + 8);
  if (sign == 0x4000) text += '-';
  std::array<char, 4> digits{};
  const auto write = [&](int value) {
    for (std::size_t i = 4; i-- > 0; value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  };
  if (weight < 0) {
    text += '0';
  } else {
    for (int i = 0; i <= weight; ++i) {
      write(group(i));
      std::size_t skip = 0;
      while (i == 0 && skip < 3 && digits[skip] == '0') ++skip;
      text.append(digits.data() + skip, 4 - skip);
    }
  }
  if (scale > 0) {
    text += '.';
    for (int written = 0, i = weight + 1; written < scale; ++i, written += 4) {
      write(group(i));
      text.append(digits.data(), static_cast<std::size_t>(std::min(4, scale - written)));
    }
  }
  return ValueView::decimal(scratch.copy(text));
}

ValueType value_type_of(CellType type) {
  switch (type) {
    case CellType::boolean:
      return ValueType::boolean;
    case CellType::int16:
      return ValueType::int16;
    case CellType::int32:
      return ValueType::int32;
    case CellType::int64:
    case CellType::oid:
      return ValueType::int64;
    case CellType::float32:
      return ValueType::float32;
    case CellType::float64:
      return ValueType::float64;
    case CellType::numeric:
      return ValueType::decimal;
    case CellType::bytes:
      return ValueType::bytes;
    case CellType::date:
      return ValueType::date;
    case CellType::time:
      return ValueType::time;
    case CellType::timestamp:
      return ValueType::timestamp;
    case CellType::uuid:
      return ValueType::uuid;
    case CellType::json:
    case CellType::jsonb:
      return ValueType::json;
    case CellType::array:
      return ValueType::array;
    default:
      return ValueType::text;
  }
}

struct BinaryArray {
  MessageParser parser;
  CellType type;
  Scratch& scratch;

  ValueView element() {
    const auto size = static_cast<std::int32_t>(parser.take_uint32());
    if (size < 0) return ValueView::null(value_type_of(type));
    return decode_binary(type, parser.take(static_cast<std::size_t>(size)), &scratch);
  }
  /// The dimensions from `sizes` on, as arrays of arrays.
  ValueView dimension(std::span<const std::uint32_t> sizes) {
    // Every element takes four bytes, so memory is taken only for what has arrived.
    if (sizes[0] == 0 || sizes[0] > parser.rest().size() / 4) refuse_cell();
    const std::span<ValueView> elements = scratch.allocate_values(sizes[0]);
    for (ValueView& one : elements)
      one = sizes.size() > 1 ? dimension(sizes.subspan(1)) : element();
    return ValueView::array(sizes.size() > 1 ? ValueType::array : value_type_of(type), elements);
  }
};

ValueView decode_array(std::string_view bytes, Scratch& scratch) {
  BinaryArray array{MessageParser{bytes}, CellType::other, scratch};
  const std::uint32_t dimensions = array.parser.take_uint32();
  array.parser.skip(4);  // whether there are NULLs
  array.type = cell_type_of(array.parser.take_uint32());
  std::array<std::uint32_t, 6> sizes{};  // PostgreSQL has no more
  if (dimensions > sizes.size() || array.type == CellType::array) refuse_cell();
  for (std::uint32_t i = 0; i < dimensions; ++i) {
    sizes[i] = array.parser.take_uint32();
    array.parser.skip(4);  // the lower bound
  }
  const ValueView all = dimensions == 0 ? ValueView::array(value_type_of(array.type), {})
                                        : array.dimension(std::span{sizes}.first(dimensions));
  array.parser.expect_end();
  return all;
}

// Text forms.

/// `{1,NULL,"a \"b\"",{2,3}}`
struct TextArray {
  std::string_view rest;
  CellType type;
  Scratch& scratch;

  bool take(char wanted) {
    if (rest.empty() || rest.front() != wanted) return false;
    rest.remove_prefix(1);
    return true;
  }
  ValueView array() {
    std::vector<ValueView> elements;
    if (!take('{')) return ValueView::array(value_type_of(type), {});
    while (!rest.empty() && !take('}')) {
      elements.push_back(rest.front() == '{' ? array() : element());
      static_cast<void>(take(','));
    }
    const std::span<ValueView> kept = scratch.allocate_values(elements.size());
    std::copy(elements.begin(), elements.end(), kept.begin());
    const bool nested = !kept.empty() && kept[0].type() == ValueType::array;
    return ValueView::array(nested ? ValueType::array : value_type_of(type), kept);
  }
  ValueView element() {
    std::string text;
    const bool quoted = take('"');
    while (!rest.empty()) {
      char c = rest.front();
      if (!quoted && (c == ',' || c == '}')) break;
      rest.remove_prefix(1);
      if (quoted && c == '"') break;
      if (c == '\\' && !rest.empty()) {
        c = rest.front();
        rest.remove_prefix(1);
      }
      text += c;
    }
    if (!quoted && text == "NULL") return ValueView::null(value_type_of(type));
    return decode_text(type, 0, scratch.copy(text), scratch);
  }
};

template <class Number>
bool parse(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

std::int64_t integer_of(std::string_view text) {
  std::int64_t value = 0;
  static_cast<void>(parse(text, value));
  return value;
}

double floating_of(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  double value = 0;
  static_cast<void>(parse(text, value));
  return value;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return (c | 0x20) - 'a' + 10;
}

ValueView decode_hex(std::string_view text, Scratch& scratch) {
  if (!text.starts_with("\\x")) return ValueView::text(text);
  text.remove_prefix(2);
  char* bytes = reinterpret_cast<char*>(scratch.allocate(text.size() / 2 + 1));
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes[i / 2] = static_cast<char>(hex_digit(text[i]) * 16 + hex_digit(text[i + 1]));
  }
  return bytes_view({bytes, text.size() / 2});
}

ValueView decode_uuid(std::string_view text, Scratch& scratch) {
  auto* bytes = reinterpret_cast<std::uint8_t*>(scratch.allocate(16));
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '-' || digits == 32) continue;
    std::uint8_t& byte = bytes[digits / 2];
    byte = static_cast<std::uint8_t>((digits % 2 == 0 ? 0 : byte * 16) + hex_digit(c));
    ++digits;
  }
  return digits == 32 ? ValueView::uuid(bytes) : ValueView::text(text);
}

ValueView decode_time_text(CellType type, std::string_view text) {
  std::optional<std::int64_t> parsed;
  if (type == CellType::date) {
    parsed = db::detail::parse_date(text);
    if (parsed) return ValueView::date(*parsed);
  } else if (type == CellType::time) {
    parsed = db::detail::parse_time(text);
    if (parsed) return ValueView::time(*parsed);
  } else {
    parsed = db::detail::parse_timestamp(text);
    if (parsed) return ValueView::timestamp(*parsed);
  }
  return ValueView::text(text);  // years before 0 or after 9999, infinity
}

}  // namespace

CellType cell_type_of(Oid type) {
  for (const KnownType& known : known_types) {
    if (known.oid == type) return known.cell;
    if (known.array == type && type != 0) return CellType::array;
  }
  return CellType::other;
}

CellType element_type_of(Oid array) {
  for (const KnownType& known : known_types) {
    if (known.array == array && array != 0) return known.cell;
  }
  return CellType::other;
}

ValueView decode_binary(CellType type, std::string_view bytes, Scratch* scratch) {
  switch (type) {
    case CellType::boolean:
      return ValueView::boolean(read<std::uint8_t>(bytes) != 0);
    case CellType::int16:
      return ValueView::int16(read_int16(bytes));
    case CellType::int32:
      return ValueView::int32(read_int32(bytes));
    case CellType::int64:
      return ValueView::int64(read_int64(bytes));
    case CellType::oid:
      return ValueView::int64(std::int64_t{read<std::uint32_t>(bytes)});
    case CellType::float32:
      return ValueView::float32(std::bit_cast<float>(read<std::uint32_t>(bytes)));
    case CellType::float64:
      return ValueView::float64(std::bit_cast<double>(read<std::uint64_t>(bytes)));
    case CellType::numeric:
      return decode_numeric(bytes, *scratch);
    case CellType::bytes:
      return bytes_view(bytes);
    case CellType::date:
      return ValueView::date(std::int64_t{read_int32(bytes)} + days_from_1970_to_2000);
    case CellType::time:
      return ValueView::time(read_int64(bytes));
    case CellType::timestamp:
      return ValueView::timestamp(
          saturating_add(read_int64(bytes), microseconds_from_1970_to_2000));
    case CellType::uuid:
      if (bytes.size() != 16) refuse_cell();
      return ValueView::uuid(reinterpret_cast<const std::uint8_t*>(bytes.data()));
    case CellType::json:
      return ValueView::json(bytes);
    case CellType::jsonb:
      if (bytes.empty()) refuse_cell();
      return ValueView::json(bytes.substr(1));  // behind the number of its version
    case CellType::array:
      return decode_array(bytes, *scratch);
    default:
      return ValueView::text(bytes);
  }
}

ValueView decode_text(CellType type, Oid oid, std::string_view text, Scratch& scratch) {
  switch (type) {
    case CellType::boolean:
      return ValueView::boolean(text == "t");
    case CellType::int16:
      return ValueView::int16(static_cast<std::int16_t>(integer_of(text)));
    case CellType::int32:
      return ValueView::int32(static_cast<std::int32_t>(integer_of(text)));
    case CellType::int64:
    case CellType::oid:
      return ValueView::int64(integer_of(text));
    case CellType::float32: {
      float value = 0;
      if (!parse(text, value)) value = static_cast<float>(floating_of(text));
      return ValueView::float32(value);
    }
    case CellType::float64:
      return ValueView::float64(floating_of(text));
    case CellType::numeric:
      return ValueView::decimal(text);
    case CellType::bytes:
      return decode_hex(text, scratch);
    case CellType::date:
    case CellType::time:
    case CellType::timestamp:
      return decode_time_text(type, text);
    case CellType::uuid:
      return decode_uuid(text, scratch);
    case CellType::json:
    case CellType::jsonb:
      return ValueView::json(text);
    case CellType::array: {
      TextArray array{text, element_type_of(oid), scratch};
      return array.array();
    }
    default:
      return ValueView::text(text);
  }
}

}  // namespace roost::db::postgres::detail
