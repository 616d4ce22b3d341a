// Encodes and binds parameters.
#include <roost/sql/detail/calendar.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/sqlite/detail/binding.hpp>

#include <sqlite3.h>

#include <charconv>
#include <cmath>

namespace roost::db::sqlite::detail {

namespace {

[[noreturn]] void refuse(std::string message) {
  ErrorDetails details;
  details.message = std::move(message);
  throw InvalidValue(std::move(details));
}

void bind_text(sqlite3_stmt* statement, int number, std::string_view text) {
  const char* data = text.data() == nullptr ? "" : text.data();
  if (sqlite3_bind_text64(statement, number, data, text.size(), SQLITE_STATIC, SQLITE_UTF8) !=
      SQLITE_OK) {
    refuse("a text of " + std::to_string(text.size()) + " bytes is too long for SQLite");
  }
}

void bind_checked_text(sqlite3_stmt* statement, int number, std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    ErrorDetails details;
    details.message = "a text must not contain the character NUL: bind it as bytes, or reject it";
    throw UnstorableText(std::move(details));
  }
  bind_text(statement, number, text);
}

void bind_blob(sqlite3_stmt* statement, int number, std::string_view bytes) {
  if (bytes.empty()) {  // a null pointer would bind NULL
    sqlite3_bind_zeroblob(statement, number, 0);
  } else if (sqlite3_bind_blob64(statement, number, bytes.data(), bytes.size(), SQLITE_STATIC) !=
             SQLITE_OK) {
    refuse(std::to_string(bytes.size()) + " bytes are too many for SQLite");
  }
}

std::string_view encode_timestamp(std::int64_t microseconds, Scratch& scratch) {
  if (microseconds % 1000 == 0) {
    char* place = reinterpret_cast<char*>(scratch.allocate(24));
    if (db::detail::write_timestamp_milliseconds(microseconds / 1000, place)) return {place, 24};
    refuse(
        "a timestamp lies outside of the years 0000 to 9999, which are all that SQLite's "
        "date functions and a sorted column can hold");
  }
  std::string text;
  db::detail::append_timestamp(microseconds, text);
  if (text.size() != 27) refuse("a timestamp lies outside of the years 0000 to 9999");
  return scratch.copy(text);
}

std::string_view encode_date(std::int64_t days, Scratch& scratch) {
  char* place = reinterpret_cast<char*>(scratch.allocate(10));
  if (!db::detail::write_date(days, place)) refuse("a date lies outside of the years 0000 to 9999");
  return {place, 10};
}

std::string_view encode_time(std::int64_t microseconds, Scratch& scratch) {
  if (microseconds < 0 || microseconds >= db::detail::microseconds_per_day) {
    refuse("a time of day lies outside of 00:00 to 24:00");
  }
  char* place = reinterpret_cast<char*>(scratch.allocate(15));
  db::detail::write_time(microseconds, place);
  return {place, 15};
}

std::string_view encode_uuid(std::string_view bytes, Scratch& scratch) {
  std::string text;
  db::detail::append_uuid(bytes, text);
  return scratch.copy(text);
}

void append_json_text(std::string_view text, std::string& out) {
  static constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20U) {
      out += "\\u00";
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json_number(double value, std::string& out) {
  if (!std::isfinite(value)) refuse("NaN and infinity cannot stand in an array on SQLite");
  char buffer[32];
  const auto end = std::to_chars(std::begin(buffer), std::end(buffer), value).ptr;
  const std::string_view text{buffer, static_cast<std::size_t>(end - buffer)};
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";  // stays a REAL
}

void append_json(const ValueView& value, std::span<const Result> earlier, std::string& out,
                 Scratch& scratch);

const ValueView resolve(const ValueView& value, std::span<const Result> earlier) {
  if (value.type() != ValueType::result_cell) return value;
  const ResultCell cell = value.cell();
  if (cell.statement >= earlier.size() || cell.row >= earlier[cell.statement].row_count() ||
      cell.column >= earlier[cell.statement].column_count()) {
    throw UsageError("a parameter refers to row " + std::to_string(cell.row) + ", column " +
                     std::to_string(cell.column) + " of statement " +
                     std::to_string(cell.statement) +
                     " of the batch, which did not return that cell");
  }
  return earlier[cell.statement].value(cell.row, cell.column);
}

std::string_view encode_array(const ValueView& array, std::span<const Result> earlier,
                              Scratch& scratch) {
  std::string json{"["};
  for (const ValueView& element : array.elements()) {
    if (json.size() > 1) json += ',';
    append_json(resolve(element, earlier), earlier, json, scratch);
  }
  json += ']';
  return scratch.copy(json);
}

void append_json(const ValueView& value, std::span<const Result> earlier, std::string& out,
                 Scratch& scratch) {
  if (value.is_null()) {
    out += "null";
    return;
  }
  switch (value.type()) {
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
      return append_json_number(value.floating(), out);
    case ValueType::json:
      out += value.characters();
      return;
    case ValueType::date:
      return append_json_text(encode_date(value.integer(), scratch), out);
    case ValueType::time:
      return append_json_text(encode_time(value.integer(), scratch), out);
    case ValueType::timestamp:
      return append_json_text(encode_timestamp(value.integer(), scratch), out);
    case ValueType::uuid:
      return append_json_text(encode_uuid(value.characters(), scratch), out);
    case ValueType::array:
      out += encode_array(value, earlier, scratch);
      return;
    case ValueType::bytes:
      throw UnsupportedError("SQLite has no arrays of bytes: JSON cannot hold them");
    default:
      return append_json_text(value.characters(), out);
  }
}

}  // namespace

void bind(sqlite3_stmt* statement, int number, const ValueView& given,
          std::span<const Result> earlier, Scratch& scratch) {
  const ValueView value = resolve(given, earlier);
  if (value.is_null()) {
    sqlite3_bind_null(statement, number);
    return;
  }
  switch (value.type()) {
    case ValueType::boolean:
    case ValueType::int16:
    case ValueType::int32:
    case ValueType::int64:
      sqlite3_bind_int64(statement, number, value.integer());
      return;
    case ValueType::float32:
    case ValueType::float64:
      if (std::isnan(value.floating())) refuse("NaN cannot be stored: SQLite would make it NULL");
      sqlite3_bind_double(statement, number, value.floating());
      return;
    case ValueType::text:
    case ValueType::decimal:
    case ValueType::json:
      return bind_checked_text(statement, number, value.characters());
    case ValueType::bytes:
      return bind_blob(statement, number, value.characters());
    case ValueType::date:
      return bind_text(statement, number, encode_date(value.integer(), scratch));
    case ValueType::time:
      return bind_text(statement, number, encode_time(value.integer(), scratch));
    case ValueType::timestamp:
      return bind_text(statement, number, encode_timestamp(value.integer(), scratch));
    case ValueType::uuid:
      return bind_text(statement, number, encode_uuid(value.characters(), scratch));
    case ValueType::array:
      return bind_text(statement, number, encode_array(value, earlier, scratch));
    case ValueType::unknown:
    case ValueType::result_cell:
      sqlite3_bind_null(statement, number);
      return;
  }
}

}  // namespace roost::db::sqlite::detail
