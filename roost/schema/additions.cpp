// Which statements add what is missing.
#include <roost/schema/additions.hpp>
#include <roost/schema/ddl.hpp>
#include <roost/schema/detail/comparison.hpp>
#include <roost/schema/detail/ddl_writer.hpp>
#include <roost/schema/detail/schema_ddl.hpp>
#include <roost/schema/detail/sql_text.hpp>

#include <algorithm>

namespace roost::schema {

namespace {

using db::Dialect;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Can SQLite's ALTER TABLE give this default to the rows that are there?
bool is_constant(const Default& value) { return value.kind() == DefaultKind::literal; }

class TableAdditions {
 public:
  TableAdditions(const Table& expected, const Table& actual, const Dialect& dialect,
                 std::vector<std::string>& out)
      : expected_{expected}, actual_{actual}, dialect_{dialect}, writer_{dialect}, out_{out} {}

  void run() {
    for (const Column& column : expected_.columns) {
      if (actual_.find_column(column.name) == nullptr && can_be_added(column)) add(column);
    }
    // Checks and keys of new columns alone: no row has a value there that could break them.
    if (!sqlite()) {
      for (const Check& check : expected_.checks) {
        if (is_check_of_new_column(check)) out_.push_back(writer_.add_check(expected_, check));
      }
      for (const ForeignKey& key : expected_.foreign_keys) {
        if (all_added(key.columns)) out_.push_back(writer_.add_foreign_key(expected_, key));
      }
    }
    add_indexes();
  }

 private:
  [[nodiscard]] bool sqlite() const { return dialect_.kind() == db::DialectKind::sqlite; }

  [[nodiscard]] bool can_be_added(const Column& column) const {
    if (contains(expected_.primary_key, column.name)) return false;
    if (column.identity) return false;
    // Rows that are there would all get one value, which a key may forbid.
    if (column.generated == GeneratedKind::stored && sqlite()) return false;
    if (column.generated != GeneratedKind::none) return column.nullable;
    if (!column.default_value.exists()) return column.nullable;
    if (!sqlite()) return true;
    return is_constant(column.default_value) && !key_of(column);
  }

  /// The foreign key that the column is alone.
  [[nodiscard]] const ForeignKey* key_of(const Column& column) const {
    for (const ForeignKey& key : expected_.foreign_keys) {
      if (key.columns == std::vector<std::string>{column.name}) return &key;
    }
    return nullptr;
  }

  /// The check that stands for the column's type.
  [[nodiscard]] const Check* check_of(const Column& column) const {
    const std::string expression = detail::check_of_type(column, dialect_);
    if (expression.empty()) return nullptr;
    for (const Check& check : expected_.checks) {
      if (check.expression == expression) return &check;
    }
    return nullptr;
  }

  [[nodiscard]] bool is_check_of_new_column(const Check& check) const {
    return std::any_of(expected_.columns.begin(), expected_.columns.end(),
                       [&](const Column& column) {
                         return contains(added_, column.name) && check_of(column) == &check;
                       });
  }

  void add(const Column& column) {
    added_.push_back(column.name);
    out_.push_back(writer_.add_column(expected_, column, sqlite() ? check_of(column) : nullptr,
                                      sqlite() ? key_of(column) : nullptr));
    if (sqlite() || column.comment.empty()) return;
    Table only{expected_.name};
    only.schema_name = expected_.schema_name;
    only.columns = {column};
    writer_.append_comments(only, out_);
  }

  [[nodiscard]] bool all_added(const std::vector<std::string>& columns) const {
    return std::all_of(columns.begin(), columns.end(),
                       [&](const std::string& column) { return contains(added_, column); });
  }

  /// All rows have NULL in this new column, so that no two are equal.
  [[nodiscard]] bool is_new_and_null(const std::string& name) const {
    const Column* column = expected_.find_column(name);
    return contains(added_, name) && !column->default_value.exists() &&
           column->generated == GeneratedKind::none;
  }

  [[nodiscard]] bool may_be_unique(const Index& index) const {
    return std::any_of(index.parts.begin(), index.parts.end(), [&](const IndexPart& part) {
      return !part.column.empty() && is_new_and_null(part.column);
    });
  }

  [[nodiscard]] bool has_all(const Index& index) const {
    return std::all_of(index.parts.begin(), index.parts.end(), [&](const IndexPart& part) {
      return part.column.empty() || actual_.find_column(part.column) != nullptr ||
             contains(added_, part.column);
    });
  }

  void add_indexes() {
    std::vector<Difference> differences;
    detail::TableComparison{expected_, actual_, dialect_, detail::Expressions::as_written,
                            differences}
        .run();
    for (const Difference& difference : differences) {
      if (difference.kind != DifferenceKind::missing_index) continue;
      for (const Index& index : expected_.indexes) {
        if (index.name == difference.object && has_all(index) &&
            (!index.unique || may_be_unique(index))) {
          out_.push_back(writer_.create_index(expected_, index));
        }
      }
      for (const Unique& unique : expected_.uniques) {
        const Index index = detail::Key{unique}.index;
        if (unique.name == difference.object && has_all(index) && may_be_unique(index)) {
          out_.push_back(writer_.add_unique(expected_, unique));
        }
      }
    }
  }

  const Table& expected_;
  const Table& actual_;
  const Dialect& dialect_;
  detail::DdlWriter writer_;
  std::vector<std::string>& out_;
  std::vector<std::string> added_;
};

/// CREATE TYPE, and ALTER TYPE for new values.
void append_types(const Schema& wanted, const Schema& actual, const Dialect& dialect,
                  std::vector<std::string>& out) {
  const detail::DdlWriter writer{dialect};
  const std::vector<detail::NativeType> existing = detail::native_types(actual);
  for (const detail::NativeType& native : detail::native_types(wanted)) {
    const auto found =
        std::find_if(existing.begin(), existing.end(), [&](const detail::NativeType& other) {
          return other.schema_name == native.schema_name &&
                 other.type.native_name() == native.type.native_name();
        });
    if (found == existing.end()) {
      out.push_back(writer.create_type(native.type, native.schema_name));
      continue;
    }
    for (const std::string& value : native.type.values()) {
      if (contains(found->type.values(), value)) continue;
      out.push_back("alter type " +
                    detail::qualified(native.schema_name, native.type.native_name(), dialect) +
                    " add value if not exists " + detail::quoted(value, dialect));
    }
  }
}

}  // namespace

std::vector<std::string> addition_statements(const Schema& expected, const Schema& actual,
                                             const Dialect& dialect) {
  const Schema wanted = resolved(expected, dialect);
  std::vector<std::string> statements;
  Schema missing;
  for (const Table& table : wanted.tables) {
    if (actual.find_table(table.name, table.schema_name) == nullptr) {
      missing.tables.push_back(table);
    }
  }
  if (dialect.kind() == db::DialectKind::postgresql) {
    detail::append_schemas(missing, dialect, statements);
    append_types(wanted, actual, dialect, statements);
  }
  detail::append_tables(missing, dialect, statements);
  for (const Table& table : wanted.tables) {
    const Table* found = actual.find_table(table.name, table.schema_name);
    if (found != nullptr) TableAdditions{table, *found, dialect, statements}.run();
  }
  return statements;
}

}  // namespace roost::schema
