// The rules: what makes two columns, keys and constraints different, and how bad that is.
#include <roost/schema/detail/catalog.hpp>
#include <roost/schema/detail/comparison.hpp>
#include <roost/schema/detail/ddl_writer.hpp>
#include <roost/schema/detail/sql_text.hpp>
#include <roost/schema/detail/sql_tokens.hpp>

#include <algorithm>

namespace roost::schema::detail {

namespace {

std::string lower(std::string_view text) {
  std::string out;
  for (const char c : text) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string out = "(";
  for (const std::string& name : names) {
    if (out.size() > 1) out += ", ";
    out += name;
  }
  return out + ")";
}

/// SQLite's rule for what a declared type does to values.
std::string_view affinity(std::string_view native) {
  const std::string name = lower(native);
  const auto has = [&](std::string_view part) { return name.find(part) != std::string::npos; };
  if (has("int")) return "integer";
  if (has("char") || has("clob") || has("text")) return "text";
  if (has("blob") || name == "any") return "blob";
  if (has("real") || has("floa") || has("doub")) return "real";
  return "numeric";
}

/// PostgreSQL: does a column of type `found` take and return every value of type `expected`?
bool is_wider(const ColumnType& found, const ColumnType& expected) {
  const auto rank = [](TypeKind kind) {
    if (kind == TypeKind::int16) return 1;
    if (kind == TypeKind::int32) return 2;
    return kind == TypeKind::int64 ? 3 : 0;
  };
  if (rank(found.kind()) > 0 && rank(expected.kind()) > 0) {
    return rank(found.kind()) > rank(expected.kind());
  }
  if (found.kind() != expected.kind()) return false;
  switch (found.kind()) {
    case TypeKind::text:
      return found.max_length() == 0 ||
             (expected.max_length() != 0 && found.max_length() > expected.max_length());
    case TypeKind::decimal:
      return found.precision() == 0 ||
             (expected.precision() != 0 && found.scale() >= expected.scale() &&
              found.precision() - found.scale() >= expected.precision() - expected.scale());
    case TypeKind::timestamp:
      return found.digits() > expected.digits();
    default:
      return false;
  }
}

const ColumnType& element_or_self(const ColumnType& type) {
  return type.kind() == TypeKind::array ? type.element() : type;
}

std::string describe(const ForeignKey& key) {
  std::string out = list_of(key.columns) + " to ";
  if (!key.target_schema.empty()) out += key.target_schema + ".";
  out += key.target_table + " " + list_of(key.target_columns);
  out += " on delete " + std::string{name_of(key.on_delete)};
  out += " on update " + std::string{name_of(key.on_update)};
  if (key.deferral != Deferral::none) out += " " + std::string{name_of(key.deferral)};
  return out;
}

}  // namespace

Key::Key(const Index& given) : name{given.name}, index{given} {}
Key::Key(const Unique& unique) : name{unique.name}, deferral{unique.deferral}, constraint{true} {
  index.unique = true;
  for (const std::string& column : unique.columns) index.parts.emplace_back(column);
}

std::string Key::describe(bool canonical_expressions) const {
  const auto expression = [&](const std::string& text) {
    return canonical_expressions ? canonical_expression(text) : text;
  };
  std::string out = index.unique ? "unique (" : "(";
  for (const IndexPart& part : index.parts) {
    if (&part != &index.parts.front()) out += ", ";
    out += part.column.empty() ? "(" + expression(part.expression) + ")" : part.column;
    if (!part.collation.empty()) out += " collate " + lower(part.collation);
    if (!part.operator_class.empty()) out += " " + part.operator_class;
    if (part.descending) out += " desc";
    // With a direction, one of the two is what no word would say.
    const auto standard = part.descending ? IndexPart::Nulls::first : IndexPart::Nulls::last;
    if (part.nulls != IndexPart::Nulls::standard && part.nulls != standard) {
      out += part.nulls == IndexPart::Nulls::first ? " nulls first" : " nulls last";
    }
  }
  out += ')';
  if (!index.method.empty()) out += " using " + index.method;
  if (!index.include.empty()) out += " include " + list_of(index.include);
  if (!index.where.empty()) out += " where " + expression(index.where);
  if (deferral != Deferral::none) out += " " + std::string{name_of(deferral)};
  return out;
}

TableComparison::TableComparison(const Table& expected, const Table& actual,
                                 const db::Dialect& dialect, Expressions expressions,
                                 std::vector<Difference>& out)
    : expected_{expected},
      actual_{actual},
      dialect_{dialect},
      expressions_{expressions},
      out_{out} {}

Difference& TableComparison::report(DifferenceKind kind, Severity severity,
                                    const std::string& object, std::string expected,
                                    std::string found) {
  out_.emplace_back(kind, severity, expected_, object);
  out_.back().expected = std::move(expected);
  out_.back().found = std::move(found);
  return out_.back();
}

Difference& TableComparison::report_expression(DifferenceKind kind, Severity severity,
                                               const std::string& object, std::string expected,
                                               std::string found) {
  Difference& difference = report(kind, severity, object, std::move(expected), std::move(found));
  // SQLite keeps the text that it was given.
  difference.uncertain = !sqlite() && expressions_ == Expressions::as_written;
  if (difference.uncertain) difference.severity = Severity::note;
  return difference;
}

void TableComparison::run() {
  compare_table();
  compare_columns();
  if (expected_.primary_key != actual_.primary_key) {
    report(DifferenceKind::primary_key, Severity::error, "", list_of(expected_.primary_key),
           list_of(actual_.primary_key));
  }
  compare_keys();
  compare_checks();
  compare_foreign_keys();
}

void TableComparison::compare_table() {
  if (expected_.strict != actual_.strict) {
    report(DifferenceKind::table_strictness, Severity::note, "",
           expected_.strict ? "strict" : "not strict", actual_.strict ? "strict" : "not strict");
  }
  if (!sqlite() && expected_.comment != actual_.comment) {
    report(DifferenceKind::table_comment, Severity::note, "", expected_.comment, actual_.comment);
  }
}

void TableComparison::compare_columns() {
  const DdlWriter writer{dialect_};
  for (const Column& column : expected_.columns) {
    const Column* found = actual_.find_column(column.name);
    if (found != nullptr) {
      compare_column(column, *found);
    } else {
      report(DifferenceKind::missing_column, Severity::error, column.name,
             writer.column(expected_, column), "");
    }
  }
  for (const Column& column : actual_.columns) {
    if (expected_.find_column(column.name) != nullptr) continue;
    const bool must_be_given = !column.nullable && !column.default_value.exists() &&
                               !column.identity && column.generated == GeneratedKind::none;
    report(DifferenceKind::extra_column, must_be_given ? Severity::error : Severity::note,
           column.name, "", writer.column(actual_, column));
  }
}

void TableComparison::compare_column(const Column& expected, const Column& actual) {
  compare_type(expected, actual);
  if (expected.nullable != actual.nullable) {
    report(DifferenceKind::column_nullability, Severity::error, expected.name,
           expected.nullable ? "nullable" : "not null", actual.nullable ? "nullable" : "not null");
  }
  compare_generated(expected, actual);
  const bool counts_up =
      actual.identity || (!sqlite() && actual.default_value.sql().rfind("nextval(", 0) == 0);
  if (expected.identity != counts_up) {
    report(DifferenceKind::column_identity, expected.identity ? Severity::error : Severity::note,
           expected.name, expected.identity ? "an identity" : "no identity",
           counts_up ? "an identity" : "no identity");
  } else if (!expected.identity) {
    compare_default(expected, actual);
  }
  // Of a verbatim type nothing is expected.
  const bool any = !sqlite() && expected.collation.empty() &&
                   element_or_self(expected.type).kind() == TypeKind::verbatim;
  if (!any && lower(expected.collation) != lower(actual.collation)) {
    const auto shown = [](const std::string& name) {
      return name.empty() ? std::string{"by bytes"} : name;
    };
    report(DifferenceKind::column_collation, Severity::note, expected.name,
           shown(expected.collation), shown(actual.collation));
  }
  if (!sqlite() && expected.comment != actual.comment) {
    report(DifferenceKind::column_comment, Severity::note, expected.name, expected.comment,
           actual.comment);
  }
}

void TableComparison::compare_type(const Column& expected, const Column& actual) {
  const std::string wanted = canonical_type(expected.type, dialect_);
  const std::string found = canonical_type(actual.type, dialect_);
  if (wanted != found) {
    bool works = false;
    if (sqlite()) {
      const std::string_view a = affinity(wanted);
      const std::string_view b = affinity(found);
      if (a == b && !actual_.strict) return;
      works = a == b || (a == "integer" && b == "numeric");
    } else {
      works = is_wider(actual.type, expected.type);
    }
    report(DifferenceKind::column_type, works ? Severity::note : Severity::error, expected.name,
           wanted, found);
    return;
  }
  const ColumnType& a = element_or_self(expected.type);
  const ColumnType& b = element_or_self(actual.type);
  if (sqlite() || a.kind() != TypeKind::enumeration || b.kind() != TypeKind::enumeration ||
      a.values() == b.values()) {
    return;
  }
  const bool all = std::all_of(a.values().begin(), a.values().end(), [&](const std::string& value) {
    return std::find(b.values().begin(), b.values().end(), value) != b.values().end();
  });
  report(DifferenceKind::enumeration_values, all ? Severity::note : Severity::error, expected.name,
         list_of(a.values()), list_of(b.values()));
}

void TableComparison::compare_default(const Column& expected, const Column& actual) {
  const bool wanted = expected.default_value.exists();
  const bool has = actual.default_value.exists();
  if (!wanted && !has) return;
  const std::string wanted_sql = wanted ? default_sql(expected, dialect_) : "none";
  const std::string found_sql = has ? actual.default_value.sql() : "none";
  if (wanted && has) {
    if (canonical_expression(wanted_sql) == canonical_expression(found_sql)) return;
    report_expression(DifferenceKind::column_default, Severity::note, expected.name, wanted_sql,
                      found_sql);
    return;
  }
  report(DifferenceKind::column_default, wanted ? Severity::error : Severity::note, expected.name,
         wanted_sql, found_sql);
}

void TableComparison::compare_generated(const Column& expected, const Column& actual) {
  const auto shown = [](const Column& column) {
    if (column.generated == GeneratedKind::none) return std::string{"not generated"};
    return "generated as (" + column.generated_expression + ")" +
           (column.generated == GeneratedKind::stored ? " stored" : " virtual");
  };
  const bool wanted = expected.generated != GeneratedKind::none;
  if (wanted != (actual.generated != GeneratedKind::none)) {
    report(DifferenceKind::column_generated, Severity::error, expected.name, shown(expected),
           shown(actual));
    return;
  }
  if (!wanted) return;
  if (canonical_expression(expected.generated_expression) !=
      canonical_expression(actual.generated_expression)) {
    report_expression(DifferenceKind::column_generated, Severity::error, expected.name,
                      shown(expected), shown(actual));
  } else if (expected.generated != actual.generated) {
    report(DifferenceKind::column_generated, Severity::note, expected.name, shown(expected),
           shown(actual));
  }
}

namespace {

std::vector<Key> keys_of(const Table& table) {
  std::vector<Key> keys;
  for (const Unique& unique : table.uniques) keys.emplace_back(unique);
  for (const Index& index : table.indexes) keys.emplace_back(index);
  return keys;
}

/// The element of `candidates` with this name, or else with this definition; taken ones do not
/// count.
template <class T, class Describe>
std::size_t find_match(const std::vector<T>& candidates, const std::vector<bool>& taken,
                       const std::string& name, const std::string& definition,
                       const Describe& describe) {
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!taken[i] && candidates[i].name == name) return i;
  }
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!taken[i] && describe(candidates[i]) == definition) return i;
  }
  return candidates.size();
}

