// The two dialects, and the lexer that splits scripts.
#include <roost/sql/detail/script_lexer.hpp>
#include <roost/sql/dialect.hpp>
#include <roost/sql/errors.hpp>

#include <initializer_list>

namespace roost::db {

namespace {

constexpr std::uint64_t set_of(std::initializer_list<Feature> features) {
  std::uint64_t set = 0;
  for (const Feature feature : features) set |= std::uint64_t{1} << static_cast<unsigned>(feature);
  return set;
}

constexpr std::uint64_t postgresql_features = set_of(
    {Feature::row_locks, Feature::distinct_on, Feature::native_arrays, Feature::ilike,
     Feature::regular_expressions, Feature::native_enums, Feature::schemas, Feature::lateral_joins,
     Feature::data_modifying_ctes, Feature::nested_set_operations, Feature::default_in_values,
     Feature::truncate, Feature::deferrable_constraints, Feature::alter_column,
     Feature::isolation_levels, Feature::materialized_views, Feature::json_containment});

void refuse_nul(std::string_view text, std::string_view what) {
  if (text.find('\0') != std::string_view::npos) {
    throw UsageError(std::string{what} + " must not contain the character NUL");
  }
}

}  // namespace

std::string_view name_of(Feature feature) {
  switch (feature) {
    case Feature::row_locks:
      return "locking clauses (FOR UPDATE, FOR SHARE)";
    case Feature::distinct_on:
      return "DISTINCT ON";
    case Feature::native_arrays:
      return "array columns and operators";
    case Feature::ilike:
      return "ILIKE";
    case Feature::regular_expressions:
      return "regular expression operators";
    case Feature::native_enums:
      return "enum types";
    case Feature::schemas:
      return "schemas";
    case Feature::lateral_joins:
      return "LATERAL joins";
    case Feature::data_modifying_ctes:
      return "INSERT, UPDATE and DELETE inside WITH";
    case Feature::nested_set_operations:
      return "set operations in parentheses";
    case Feature::default_in_values:
      return "DEFAULT inside VALUES";
    case Feature::truncate:
      return "TRUNCATE";
    case Feature::deferrable_constraints:
      return "deferrable unique constraints";
    case Feature::alter_column:
      return "ALTER COLUMN";
    case Feature::isolation_levels:
      return "isolation levels";
    case Feature::materialized_views:
      return "materialized views";
    case Feature::json_containment:
      return "JSON containment operators";
  }
  return "this feature";
}

const Dialect& Dialect::postgresql() {
  static const Dialect dialect{DialectKind::postgresql, "PostgreSQL", postgresql_features, 65'535,
                               63};
  return dialect;
}

const Dialect& Dialect::sqlite() {
  static const Dialect dialect{DialectKind::sqlite, "SQLite", 0, 32'766, 1'000};
  return dialect;
}

void Dialect::require(Feature feature) const {
  if (supports(feature)) return;
  throw UnsupportedError(std::string{name_} + " does not support " + std::string{name_of(feature)});
}

void Dialect::append_placeholder(std::string& out, std::size_t number) const {
  out += kind_ == DialectKind::postgresql ? '$' : '?';
  out += std::to_string(number);
}

void Dialect::append_identifier(std::string& out, std::string_view name) const {
  if (name.empty()) throw UsageError("an SQL identifier must not be empty");
  refuse_nul(name, "an SQL identifier");
  if (name.size() > max_identifier_length_) {
    throw UsageError(std::string{name_} + " takes names of at most " +
                     std::to_string(max_identifier_length_) + " bytes and cuts longer ones: \"" +
                     std::string{name} + '"');
  }
  out += '"';
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string Dialect::quote_identifier(std::string_view name) const {
  std::string out;
  append_identifier(out, name);
  return out;
}

void Dialect::append_literal(std::string& out, std::string_view text) const {
  refuse_nul(text, "an SQL literal");
  // With standard_conforming_strings off, a backslash would escape: E'' says what it means.
  const bool escape = kind_ == DialectKind::postgresql && text.find('\\') != std::string_view::npos;
  out += escape ? "E'" : "'";
  for (const char c : text) {
    if (c == '\'' || (escape && c == '\\')) out += c;
    out += c;
  }
  out += '\'';
}

std::vector<std::string_view> Dialect::split_script(std::string_view script) const {
  return detail::split_script(script, kind_);
}

}  // namespace roost::db
