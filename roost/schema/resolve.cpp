// resolved(): checks that a schema makes sense and writes out what it leaves to rules.
#include <roost/schema/detail/ddl_writer.hpp>
#include <roost/schema/detail/schema_ddl.hpp>
#include <roost/schema/detail/sql_text.hpp>
#include <roost/schema/model.hpp>
#include <roost/sql/errors.hpp>

#include <algorithm>

namespace roost::schema {

namespace {

using db::Dialect;
using db::DialectKind;
using db::Feature;
using db::UnsupportedError;
using db::UsageError;

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Completes one table of a schema.
class TableResolver {
 public:
  TableResolver(Table& table, const Schema& schema, const Dialect& dialect)
      : table_{table}, schema_{schema}, dialect_{dialect} {}

  void run() {
    check_name(table_.name, "table");
    if (!table_.schema_name.empty()) {
      dialect_.require(Feature::schemas);
      check_name(table_.schema_name, "schema");
    }
    if (table_.columns.empty()) fail("has no columns");
    for (std::size_t i = 0; i < table_.columns.size(); ++i) resolve_column(i);
    check_columns(table_.primary_key, "primary key", true);
    for (Column& column : table_.columns) {
      if (contains(table_.primary_key, column.name)) column.nullable = false;
      if (column.identity) check_identity(column);
    }
    // Names that were given are taken first: names by rule make room for them.
    note_given_names();
    for (const Column& column : table_.columns) add_check_of_type(column);
    resolve_checks();
    resolve_uniques();
    resolve_indexes();
    resolve_foreign_keys();
    if (sqlite()) {
      table_.strict = std::all_of(table_.columns.begin(), table_.columns.end(), [](auto& column) {
        return detail::is_strict_type(native_type(column.type, Dialect::sqlite()));
      });
    }
  }

 private:
  [[nodiscard]] bool sqlite() const { return dialect_.kind() == DialectKind::sqlite; }

  [[noreturn]] void fail(const std::string& what) const {
    throw UsageError("table " + table_.full_name() + " " + what);
  }
  [[noreturn]] void fail(const Column& column, const std::string& what) const {
    throw UsageError("column " + table_.full_name() + "." + column.name + " " + what);
  }

  void check_name(const std::string& name, std::string_view what) const {
    if (name.empty()) throw UsageError("a " + std::string{what} + " has no name");
    if (name.size() > dialect_.max_identifier_length()) {
      throw UsageError("the name of the " + std::string{what} + " \"" + name +
                       "\" is longer than " + std::to_string(dialect_.max_identifier_length()) +
                       " bytes, which " + std::string{dialect_.name()} +
                       " would cut: choose a shorter one");
    }
  }

  void resolve_column(std::size_t position) {
    Column& column = table_.columns[position];
    check_name(column.name, "column of table " + table_.full_name());
    for (std::size_t i = 0; i < position; ++i) {
      if (table_.columns[i].name == column.name) fail("has two columns named " + column.name);
    }
    if (column.generated != GeneratedKind::none) {
      if (column.generated_expression.empty()) fail(column, "is generated, but by no expression");
      if (column.default_value.exists() || column.identity) {
        fail(column, "is generated and cannot have a default or be an identity as well");
      }
      if (!sqlite()) column.generated = GeneratedKind::stored;
    }
    if (column.default_value.kind() == DefaultKind::literal &&
        column.default_value.value().view().is_null()) {
      column.default_value = Default{};  // which it is anyway
    }
    if (column.identity && column.default_value.exists()) {
      fail(column, "is an identity and cannot have a default as well");
    }
    if (column.default_value.kind() == DefaultKind::now &&
        column.type.kind() != TypeKind::timestamp && column.type.kind() != TypeKind::date) {
      fail(column, "has the default now, which only timestamps and dates can have");
    }
    if (sqlite()) {
      column.comment.clear();
      if (column.collation == "default") column.collation.clear();
    } else if (!detail::has_collation(column.type) && column.type.kind() != TypeKind::verbatim) {
      column.collation.clear();
    }
  }

  void check_identity(const Column& column) const {
    const TypeKind kind = column.type.kind();
    if (kind != TypeKind::int16 && kind != TypeKind::int32 && kind != TypeKind::int64) {
      fail(column, "is an identity: its type must be an integer, not " + column.type.dump());
    }
    if (sqlite() && table_.primary_key != std::vector<std::string>{column.name}) {
      throw UnsupportedError("SQLite counts up primary keys of one column only, and column " +
                             table_.full_name() + "." + column.name + " is none: make it one, or " +
                             "set its values yourself");
    }
  }

