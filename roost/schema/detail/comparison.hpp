// The comparison of two tables, column by column and key by key.
#pragma once

#include <roost/schema/compare.hpp>

#include <string>
#include <vector>

namespace roost::schema::detail {

/// How much the texts of expressions prove.
enum class Expressions : std::uint8_t {
  as_written,  // different texts may mean the same
  canonical,   // both come from the database itself
};

/// A unique constraint or an index: for the comparison they are one.
struct Key {
  explicit Key(const Index& given);
  explicit Key(const Unique& unique);
  [[nodiscard]] std::string describe(bool canonical_expressions) const;

  std::string name;
  Index index;
  Deferral deferral = Deferral::none;
  bool constraint = false;
};

class TableComparison {
 public:
  TableComparison(const Table& expected, const Table& actual, const db::Dialect& dialect,
                  Expressions expressions, std::vector<Difference>& out);
  void run();

 private:
  [[nodiscard]] bool sqlite() const { return dialect_.kind() == db::DialectKind::sqlite; }
  Difference& report(DifferenceKind kind, Severity severity, const std::string& object,
                     std::string expected, std::string found);
  Difference& report_expression(DifferenceKind kind, Severity severity, const std::string& object,
                                std::string expected, std::string found);
  void compare_columns();
  void compare_column(const Column& expected, const Column& actual);
  void compare_type(const Column& expected, const Column& actual);
  void compare_default(const Column& expected, const Column& actual);
  void compare_generated(const Column& expected, const Column& actual);
  void compare_table();
  void compare_keys();
  void compare_checks();
  void compare_foreign_keys();

  const Table& expected_;
  const Table& actual_;
  const db::Dialect& dialect_;
  Expressions expressions_;
  std::vector<Difference>& out_;
};

/// Both are resolved.
[[nodiscard]] std::vector<Difference> compare_resolved(const Schema& expected, const Schema& actual,
                                                       const db::Dialect& dialect,
                                                       Expressions expressions);

}  // namespace roost::schema::detail
