// Copies, comparison and readable text of values.
#include <roost/sql/detail/calendar.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/value.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace roost::db {

namespace {

bool owns_characters(ValueType type) {
  return type == ValueType::text || type == ValueType::decimal || type == ValueType::json ||
         type == ValueType::bytes || type == ValueType::uuid;
}

std::size_t align(std::size_t size) { return (size + 7U) & ~std::size_t{7}; }

/// Bytes that a copy needs beside the view itself.
std::size_t storage_size(const ValueView& value) {
  if (value.is_null()) return 0;
  if (owns_characters(value.type())) return align(value.characters().size());
  if (value.type() != ValueType::array) return 0;
  std::size_t size = value.elements().size() * sizeof(ValueView);
  for (const ValueView& element : value.elements()) size += storage_size(element);
  return size;
}

ValueView with_characters(ValueType type, std::string_view text) {
  switch (type) {
    case ValueType::decimal:
      return ValueView::decimal(text);
    case ValueType::json:
      return ValueView::json(text);
    case ValueType::bytes:
      return ValueView::bytes(std::as_bytes(std::span{text.data(), text.size()}));
    case ValueType::uuid:
      return ValueView::uuid(reinterpret_cast<const std::uint8_t*>(text.data()));
    default:
      return ValueView::text(text);
  }
}

/// Copies what `value` points at to `place` and moves `place` behind it.
ValueView copy_to(const ValueView& value, std::byte*& place) {
  if (value.is_null()) return value;
  ValueView copy = value;
  if (owns_characters(value.type())) {
    const std::string_view text = value.characters();
    char* begin = reinterpret_cast<char*>(place);
    if (!text.empty()) std::memcpy(begin, text.data(), text.size());
    place += align(text.size());
    copy = with_characters(value.type(), {begin, text.size()});
  } else if (value.type() == ValueType::array) {
    const std::span<const ValueView> elements = value.elements();
    auto* first = reinterpret_cast<ValueView*>(place);
    place += elements.size_bytes();
    for (std::size_t i = 0; i < elements.size(); ++i) {
      ::new (static_cast<void*>(first + i)) ValueView{copy_to(elements[i], place)};
    }
    copy = ValueView::array(value.element_type(), {first, elements.size()});
  }
  return value.is_secret() ? copy.as_secret() : copy;
}

void append_quoted(std::string_view text, std::string& out, std::size_t longest) {
  const bool cut = text.size() > longest;
  if (cut) {
    text = text.substr(0, longest);
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) {
      text.remove_suffix(1);
    }
    if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0U) text.remove_suffix(1);
  }
  out += '\'';
  for (const char c : text) {
    if (c == '\'') out += '\'';
    if (static_cast<unsigned char>(c) < 0x20U) {
      out += c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\r' ? "\\r" : "?";
    } else {
      out += c;
    }
  }
  out += '\'';
  if (cut) out += "…";
}

void append_hexadecimal(std::string_view bytes, std::string& out, std::size_t longest) {
  static constexpr char digits[] = "0123456789abcdef";
  const bool cut = bytes.size() > longest / 2;
  if (cut) bytes = bytes.substr(0, longest / 2);
  out += "X'";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  out += cut ? "'…" : "'";
}

void append_array(const ValueView& value, std::string& out, std::size_t longest) {
  constexpr std::size_t most = 10;
  out += '[';
  std::size_t count = 0;
  for (const ValueView& element : value.elements()) {
    if (count != 0) out += ", ";
    if (++count > most) {
      out += "… " + std::to_string(value.elements().size() - most) + " more";
      break;
    }
    append_readable(element, out, longest);
  }
  out += ']';
}

void append_floating(double value, std::string& out) {
  char buffer[32];
  const auto end = std::to_chars(std::begin(buffer), std::end(buffer), value).ptr;
  out.append(buffer, end);
}

}  // namespace

