// What paths are called: JSON paths, names of types, and the resolver of plain structs.
#include <roost/base/date.hpp>
#include <roost/base/decimal.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/sql/codec.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/render.hpp>

namespace roost::db {

namespace {

using reflect::TypeDescriptor;
using reflect::TypeKind;

const TypeDescriptor& without_optional(const TypeDescriptor& type) {
  const TypeDescriptor* inner = &type;
  while (inner->kind == TypeKind::optional) inner = &inner->optional->element();
  return *inner;
}

/// Quoted for a path of SQLite's JSON functions, which know no escapes.
void append_sqlite_key(const JsonKey& key, std::string& path) {
  if (key.is_index) {
    path += key.index < 0 ? "[#" : "[";
    path += std::to_string(key.index);
    path += ']';
    return;
  }
  for (const char c : key.name) {
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) {
      throw UnsupportedError(
          "SQLite cannot look up a JSON key with a quotation mark, a backslash or a control "
          "character in it");
    }
  }
  path += ".\"";
  path += key.name;
  path += '"';
}

void append_postgresql_key(const Dialect& dialect, const JsonKey& key, std::string& out) {
  if (key.is_index) {
    out += std::to_string(key.index);
  } else {
    dialect.append_literal(out, key.name);
  }
}

/// To what the text of a JSON value is cast on PostgreSQL; empty: it stays text.
std::string_view cast_of(ValueType wanted) {
  switch (wanted) {
    case ValueType::boolean:
      return "::boolean";
    case ValueType::int16:
    case ValueType::int32:
    case ValueType::int64:
    case ValueType::decimal:
      return "::numeric";  // of integers too: JSON may say 5.0
    case ValueType::float32:
    case ValueType::float64:
      return "::float8";
    case ValueType::date:
      return "::date";
    case ValueType::time:
      return "::time";
    case ValueType::timestamp:
      return "::timestamptz";
    case ValueType::uuid:
      return "::uuid";
    default:
      return {};
  }
}

}  // namespace

void append_json_path(const Dialect& dialect, std::string_view document,
                      std::span<const JsonKey> keys, ValueType wanted, std::string& out) {
  const bool as_json = wanted == ValueType::json;
  if (dialect.kind() == DialectKind::sqlite) {
    std::string path{"$"};
    for (const JsonKey& key : keys) append_sqlite_key(key, path);
    out += as_json ? "(" : "json_extract(";
    out += document;
    out += as_json ? " -> " : ", ";
    dialect.append_literal(out, path);
    out += ')';
    return;
  }
  const std::string_view cast = cast_of(wanted);
  out += '(';
  out += document;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    out += i + 1 == keys.size() && !as_json ? " ->> " : " -> ";
    append_postgresql_key(dialect, keys[i], out);
  }
  out += ')';
  out += cast;
}

std::string_view json_name_of(const PathStep& step) {
  const TypeDescriptor& owner = step.owner();
  if (owner.kind == TypeKind::object) {
    for (const reflect::FieldDescriptor& field : owner.object->fields) {
      if (field.name == step.member) return field.json_name;
    }
  }
  return step.member;
}

std::string snake_case(std::string_view name) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (!is_upper(c)) {
      out += c;
      continue;
    }
    const bool after_word = i > 0 && name[i - 1] != '_' && !is_upper(name[i - 1]);
    const bool before_word =
        i > 0 && i + 1 < name.size() && is_upper(name[i - 1]) && is_lower(name[i + 1]);
    if (after_word || before_word) out += '_';
    out += static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view sql_type_name(const Dialect& dialect, ValueType type) {
  const bool postgresql = dialect.kind() == DialectKind::postgresql;
  switch (type) {
    case ValueType::boolean:
      return postgresql ? "boolean" : "integer";
    case ValueType::int16:
      return postgresql ? "smallint" : "integer";
    case ValueType::int32:
      return "integer";
    case ValueType::int64:
      return postgresql ? "bigint" : "integer";
    case ValueType::float32:
    case ValueType::float64:
      return postgresql ? (type == ValueType::float32 ? "real" : "double precision") : "real";
    case ValueType::decimal:
      return postgresql ? "numeric" : "text";
    case ValueType::bytes:
      return postgresql ? "bytea" : "blob";
    case ValueType::date:
      return postgresql ? "date" : "text";
    case ValueType::time:
      return postgresql ? "time" : "text";
    case ValueType::timestamp:
      return postgresql ? "timestamptz" : "text";
    case ValueType::uuid:
      return postgresql ? "uuid" : "text";
    case ValueType::json:
      return postgresql ? "jsonb" : "text";
    case ValueType::text:
      return "text";
    default:
      throw UsageError("a value cannot be cast to the type " + std::string{name_of(type)});
  }
}

