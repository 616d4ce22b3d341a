// Names, literals, defaults and the checks that stand for types, as text of one dialect.
#include <roost/schema/detail/sql_text.hpp>
#include <roost/sql/detail/calendar.hpp>
#include <roost/sql/errors.hpp>

#include <array>
#include <charconv>
#include <cmath>

namespace roost::schema::detail {

using db::Dialect;
using db::DialectKind;
using db::UsageError;
using db::ValueType;
using db::ValueView;

namespace {

bool is_sqlite(const Dialect& dialect) { return dialect.kind() == DialectKind::sqlite; }

std::string hexadecimal(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += "0123456789abcdef"[byte >> 4U];
    out += "0123456789abcdef"[byte & 15U];
  }
  return out;
}

std::string floating(double value, const Dialect& dialect) {
  if (std::isfinite(value)) {
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    std::string text(buffer.data(), end);
    if (is_sqlite(dialect) && text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
  }
  if (is_sqlite(dialect)) {
    if (std::isnan(value)) throw UsageError("SQLite cannot hold NaN");
    return value < 0 ? "-9e999" : "9e999";
  }
  if (std::isnan(value)) return "'NaN'";
  return value < 0 ? "-Infinity" : "'Infinity'";
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20U) {
      out += "\\u00";
      out += hexadecimal({&c, 1});
    } else {
      out += c;
    }
  }
  return out + "\"";
}

/// "10:29:39.120000" as PostgreSQL shows it: "10:29:39.12".
void remove_trailing_zeros(std::string& text) {
  if (text.find('.') == std::string::npos) return;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
}

/// In the words in which PostgreSQL gives defaults back, in a session with the time zone UTC.
std::string timestamp_text(std::int64_t microseconds, const Dialect& dialect) {
  std::string out;
  db::detail::append_timestamp(microseconds, out);
  const std::size_t separator = out.find('T');
  if (is_sqlite(dialect) || separator == std::string::npos || out.back() != 'Z') return out;
  out[separator] = ' ';
  out.pop_back();
  remove_trailing_zeros(out);
  return out + "+00";
}

std::string text_of(const ValueView& value, const Dialect& dialect);

/// PostgreSQL: the elements of '{…}'; SQLite: of a JSON array.
std::string array_text(const ValueView& value, const Dialect& dialect) {
  std::string out;
  for (const ValueView& element : value.elements()) {
    if (!out.empty()) out += ',';
    if (element.is_null()) {
      out += is_sqlite(dialect) ? "null" : "NULL";
      continue;
    }
    switch (element.type()) {
      case ValueType::boolean:
        out += element.integer() != 0 ? "true" : "false";
        break;
      case ValueType::int16:
      case ValueType::int32:
      case ValueType::int64:
      case ValueType::float32:
      case ValueType::float64:
        out += text_of(element, dialect);
        break;
      default:
        out += json_string(text_of(element, dialect));
    }
  }
  return is_sqlite(dialect) ? "[" + out + "]" : "{" + out + "}";
}

/// The value without quotes around it.
std::string text_of(const ValueView& value, const Dialect& dialect) {
  std::string out;
  switch (value.type()) {
    case ValueType::boolean:
      if (is_sqlite(dialect)) return value.integer() != 0 ? "1" : "0";
      return value.integer() != 0 ? "true" : "false";
    case ValueType::int16:
    case ValueType::int32:
    case ValueType::int64:
      return std::to_string(value.integer());
    case ValueType::float32:
    case ValueType::float64:
      return floating(value.floating(), dialect);
    case ValueType::date:
      db::detail::append_date(value.integer(), out);
      return out;
    case ValueType::time:
      db::detail::append_time(value.integer(), out);
      if (!is_sqlite(dialect)) remove_trailing_zeros(out);
      return out;
    case ValueType::timestamp:
      return timestamp_text(value.integer(), dialect);
    case ValueType::uuid:
      db::detail::append_uuid(value.characters(), out);
      return out;
    case ValueType::array:
      return array_text(value, dialect);
    case ValueType::bytes:
      return "\\x" + hexadecimal(value.characters());
    default:
      return std::string{value.characters()};
  }
}

