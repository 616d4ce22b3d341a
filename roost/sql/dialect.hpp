// What differs in the text of SQL between the databases: placeholders, quoting, limits, features.
#pragma once

#include <roost/sql/value.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace roost::db {

enum class DialectKind : std::uint8_t { postgresql, sqlite };

/// What one database can say and another cannot. The builder asks before it writes; a "no" becomes
/// an UnsupportedError that names the dialect and the feature.
enum class Feature : std::uint8_t {
  row_locks,  // FOR UPDATE / FOR SHARE, SKIP LOCKED, NOWAIT
  distinct_on,
  native_arrays,  // column type `int[]`, `= any($1)`, unnest
  ilike,
  regular_expressions,  // ~, ~*
  native_enums,
  schemas,
  lateral_joins,
  data_modifying_ctes,    // with x as (insert … returning …)
  nested_set_operations,  // parentheses around a compound select
  default_in_values,      // values (default, …)
  truncate,
  deferrable_constraints,  // of every kind, not of foreign keys only
  alter_column,
  isolation_levels,
  materialized_views,
  json_containment,  // @>, ?
};

[[nodiscard]] std::string_view name_of(Feature feature);

/// Immutable; one object per database system, valid until the program ends.
class Dialect {
 public:
  Dialect(const Dialect&) = delete;
  Dialect& operator=(const Dialect&) = delete;

  [[nodiscard]] static const Dialect& postgresql();
  [[nodiscard]] static const Dialect& sqlite();

  [[nodiscard]] DialectKind kind() const { return kind_; }
  /// "PostgreSQL", "SQLite": for messages.
  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] bool supports(Feature feature) const {
    return ((features_ >> static_cast<unsigned>(feature)) & 1U) != 0;
  }
  /// Throws UnsupportedError: "SQLite does not support …" when it does not.
  void require(Feature feature) const;

  /// Most parameters that one statement may have.
  [[nodiscard]] std::size_t max_parameters() const { return max_parameters_; }
  /// Most characters of an identifier before the database cuts or refuses it.
  [[nodiscard]] std::size_t max_identifier_length() const { return max_identifier_length_; }

  /// Appends `$1` or `?1`; `number` counts from 1.
  void append_placeholder(std::string& out, std::size_t number) const;
  /// Appends "name" with embedded quotes doubled. Throws UsageError for an empty name or one with
  /// NUL in it.
  void append_identifier(std::string& out, std::string_view name) const;
  [[nodiscard]] std::string quote_identifier(std::string_view name) const;
  /// Appends 'text' as a literal, for DDL (defaults, checks, comments), which takes no parameters.
  /// Throws UsageError for text with NUL in it.
  void append_literal(std::string& out, std::string_view text) const;

  /// Splits a script at the semicolons between statements: those in literals, quoted identifiers,
  /// comments, dollar quotes and bodies of triggers do not count. The pieces are views into
  /// `script` without the semicolon; pieces of blanks and comments only are left out.
  [[nodiscard]] std::vector<std::string_view> split_script(std::string_view script) const;

 private:
  Dialect(DialectKind kind, std::string_view name, std::uint64_t features,
          std::size_t max_parameters, std::size_t max_identifier_length)
      : kind_{kind},
        name_{name},
        features_{features},
        max_parameters_{max_parameters},
        max_identifier_length_{max_identifier_length} {}

  DialectKind kind_;
  std::string_view name_;
  std::uint64_t features_;
  std::size_t max_parameters_;
  std::size_t max_identifier_length_;
};

}  // namespace roost::db