void PathResolver::append_quantified(Quantifier, const Path& path, ExpressionCursor*, Renderer&) {
  throw UnsupportedError("some(), none() and every() need the ORM, which knows the relation \"" +
                         std::string{path.back().member} +
                         "\": use exists() with a sub-query here");
}

ValueType PathResolver::value_type(const Path& path) const {
  const TypeDescriptor& type = without_optional(path.back().type());
  switch (type.kind) {
    case TypeKind::boolean:
    case TypeKind::integer:
    case TypeKind::floating:
    case TypeKind::string:
    case TypeKind::enumeration:
    case TypeKind::text:
      return codec_of(type).type();
    case TypeKind::sequence:
      return path.count > 1 ? ValueType::json : ValueType::array;
    case TypeKind::object:
    case TypeKind::map:
    case TypeKind::dynamic:
      return ValueType::json;
    default:
      return ValueType::unknown;
  }
}

bool PathResolver::may_be_null(const Path& path) const {
  return path.count > 1 || path.back().type().kind == TypeKind::optional;
}

void PathResolver::append_path_of(std::string_view alias, const Path& path, std::string&) {
  throw UnsupportedError("the member \"" + std::string{path.first->member} +
                         "\" cannot be looked for in the table \"" + std::string{alias} +
                         "\" here");
}
void PathResolver::append_column_name(const Path& path, std::string& out) {
  if (path.count != 1) {
    throw UsageError("the member \"" + std::string{path.back().member} +
                     "\" is part of a JSON column, not a column of its own: set the whole column");
  }
  Dialect::sqlite().append_identifier(out, snake_case(path.first->member));  // as everywhere
}
std::string_view PathResolver::written_as(const Path&) const { return {}; }
void PathResolver::append_table(reflect::TypeRef type, std::string& out) {
  Dialect::sqlite().append_identifier(out, snake_case(type().name));
}
void PathResolver::enter_query(std::span<const TableAlias>) {}
void PathResolver::leave_query() {}

void PlainPathResolver::enter_query(std::span<const TableAlias> tables) {
  enclosing_.push_back(aliases_.size());
  for (const TableAlias& table : tables) {
    aliases_.push_back({&table.type(), std::string{table.alias}});
  }
}

void PlainPathResolver::leave_query() {
  aliases_.resize(enclosing_.back());
  enclosing_.pop_back();
}

void PlainPathResolver::append_path(const Path& path, std::string& out) {
  const TypeDescriptor* type = &path.first->owner();
  for (std::size_t i = aliases_.size(); i > 0; --i) {
    if (aliases_[i - 1].type == type) return append_path_of(aliases_[i - 1].name, path, out);
  }
  append_path_of({}, path, out);
}

void PlainPathResolver::append_path_of(std::string_view alias, const Path& path, std::string& out) {
  std::string column;
  if (!alias.empty()) {
    dialect_.append_identifier(column, alias);
    column += '.';
  }
  dialect_.append_identifier(column, snake_case(path.first->member));
  if (path.count == 1) {
    out += column;
    return;
  }
  std::vector<JsonKey> keys;
  for (const PathStep& step : path.steps().subspan(1)) keys.emplace_back(json_name_of(step));
  append_json_path(dialect_, column, keys, value_type(path), out);
}

}  // namespace roost::db
