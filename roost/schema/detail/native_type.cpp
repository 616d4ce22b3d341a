// From the native names of types to logical ones.
#include <roost/schema/detail/catalog.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace roost::schema::detail {

namespace {

/// "numeric(10,2)" in parts: "numeric", 10, 2, and what stands behind the parentheses.
struct NativeName {
  std::string name;
  std::optional<std::uint32_t> first;
  std::optional<std::uint32_t> second;
};

std::string lower_and_trimmed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if (lower == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += lower;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::optional<std::uint32_t> number_at(const char*& at, const char* end) {
  while (at != end && *at == ' ') ++at;
  std::uint32_t value = 0;
  const auto [stop, error] = std::from_chars(at, end, value);
  if (error != std::errc{}) return std::nullopt;
  at = stop;
  while (at != end && *at == ' ') ++at;
  return value;
}

NativeName split(std::string_view native) {
  NativeName parts;
  std::string text = lower_and_trimmed(native);
  const std::size_t open = text.find('(');
  const std::size_t close = text.find(')', open);
  if (open == std::string::npos || close == std::string::npos) {
    parts.name = std::move(text);
    return parts;
  }
  const char* at = text.data() + open + 1;
  const char* end = text.data() + close;
  parts.first = number_at(at, end);
  if (at != end && *at == ',') parts.second = number_at(++at, end);
  parts.name = lower_and_trimmed(text.substr(0, open) + text.substr(close + 1));
  return parts;
}

bool any_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

ColumnType parse_postgresql_type(std::string_view native) {
  const NativeName parts = split(native);
  const std::string& name = parts.name;
  if (name.size() > 2 && name.compare(name.size() - 2, 2, "[]") == 0) {
    // The last brackets of the original text, which may have capitals inside quotes.
    const ColumnType element = parse_postgresql_type(native.substr(0, native.rfind('[')));
    if (element.kind() != TypeKind::array) return ColumnType::array_of(element);
  }
  if (!parts.first) {
    if (any_of(name, {"boolean", "bool"})) return ColumnType::boolean();
    if (any_of(name, {"smallint", "int2"})) return ColumnType::int16();
    if (any_of(name, {"integer", "int", "int4"})) return ColumnType::int32();
    if (any_of(name, {"bigint", "int8"})) return ColumnType::int64();
    if (any_of(name, {"real", "float4"})) return ColumnType::float32();
    if (any_of(name, {"double precision", "float8", "float"})) return ColumnType::float64();
    if (name == "text") return ColumnType::text();
    if (name == "bytea") return ColumnType::bytes();
    if (name == "date") return ColumnType::date();
    if (name == "uuid") return ColumnType::uuid();
    if (name == "jsonb") return ColumnType::json();
  }
  if (any_of(name, {"time", "time without time zone"}) && parts.first.value_or(6) == 6) {
    return ColumnType::time();
  }
  if (any_of(name, {"timestamptz", "timestamp with time zone"}) && parts.first.value_or(6) <= 6) {
    return ColumnType::timestamp(parts.first.value_or(6));
  }
  if (any_of(name, {"numeric", "decimal", "dec"})) {
    const std::uint32_t scale = parts.second.value_or(0);
    if (parts.first.value_or(0) >= scale)
      return ColumnType::decimal(parts.first.value_or(0), scale);
  }
  if (any_of(name, {"varchar", "character varying"}) && parts.first) {
    return ColumnType::text(*parts.first);
  }
  return ColumnType::verbatim(native.empty() ? "\"\"" : std::string{native});
}

ColumnType parse_sqlite_type(std::string_view native) {
  const std::string name = lower_and_trimmed(native);
  if (any_of(name, {"integer", "int"})) return ColumnType::int64();
  if (name == "real") return ColumnType::float64();
  if (name == "text") return ColumnType::text();
  if (name == "blob") return ColumnType::bytes();
  return ColumnType::verbatim(native.empty() ? "ANY" : std::string{native});
}

std::string canonical_type(const ColumnType& type, const db::Dialect& dialect) {
  if (dialect.kind() == db::DialectKind::sqlite) {
    return lower_and_trimmed(native_type(type, dialect));
  }
  if (type.kind() != TypeKind::verbatim) return native_type(type, dialect);
  const ColumnType parsed = parse_postgresql_type(type.sql());
  return parsed.kind() == TypeKind::verbatim ? lower_and_trimmed(type.sql())
                                             : native_type(parsed, dialect);
}

}  // namespace roost::schema::detail