std::string_view name_of(ValueType type) {
  switch (type) {
    case ValueType::unknown:
      return "unknown";
    case ValueType::boolean:
      return "boolean";
    case ValueType::int16:
      return "16-bit integer";
    case ValueType::int32:
      return "32-bit integer";
    case ValueType::int64:
      return "64-bit integer";
    case ValueType::float32:
      return "32-bit floating point";
    case ValueType::float64:
      return "64-bit floating point";
    case ValueType::decimal:
      return "decimal";
    case ValueType::text:
      return "text";
    case ValueType::bytes:
      return "bytes";
    case ValueType::date:
      return "date";
    case ValueType::time:
      return "time";
    case ValueType::timestamp:
      return "timestamp";
    case ValueType::uuid:
      return "UUID";
    case ValueType::json:
      return "JSON";
    case ValueType::array:
      return "array";
    case ValueType::result_cell:
      return "result cell";
  }
  return "unknown";
}

void ValueView::throw_too_large(std::size_t size) {
  throw UsageError("a value of " + std::to_string(size) +
                   " bytes or elements is too large for SQL; the limit is 4 GiB");
}

bool operator==(const ValueView& a, const ValueView& b) {
  if (a.type() != b.type() || a.is_null() != b.is_null()) return false;
  if (a.is_null()) return true;
  if (owns_characters(a.type())) return a.characters() == b.characters();
  if (a.type() == ValueType::float32 || a.type() == ValueType::float64) {
    return a.floating() == b.floating();
  }
  if (a.type() == ValueType::array) {
    const auto left = a.elements();
    const auto right = b.elements();
    return a.element_type() == b.element_type() && left.size() == right.size() &&
           std::equal(left.begin(), left.end(), right.begin());
  }
  if (a.type() == ValueType::result_cell && a.cell().column != b.cell().column) return false;
  return a.integer() == b.integer();
}

void append_readable(const ValueView& value, std::string& out, std::size_t longest) {
  if (value.is_secret()) {
    out += "<redacted>";
    return;
  }
  if (value.is_null()) {
    out += "NULL";
    return;
  }
  switch (value.type()) {
    case ValueType::unknown:
      out += "NULL";
      return;
    case ValueType::boolean:
      out += value.integer() != 0 ? "true" : "false";
      return;
    case ValueType::int16:
    case ValueType::int32:
    case ValueType::int64:
      out += std::to_string(value.integer());
      return;
    case ValueType::float32:
    case ValueType::float64:
      return append_floating(value.floating(), out);
    case ValueType::decimal:
      out += value.characters();
      return;
    case ValueType::text:
    case ValueType::json:
      return append_quoted(value.characters(), out, longest);
    case ValueType::bytes:
      return append_hexadecimal(value.characters(), out, longest);
    case ValueType::date:
      out += '\'';
      detail::append_date(value.integer(), out);
      out += '\'';
      return;
    case ValueType::time:
      out += '\'';
      detail::append_time(value.integer(), out);
      out += '\'';
      return;
    case ValueType::timestamp:
      out += '\'';
      detail::append_timestamp(value.integer(), out);
      out += '\'';
      return;
    case ValueType::uuid:
      out += '\'';
      detail::append_uuid(value.characters(), out);
      out += '\'';
      return;
    case ValueType::array:
      return append_array(value, out, longest);
    case ValueType::result_cell: {
      const ResultCell cell = value.cell();
      out += "<statement " + std::to_string(cell.statement) + ", row " + std::to_string(cell.row) +
             ", column " + std::to_string(cell.column) + ">";
      return;
    }
  }
}

std::string to_readable(const ValueView& value, std::size_t longest) {
  std::string out;
  append_readable(value, out, longest);
  return out;
}

Value::Value(const ValueView& value) : view_{value} {
  const std::size_t size = storage_size(value);
  if (size == 0) {
    if (!value.is_null() && owns_characters(value.type())) {
      view_ = with_characters(value.type(), std::string_view{""});
      if (value.is_secret()) view_ = view_.as_secret();
    }
    return;
  }
  storage_ = Owned<std::byte[]>{new std::byte[size]};
  std::byte* place = storage_.get();
  view_ = copy_to(value, place);
}

}  // namespace roost::db