  void check_columns(const std::vector<std::string>& columns, std::string_view what,
                     bool may_be_empty = false) const {
    if (columns.empty() && !may_be_empty) fail("has a " + std::string{what} + " without columns");
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (table_.find_column(columns[i]) == nullptr) {
        fail("has a " + std::string{what} + " over the column " + columns[i] +
             ", which it does not have");
      }
      if (std::find(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(i),
                    columns[i]) != columns.begin() + static_cast<std::ptrdiff_t>(i)) {
        fail("has a " + std::string{what} + " that names the column " + columns[i] + " twice");
      }
    }
  }

  void note_given_names() {
    for (const Check& check : table_.checks) note_given_name(check.name, "check");
    for (const Unique& unique : table_.uniques) note_given_name(unique.name, "unique constraint");
    for (const Index& index : table_.indexes) note_given_name(index.name, "index");
    for (const ForeignKey& key : table_.foreign_keys) note_given_name(key.name, "foreign key");
  }

  void note_given_name(const std::string& name, std::string_view what) {
    if (name.empty()) return;
    check_name(name, std::string{what} + " of table " + table_.full_name());
    if (contains(names_, name)) fail("has two constraints or indexes named " + name);
    names_.push_back(name);
  }

  std::string new_name(const std::vector<std::string>& columns, std::string_view kind) {
    std::string name = constraint_name(table_.name, columns, kind);
    for (int number = 2; contains(names_, name); ++number) {
      std::vector<std::string> numbered = columns;
      numbered.push_back(std::to_string(number));
      name = constraint_name(table_.name, numbered, kind);
    }
    names_.push_back(name);
    return name;
  }

  /// What the database's type does not say by itself.
  void add_check_of_type(const Column& column) {
    const std::string expression = detail::check_of_type(column, dialect_);
    if (expression.empty()) return;
    // A schema that has been resolved before has it already.
    for (const Check& check : table_.checks) {
      if (check.expression == expression) return;
    }
    table_.checks.emplace_back(expression, new_name({column.name}, "check"));
  }

  void resolve_checks() {
    for (Check& check : table_.checks) {
      if (check.expression.empty()) fail("has a check without an expression");
      if (check.name.empty()) check.name = new_name({}, "check");
    }
  }

  void resolve_uniques() {
    for (Unique& unique : table_.uniques) {
      check_columns(unique.columns, "unique constraint");
      if (unique.deferral != Deferral::none) dialect_.require(Feature::deferrable_constraints);
      if (unique.name.empty()) unique.name = new_name(unique.columns, "unique");
      if (!sqlite()) continue;
      Index index{{}, true};
      index.name = unique.name;
      for (const std::string& column : unique.columns) index.parts.emplace_back(column);
      table_.indexes.push_back(std::move(index));
    }
    if (sqlite()) table_.uniques.clear();
  }

  void resolve_indexes() {
    for (Index& index : table_.indexes) {
      std::vector<std::string> columns;
      for (const IndexPart& part : index.parts) {
        if (part.column.empty() == part.expression.empty()) {
          fail("has an index with a part that is neither a column nor an expression");
        }
        columns.push_back(part.column.empty() ? "expression" : part.column);
        if (!part.column.empty() && table_.find_column(part.column) == nullptr) {
          fail("has an index over the column " + part.column + ", which it does not have");
        }
      }
      if (columns.empty()) fail("has an index without columns");
      for (IndexPart& part : index.parts) clear_collation_of_column(part);
      check_columns(index.include, "index that includes columns", true);
      if (index.method == "btree") index.method.clear();
      refuse_index_features(index);
      if (index.name.empty()) index.name = new_name(columns, index.unique ? "unique" : "index");
    }
  }

  /// What the column says need not be said again.
  void clear_collation_of_column(IndexPart& part) const {
    const Column* column = table_.find_column(part.column);
    if (column == nullptr) return;
    const std::string bytes = sqlite() ? "BINARY" : "C";
    if (part.collation == (column->collation.empty() ? bytes : column->collation)) {
      part.collation.clear();
    }
  }

  void refuse_index_features(const Index& index) const {
    if (!sqlite()) return;
    std::string what;
    if (!index.method.empty()) what = "the index method " + index.method;
    if (!index.include.empty()) what = "included columns";
    for (const IndexPart& part : index.parts) {
      if (!part.operator_class.empty()) what = "the operator class " + part.operator_class;
      if (part.nulls != IndexPart::Nulls::standard) what = "an order of NULLs";
    }
    if (what.empty()) return;
    throw UnsupportedError("SQLite does not support " + what + " in an index, which table " +
                           table_.name + " asks for");
  }