/// Expected things that bear the name of something in the database come first, so that nothing else
/// takes that for its own.
template <class T>
std::vector<std::size_t> named_first(const std::vector<T>& expected, const std::vector<T>& actual) {
  std::vector<std::size_t> order;
  for (const bool named : {true, false}) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const bool found = std::any_of(actual.begin(), actual.end(), [&](const T& other) {
        return other.name == expected[i].name;
      });
      if (found == named) order.push_back(i);
    }
  }
  return order;
}

}  // namespace

void TableComparison::compare_keys() {
  const std::vector<Key> expected = keys_of(expected_);
  const std::vector<Key> actual = keys_of(actual_);
  const auto describe = [](const Key& key) { return key.describe(true); };
  std::vector<bool> taken(actual.size());
  for (const std::size_t i : named_first(expected, actual)) {
    const Key& key = expected[i];
    const std::string wanted = describe(key);
    const std::size_t at = find_match(actual, taken, key.name, wanted, describe);
    const Severity severity = key.index.unique ? Severity::error : Severity::note;
    if (at == actual.size()) {
      report(DifferenceKind::missing_index, severity, key.name, key.describe(false), "");
      continue;
    }
    taken[at] = true;
    const std::string found = describe(actual[at]);
    if (wanted != found) {
      // Expressions apart, are they the same?
      const bool expressions =
          !key.index.where.empty() ||
          std::any_of(key.index.parts.begin(), key.index.parts.end(),
                      [](const IndexPart& part) { return !part.expression.empty(); });
      if (expressions) {
        report_expression(DifferenceKind::index_definition, severity, key.name, key.describe(false),
                          actual[at].describe(false));
      } else {
        report(DifferenceKind::index_definition, severity, key.name, wanted, found);
      }
    } else if (actual[at].name != key.name) {
      // SQLite makes up the names of unique constraints.
      if (actual[at].name.empty()) continue;
      report(DifferenceKind::constraint_name, Severity::note, key.name, key.name, actual[at].name)
          .found_object = actual[at].name;
    }
  }
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (taken[i]) continue;
    report(DifferenceKind::extra_index, Severity::note, actual[i].name, "",
           actual[i].describe(false));
  }
}

