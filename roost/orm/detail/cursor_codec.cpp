// A cursor is base64url of the values one after another: type, size and content of each. Whoever
// makes one up reaches no row that the query would not show: values are bound, as everywhere.
#include <roost/base/base64url.hpp>
#include <roost/orm/cursor.hpp>
#include <roost/orm/detail/cursor_codec.hpp>

#include <bit>
#include <charconv>
#include <cstdint>

namespace roost::orm::detail {

using db::ValueType;
using db::ValueView;

namespace {

[[noreturn]] void refuse() {
  throw CursorError("the cursor is none that this query gave out: begin without a cursor");
}

bool is_text(ValueType type) {
  return type == ValueType::text || type == ValueType::decimal || type == ValueType::uuid;
}

bool is_number(ValueType type) {
  switch (type) {
    case ValueType::boolean:
    case ValueType::int16:
    case ValueType::int32:
    case ValueType::int64:
    case ValueType::float32:
    case ValueType::float64:
    case ValueType::date:
    case ValueType::time:
    case ValueType::timestamp:
      return true;
    default:
      return false;
  }
}

ValueView number_of(ValueType type, std::int64_t number) {
  switch (type) {
    case ValueType::boolean:
      return ValueView::boolean(number != 0);
    case ValueType::int16:
      return ValueView::int16(static_cast<std::int16_t>(number));
    case ValueType::int32:
      return ValueView::int32(static_cast<std::int32_t>(number));
    case ValueType::float32:
      return ValueView::float32(static_cast<float>(std::bit_cast<double>(number)));
    case ValueType::float64:
      return ValueView::float64(std::bit_cast<double>(number));
    case ValueType::date:
      return ValueView::date(number);
    case ValueType::time:
      return ValueView::time(number);
    case ValueType::timestamp:
      return ValueView::timestamp(number);
    default:
      return ValueView::int64(number);
  }
}

std::string content_of(const ValueView& value) {
  if (value.is_null()) return {};
  if (is_text(value.type())) return std::string{value.characters()};
  if (!is_number(value.type())) {
    throw UsageError("pages by cursor cannot be sorted by a column of type " +
                     std::string{db::name_of(value.type())});
  }
  const bool floating = value.type() == ValueType::float32 || value.type() == ValueType::float64;
  return std::to_string(floating ? std::bit_cast<std::int64_t>(value.floating()) : value.integer());
}

}  // namespace

std::string encode_cursor(std::span<const ValueView> values) {
  std::string bytes;
  for (const ValueView& value : values) {
    const std::string content = content_of(value);
    bytes += std::to_string(static_cast<unsigned>(value.type()));
    bytes += value.is_null() ? '-' : ':';
    bytes += std::to_string(content.size()) + ':' + content;
  }
  return to_base64url(bytes);
}

std::vector<db::Value> decode_cursor(std::string_view cursor, std::size_t count) {
  const std::optional<std::string> bytes = from_base64url(cursor);
  if (!bytes) refuse();
  std::string_view rest = *bytes;
  const auto number = [&rest](char& stop) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (error != std::errc{} || end == rest.data() + rest.size()) refuse();
    stop = *end;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()) + 1);
    return value;
  };
  std::vector<db::Value> values;
  for (std::size_t i = 0; i < count; ++i) {
    char stop = 0;
    const std::uint64_t code = number(stop);
    const bool null = stop == '-';
    const std::uint64_t size = number(stop);
    if (code > static_cast<std::uint64_t>(ValueType::array) || size > rest.size()) refuse();
    const auto type = static_cast<ValueType>(code);
    const std::string_view content = rest.substr(0, size);
    rest.remove_prefix(size);
    if (null) {
      values.emplace_back(ValueView::null(type));
    } else if (type == ValueType::text) {
      values.emplace_back(ValueView::text(content));
    } else if (type == ValueType::decimal) {
      values.emplace_back(ValueView::decimal(content));
    } else if (type == ValueType::uuid && size == 16) {
      values.emplace_back(ValueView::uuid(reinterpret_cast<const std::uint8_t*>(content.data())));
    } else if (is_number(type)) {
      std::int64_t value = 0;
      const auto parsed = std::from_chars(content.data(), content.data() + content.size(), value);
      if (parsed.ec != std::errc{} || parsed.ptr != content.data() + content.size()) refuse();
      values.emplace_back(number_of(type, value));
    } else {
      refuse();
    }
  }
  if (!rest.empty()) refuse();
  return values;
}

}  // namespace roost::orm::detail
