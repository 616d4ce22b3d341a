// Compares the schema that a program expects with the one that a database has.
#pragma once

#include <roost/async/task.hpp>
#include <roost/base/error.hpp>
#include <roost/schema/model.hpp>
#include <roost/sql/driver.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace roost::schema {

enum class DifferenceKind : std::uint8_t {
  missing_table,
  missing_column,
  extra_column,
  column_type,
  enumeration_values,  // of a native type
  column_nullability,
  column_default,
  column_identity,
  column_generated,
  column_collation,
  column_comment,
  table_comment,
  table_strictness,  // SQLite
  primary_key,
  missing_index,  // also unique ones and unique constraints
  extra_index,
  index_definition,
  missing_check,
  extra_check,
  check_definition,
  missing_foreign_key,
  extra_foreign_key,
  foreign_key_definition,
  constraint_name,  // the same constraint or index under another name
};
[[nodiscard]] std::string_view name_of(DifferenceKind kind);

/// Would the program work with it?
enum class Severity : std::uint8_t {
  error,  // statements would fail, or data that the program forbids could get in
  note,   // it works: the database allows more than it must, is slower, or says it in other words
};

/// One difference, as data for tools; `message()` says it in a sentence.
class Difference {
 public:
  Difference() = default;
  Difference(DifferenceKind what, Severity how_bad, const Table& where, std::string name)
      : kind{what},
        severity{how_bad},
        schema_name{where.schema_name},
        table{where.name},
        object{std::move(name)} {}

  /// "error: table events: the column title is varchar(80), expected varchar(120): …"
  [[nodiscard]] std::string message() const;

  DifferenceKind kind = DifferenceKind::missing_table;
  Severity severity = Severity::error;
  std::string schema_name;
  std::string table;
  std::string object;  // column, index or constraint; of the expected schema unless it is extra
  std::string found_object;  // its name in the database, where that is another one
  std::string expected;      // in words of SQL
  std::string found;
  /// The two expressions differ in their text and may still mean the same: PostgreSQL keeps
  /// expressions in words of its own. Always a note. `verify` finds out.
  bool uncertain = false;
};

/// All differences in the order of `expected`, which is resolved first. `actual` comes from
/// `introspect`. What only `actual` has: tables are ignored, columns, indexes and constraints are
/// notes, except a column without which no row can be inserted.
[[nodiscard]] std::vector<Difference> compare(const Schema& expected, const Schema& actual,
                                              const db::Dialect& dialect);

/// Introspects and compares. Where only the words of expressions differ, PostgreSQL is asked: the
/// expected table is made as a temporary one in a transaction that is rolled back, and what it has
/// become is compared. Nothing is changed.
[[nodiscard]] Task<std::vector<Difference>> verify(db::Database& database, const Schema& expected);

/// The messages, one a line.
[[nodiscard]] std::string describe(const std::vector<Difference>& differences);
[[nodiscard]] bool has_errors(const std::vector<Difference>& differences);

/// The database does not have the tables that the program needs.
class SchemaMismatch final : public Error {
 public:
  explicit SchemaMismatch(std::vector<Difference> differences);
  [[nodiscard]] const std::vector<Difference>& differences() const { return differences_; }

 private:
  std::vector<Difference> differences_;
};

/// For the start of a program: throws SchemaMismatch when `verify` finds errors; returns the notes.
[[nodiscard]] Task<std::vector<Difference>> require(db::Database& database, const Schema& expected);

}  // namespace roost::schema
