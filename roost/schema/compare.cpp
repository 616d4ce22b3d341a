// Differences as sentences, and what is asked of the database to be sure of them.
#include <roost/schema/compare.hpp>
#include <roost/schema/detail/comparison.hpp>
#include <roost/schema/detail/ddl_writer.hpp>
#include <roost/schema/introspect.hpp>
#include <roost/sql/errors.hpp>

#include <algorithm>

namespace roost::schema {

std::string_view name_of(DifferenceKind kind) {
  switch (kind) {
    case DifferenceKind::missing_table:
      return "missing table";
    case DifferenceKind::missing_column:
      return "missing column";
    case DifferenceKind::extra_column:
      return "extra column";
    case DifferenceKind::column_type:
      return "column type";
    case DifferenceKind::enumeration_values:
      return "enumeration values";
    case DifferenceKind::column_nullability:
      return "column nullability";
    case DifferenceKind::column_default:
      return "column default";
    case DifferenceKind::column_identity:
      return "column identity";
    case DifferenceKind::column_generated:
      return "generated column";
    case DifferenceKind::column_collation:
      return "column collation";
    case DifferenceKind::column_comment:
      return "column comment";
    case DifferenceKind::table_comment:
      return "table comment";
    case DifferenceKind::table_strictness:
      return "table strictness";
    case DifferenceKind::primary_key:
      return "primary key";
    case DifferenceKind::missing_index:
      return "missing index";
    case DifferenceKind::extra_index:
      return "extra index";
    case DifferenceKind::index_definition:
      return "index definition";
    case DifferenceKind::missing_check:
      return "missing check";
    case DifferenceKind::extra_check:
      return "extra check";
    case DifferenceKind::check_definition:
      return "check definition";
    case DifferenceKind::missing_foreign_key:
      return "missing foreign key";
    case DifferenceKind::extra_foreign_key:
      return "extra foreign key";
    case DifferenceKind::foreign_key_definition:
      return "foreign key definition";
    case DifferenceKind::constraint_name:
      return "constraint name";
  }
  return "difference";
}

namespace {

/// "the column title", "the table"
std::string subject(const Difference& difference) {
  switch (difference.kind) {
    case DifferenceKind::missing_table:
    case DifferenceKind::table_comment:
    case DifferenceKind::table_strictness:
      return "the table";
    case DifferenceKind::primary_key:
      return "the primary key";
    case DifferenceKind::missing_index:
    case DifferenceKind::extra_index:
    case DifferenceKind::index_definition:
      return "the index " + difference.object;
    case DifferenceKind::missing_check:
    case DifferenceKind::extra_check:
    case DifferenceKind::check_definition:
      return "the check " + difference.object;
    case DifferenceKind::missing_foreign_key:
    case DifferenceKind::extra_foreign_key:
    case DifferenceKind::foreign_key_definition:
      return "the foreign key " + difference.object;
    case DifferenceKind::constraint_name:
      return "the constraint or index " + difference.object;
    default:
      return "the column " + difference.object;
  }
}

std::string what_to_do(const Difference& difference) {
  if (difference.uncertain) {
    return "they may mean the same: PostgreSQL keeps expressions in words of its own";
  }
  switch (difference.kind) {
    case DifferenceKind::missing_table:
      return "create it, or check that this is the right database";
    case DifferenceKind::missing_column:
      return "add it, or take it out of the program's schema";
    case DifferenceKind::extra_column:
      return difference.severity == Severity::note
                 ? "the program does not use it: drop it, or leave it"
                 : "no row can be inserted without it: give it a default, make it nullable, or "
                   "tell the program about it";
    case DifferenceKind::column_type:
      return difference.severity == Severity::note
                 ? "it holds every value that the program writes"
                 : "change the type in the database or in the program";
    case DifferenceKind::missing_index:
      return difference.severity == Severity::note ? "queries that need it are slow: create it"
                                                   : "create it: equal values could be stored";
    case DifferenceKind::extra_index:
    case DifferenceKind::extra_check:
    case DifferenceKind::extra_foreign_key:
      return "the program does not know it: drop it, or leave it";
    case DifferenceKind::missing_check:
    case DifferenceKind::missing_foreign_key:
      return "create it: rows that the program forbids could be stored";
    case DifferenceKind::constraint_name:
      return "rename it where errors are told apart by it";
    default:
      return "change the database or the program";
  }
}

}  // namespace

std::string Difference::message() const {
  std::string out = severity == Severity::error ? "error: table " : "note: table ";
  if (!schema_name.empty()) out += schema_name + ".";
  out += table + ": " + subject(*this);
  const auto shown = [](const std::string& text) { return text.empty() ? "nothing" : text; };
  switch (kind) {
    case DifferenceKind::missing_table:
      out += " does not exist";
      break;
    case DifferenceKind::missing_column:
    case DifferenceKind::missing_index:
    case DifferenceKind::missing_check:
    case DifferenceKind::missing_foreign_key:
      out += " does not exist, expected " + shown(expected);
      break;
    case DifferenceKind::extra_column:
    case DifferenceKind::extra_index:
    case DifferenceKind::extra_check:
    case DifferenceKind::extra_foreign_key:
      out += " is in the database only: " + shown(found);
      break;
    case DifferenceKind::constraint_name:
      out += " is named " + found + " in the database";
      break;
    default:
      out += ": found " + shown(found) + ", expected " + shown(expected);
  }
  return out + ": " + what_to_do(*this);
}

std::string describe(const std::vector<Difference>& differences) {
  std::string out;
  for (const Difference& difference : differences) out += difference.message() + "\n";
  return out;
}

bool has_errors(const std::vector<Difference>& differences) {
  return std::any_of(differences.begin(), differences.end(), [](const Difference& difference) {
    return difference.severity == Severity::error;
  });
}

std::vector<Difference> compare(const Schema& expected, const Schema& actual,
                                const db::Dialect& dialect) {
  return detail::compare_resolved(resolved(expected, dialect), actual, dialect,
                                  detail::Expressions::as_written);
}

namespace {

/// What PostgreSQL makes of the table's expressions: it is created as a temporary one.
/// `transaction` is to be rolled back.
Task<Table> canonical_form(db::Transaction& transaction, const Table& table) {
  const detail::DdlWriter writer{transaction.dialect()};
  Table temporary = table;
  temporary.schema_name = "pg_temp";
  std::string script = writer.create_temporary_table(table) + ";\n";
  for (const Index& index : table.indexes) script += writer.create_index(temporary, index) + ";\n";
  co_await transaction.run_script(script);
  const IntrospectOptions options{{"pg_temp"}};
  const Schema made = co_await introspect(transaction, options);
  const Table* found = made.find_table(table.name, "pg_temp");
  if (found == nullptr) co_return table;
  Table canonical = table;
  for (Column& column : canonical.columns) {
    const Column* same = found->find_column(column.name);
    if (same == nullptr) continue;
    if (column.default_value.exists()) column.default_value = same->default_value;
    column.generated_expression = same->generated_expression;
  }
  canonical.checks = found->checks;
  canonical.indexes = found->indexes;
  co_return canonical;
}

/// Replaces the tables of `expected` that have uncertain differences.
Task<void> make_canonical(db::Database& database, Schema& expected,
                          const std::vector<Difference>& differences) {
  Owned<db::Transaction> transaction = co_await database.begin();
  for (Table& table : expected.tables) {
    const bool uncertain =
        std::any_of(differences.begin(), differences.end(), [&](const Difference& difference) {
          return difference.uncertain && difference.table == table.name &&
                 difference.schema_name == table.schema_name;
        });
    if (!uncertain) continue;
    Table canonical = co_await canonical_form(*transaction, table);
    table = std::move(canonical);
  }
  co_await transaction->rollback();
}

}  // namespace

Task<std::vector<Difference>> verify(db::Database& database, const Schema& expected) {
  const db::Dialect& dialect = database.dialect();
  Schema wanted = resolved(expected, dialect);
  const IntrospectOptions options = IntrospectOptions::for_schema(wanted);
  const Schema actual = co_await introspect(database, options);
  std::vector<Difference> differences =
      detail::compare_resolved(wanted, actual, dialect, detail::Expressions::as_written);
  const bool uncertain =
      std::any_of(differences.begin(), differences.end(),
                  [](const Difference& difference) { return difference.uncertain; });
  if (!uncertain) co_return differences;
  try {
    co_await make_canonical(database, wanted, differences);
  } catch (const db::DatabaseError&) {
    // A replica, no right to make temporary tables, a type that is missing: then it stays open.
    co_return differences;
  }
  co_return detail::compare_resolved(wanted, actual, dialect, detail::Expressions::canonical);
}

SchemaMismatch::SchemaMismatch(std::vector<Difference> differences)
    : Error("the database does not have the schema that this program needs:\n" +
            describe(differences)),
      differences_{std::move(differences)} {}

Task<std::vector<Difference>> require(db::Database& database, const Schema& expected) {
  std::vector<Difference> differences = co_await verify(database, expected);
  if (has_errors(differences)) throw SchemaMismatch(std::move(differences));
  co_return differences;
}

}  // namespace roost::schema