void TableComparison::compare_checks() {
  const auto describe = [](const Check& check) { return canonical_expression(check.expression); };
  std::vector<bool> taken(actual_.checks.size());
  for (const std::size_t i : named_first(expected_.checks, actual_.checks)) {
    const Check& check = expected_.checks[i];
    const std::string wanted = describe(check);
    const std::size_t at = find_match(actual_.checks, taken, check.name, wanted, describe);
    if (at == actual_.checks.size()) {
      report(DifferenceKind::missing_check, Severity::error, check.name, check.expression, "");
      continue;
    }
    taken[at] = true;
    const Check& found = actual_.checks[at];
    if (describe(found) != wanted) {
      report_expression(DifferenceKind::check_definition, Severity::error, check.name,
                        check.expression, found.expression);
    } else if (found.name != check.name && !found.name.empty()) {
      report(DifferenceKind::constraint_name, Severity::note, check.name, check.name, found.name)
          .found_object = found.name;
    }
  }
  for (std::size_t i = 0; i < actual_.checks.size(); ++i) {
    if (taken[i]) continue;
    report(DifferenceKind::extra_check, Severity::note, actual_.checks[i].name, "",
           actual_.checks[i].expression);
  }
}

void TableComparison::compare_foreign_keys() {
  const auto route = [](const ForeignKey& key) {
    return list_of(key.columns) + key.target_schema + "." + key.target_table +
           list_of(key.target_columns);
  };
  std::vector<bool> taken(actual_.foreign_keys.size());
  for (const std::size_t i : named_first(expected_.foreign_keys, actual_.foreign_keys)) {
    const ForeignKey& key = expected_.foreign_keys[i];
    const std::size_t at = find_match(actual_.foreign_keys, taken, key.name, route(key), route);
    if (at == actual_.foreign_keys.size()) {
      report(DifferenceKind::missing_foreign_key, Severity::error, key.name, describe(key), "");
      continue;
    }
    taken[at] = true;
    const ForeignKey& found = actual_.foreign_keys[at];
    if (describe(found) != describe(key)) {
      report(DifferenceKind::foreign_key_definition, Severity::error, key.name, describe(key),
             describe(found));
    } else if (found.name != key.name && !found.name.empty()) {
      report(DifferenceKind::constraint_name, Severity::note, key.name, key.name, found.name)
          .found_object = found.name;
    }
  }
  for (std::size_t i = 0; i < actual_.foreign_keys.size(); ++i) {
    if (taken[i]) continue;
    report(DifferenceKind::extra_foreign_key, Severity::note, actual_.foreign_keys[i].name, "",
           describe(actual_.foreign_keys[i]));
  }
}

std::vector<Difference> compare_resolved(const Schema& expected, const Schema& actual,
                                         const db::Dialect& dialect, Expressions expressions) {
  std::vector<Difference> differences;
  for (const Table& table : expected.tables) {
    const Table* found = actual.find_table(table.name, table.schema_name);
    if (found == nullptr) {
      differences.emplace_back(DifferenceKind::missing_table, Severity::error, table, "");
    } else {
      TableComparison{table, *found, dialect, expressions, differences}.run();
    }
  }
  return differences;
}

}  // namespace roost::schema::detail