/// PostgreSQL gives negative numbers back in quotes.
std::string number(std::string text, const Dialect& dialect) {
  return text.front() == '-' && !is_sqlite(dialect) ? "'" + text + "'" : text;
}

std::string literal(const ValueView& value, const Dialect& dialect) {
  if (value.is_null()) return "null";
  switch (value.type()) {
    case ValueType::unknown:
    case ValueType::result_cell:
      throw UsageError("a default must be a value of its own");
    case ValueType::boolean:
    case ValueType::int16:
    case ValueType::int32:
    case ValueType::int64:
    case ValueType::float32:
    case ValueType::float64:
      return number(text_of(value, dialect), dialect);
    case ValueType::bytes:
      if (is_sqlite(dialect)) return "X'" + hexadecimal(value.characters()) + "'";
      return quoted(text_of(value, dialect), dialect);
    case ValueType::decimal:
      // SQLite keeps decimals as text.
      if (!is_sqlite(dialect)) return number(text_of(value, dialect), dialect);
      return quoted(text_of(value, dialect), dialect);
    default:
      return quoted(text_of(value, dialect), dialect);
  }
}

std::string list_of(const std::vector<std::string>& values, const Dialect& dialect) {
  std::string out;
  for (const std::string& value : values) {
    if (!out.empty()) out += ", ";
    dialect.append_literal(out, value);
  }
  return out;
}

std::string now_sql(const Column& column, const Dialect& dialect) {
  const bool date = column.type.kind() == TypeKind::date;
  if (is_sqlite(dialect)) return date ? "(date('now'))" : "(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))";
  return date ? "((now() at time zone 'utc')::date)" : "now()";
}

}  // namespace

bool is_strict_type(std::string_view native) {
  std::string upper;
  for (const char c : native) upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return upper == "INTEGER" || upper == "INT" || upper == "REAL" || upper == "TEXT" ||
         upper == "BLOB" || upper == "ANY";
}

std::string check_of_type(const Column& column, const Dialect& dialect) {
  const ColumnType& type = column.type;
  const std::string name = dialect.quote_identifier(column.name);
  if (!is_sqlite(dialect)) {
    // In the words in which PostgreSQL itself gives it back.
    if (type.kind() == TypeKind::enumeration && type.native_name().empty()) {
      return name + " = any (array[" + list_of(type.values(), dialect) + "])";
    }
    if (type.kind() == TypeKind::array && type.element().kind() == TypeKind::enumeration &&
        type.element().native_name().empty()) {
      return name + " <@ array[" + list_of(type.element().values(), dialect) + "]";
    }
    return {};
  }
  switch (type.kind()) {
    case TypeKind::boolean:
      return name + " in (0, 1)";
    case TypeKind::enumeration:
      return name + " in (" + list_of(type.values(), dialect) + ")";
    case TypeKind::text:
      if (type.max_length() == 0) return {};
      return "length(" + name + ") <= " + std::to_string(type.max_length());
    case TypeKind::json:
    case TypeKind::array:
      return "json_valid(" + name + ")";
    default:
      return {};
  }
}

std::string default_sql(const Column& column, const Dialect& dialect) {
  switch (column.default_value.kind()) {
    case DefaultKind::none:
      return {};
    case DefaultKind::literal:
      return literal(column.default_value.value().view(), dialect);
    case DefaultKind::expression:
      return "(" + column.default_value.sql() + ")";
    case DefaultKind::now:
      return now_sql(column, dialect);
  }
  return {};
}

std::string identifiers(const std::vector<std::string>& names, const Dialect& dialect) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out += ", ";
    dialect.append_identifier(out, name);
  }
  return out;
}

std::string qualified(std::string_view schema_name, std::string_view name, const Dialect& dialect) {
  std::string out;
  if (!schema_name.empty()) {
    dialect.append_identifier(out, schema_name);
    out += '.';
  }
  dialect.append_identifier(out, name);
  return out;
}

std::string quoted(std::string_view text, const Dialect& dialect) {
  std::string out;
  dialect.append_literal(out, text);
  return out;
}

}  // namespace roost::schema::detail