  void resolve_foreign_keys() {
    for (ForeignKey& key : table_.foreign_keys) {
      check_columns(key.columns, "foreign key");
      if (key.columns.size() != key.target_columns.size()) {
        fail("has a foreign key of " + std::to_string(key.columns.size()) + " columns to " +
             std::to_string(key.target_columns.size()) + " columns of " + key.target_table);
      }
      key.target_schema = detail::target_schema(schema_, table_, key);
      if (key.name.empty()) key.name = new_name(key.columns, "foreign");
      const bool sets_null = key.on_delete == ForeignKeyAction::set_null ||
                             key.on_update == ForeignKeyAction::set_null;
      for (const std::string& name : key.columns) {
        if (sets_null && !table_.find_column(name)->nullable) {
          fail("has a foreign key that sets " + name +
               " to NULL, which the column does not allow: make it nullable, or choose another "
               "action");
        }
      }
      if (key.with_index && !has_index_for(key.columns)) {
        Index index;
        for (const std::string& column : key.columns) index.parts.emplace_back(column);
        index.name = new_name(key.columns, "index");
        table_.indexes.push_back(std::move(index));
      }
    }
  }

  /// Does something already sorted begin with exactly these columns, in whatever order?
  [[nodiscard]] bool has_index_for(const std::vector<std::string>& columns) const {
    const auto begins = [&](const std::vector<std::string>& keys) {
      return keys.size() >= columns.size() &&
             std::all_of(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(columns.size()),
                         [&](const std::string& name) { return contains(columns, name); });
    };
    if (begins(table_.primary_key)) return true;
    for (const Unique& unique : table_.uniques) {
      if (begins(unique.columns)) return true;
    }
    for (const Index& index : table_.indexes) {
      std::vector<std::string> keys;
      for (const IndexPart& part : index.parts) keys.push_back(part.column);
      if (index.where.empty() && index.method.empty() && begins(keys)) return true;
    }
    return false;
  }

  Table& table_;
  const Schema& schema_;
  const Dialect& dialect_;
  std::vector<std::string> names_;
};

bool is_key(const Table& table, const std::vector<std::string>& columns) {
  const auto same = [&](const std::vector<std::string>& key) {
    return std::is_permutation(key.begin(), key.end(), columns.begin(), columns.end());
  };
  if (same(table.primary_key)) return true;
  for (const Unique& unique : table.uniques) {
    if (same(unique.columns)) return true;
  }
  for (const Index& index : table.indexes) {
    std::vector<std::string> key;
    for (const IndexPart& part : index.parts) key.push_back(part.column);
    if (index.unique && index.where.empty() && same(key)) return true;
  }
  return false;
}

/// Foreign keys between tables of the schema; those to others are the database's to judge.
void check_targets(const Schema& schema) {
  for (const Table& table : schema.tables) {
    for (const ForeignKey& key : table.foreign_keys) {
      const Table* target = schema.find_table(key.target_table, key.target_schema);
      if (target == nullptr) continue;
      const std::string where = "the foreign key " + key.name + " of table " + table.full_name();
      for (const std::string& column : key.target_columns) {
        if (target->find_column(column) == nullptr) {
          throw UsageError(where + " refers to the column " + target->full_name() + "." + column +
                           ", which does not exist");
        }
      }
      if (!is_key(*target, key.target_columns)) {
        throw UsageError(where + " refers to columns of " + target->full_name() +
                         " that are neither its primary key nor unique");
      }
    }
  }
}

/// A native enumeration that several columns have is one type with one list of values.
void check_enumerations(const Schema& schema) {
  const std::vector<detail::NativeType> types = detail::native_types(schema);
  for (const Table& table : schema.tables) {
    for (const Column& column : table.columns) {
      const ColumnType* type = detail::native_enumeration(column);
      if (type == nullptr) continue;
      for (const detail::NativeType& other : types) {
        if (other.schema_name != table.schema_name ||
            other.type.native_name() != type->native_name() ||
            other.type.values() == type->values()) {
          continue;
        }
        throw UsageError("column " + table.full_name() + "." + column.name +
                         " has an enumeration " + type->native_name() +
                         " with other values than another column: give it a name of its own");
      }
    }
  }
}

void check_names_of_tables(const Schema& schema) {
  for (std::size_t i = 0; i < schema.tables.size(); ++i) {
    const Table& table = schema.tables[i];
    const Table* first = schema.find_table(table.name, table.schema_name);
    if (first != &table) {
      throw UsageError("the schema has two tables named " + table.full_name());
    }
  }
}

}  // namespace

Schema resolved(const Schema& schema, const Dialect& dialect) {
  Schema result = schema;
  check_names_of_tables(result);
  for (Table& table : result.tables) TableResolver{table, schema, dialect}.run();
  check_targets(result);
  if (dialect.kind() == DialectKind::postgresql) check_enumerations(result);
  return result;
}

}  // namespace roost::schema
