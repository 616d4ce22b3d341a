// Single statements of DDL; all arguments are resolved.
#pragma once

#include <roost/schema/model.hpp>

#include <string>
#include <vector>

namespace roost::schema::detail {

/// Writes for one dialect. Cheap; the dialect outlives it.
class DdlWriter {
 public:
  explicit DdlWriter(const db::Dialect& dialect) : dialect_{&dialect} {}

  /// With the foreign keys `inline_keys`; the others need `add_foreign_key`.
  [[nodiscard]] std::string create_table(const Table& table,
                                         const std::vector<const ForeignKey*>& inline_keys) const;
  /// PostgreSQL: the table in the session's own schema, without foreign keys.
  [[nodiscard]] std::string create_temporary_table(const Table& table) const;
  [[nodiscard]] std::string create_index(const Table& table, const Index& index) const;
  /// PostgreSQL.
  [[nodiscard]] std::string add_foreign_key(const Table& table, const ForeignKey& key) const;
  [[nodiscard]] std::string add_unique(const Table& table, const Unique& unique) const;
  [[nodiscard]] std::string add_check(const Table& table, const Check& check) const;
  [[nodiscard]] std::string create_type(const ColumnType& enumeration,
                                        std::string_view schema_name) const;
  void append_comments(const Table& table, std::vector<std::string>& out) const;
  /// Both. `check` and `key`: written behind the column (SQLite cannot add them later).
  [[nodiscard]] std::string add_column(const Table& table, const Column& column, const Check* check,
                                       const ForeignKey* key) const;

  [[nodiscard]] std::string column(const Table& table, const Column& column) const;
  [[nodiscard]] std::string qualified(const Table& table) const;

 private:
  [[nodiscard]] bool sqlite() const { return dialect_->kind() == db::DialectKind::sqlite; }
  [[nodiscard]] std::string quote(std::string_view name) const {
    return dialect_->quote_identifier(name);
  }
  [[nodiscard]] std::string body(const Table& table,
                                 const std::vector<const ForeignKey*>& inline_keys) const;
  [[nodiscard]] std::string type(const Table& table, const Column& column) const;
  [[nodiscard]] std::string collation(const Column& column) const;
  [[nodiscard]] std::string foreign_key(const ForeignKey& key) const;
  [[nodiscard]] std::string references(const ForeignKey& key) const;
  [[nodiscard]] std::string unique(const Unique& unique) const;
  [[nodiscard]] std::string check(const Check& check) const;
  [[nodiscard]] std::string part(const IndexPart& part) const;

  const db::Dialect* dialect_;
};

/// Does a column of the type get a COLLATE on PostgreSQL?
[[nodiscard]] bool has_collation(const ColumnType& type);

/// The native enumeration of a column or of the elements of its array, or null.
[[nodiscard]] const ColumnType* native_enumeration(const Column& column);

}  // namespace roost::schema::detail
