// The values of the model: how they are made, found and shown.
#include <roost/schema/model.hpp>
#include <roost/sql/errors.hpp>

#include <array>

namespace roost::schema {

Default Default::literal(db::Value value) {
  Default made;
  made.kind_ = DefaultKind::literal;
  made.value_ = std::move(value);
  return made;
}

Default Default::expression(std::string sql) {
  if (sql.empty()) throw db::UsageError("the SQL expression of a default must not be empty");
  Default made;
  made.kind_ = DefaultKind::expression;
  made.sql_ = std::move(sql);
  return made;
}

Default Default::now() {
  Default made;
  made.kind_ = DefaultKind::now;
  return made;
}

std::string Default::dump() const {
  switch (kind_) {
    case DefaultKind::none:
      return "none";
    case DefaultKind::literal:
      return db::to_readable(value_.view());
    case DefaultKind::expression:
      return "(" + sql_ + ")";
    case DefaultKind::now:
      return "now";
  }
  return {};
}

std::string_view name_of(ForeignKeyAction action) {
  switch (action) {
    case ForeignKeyAction::no_action:
      return "no action";
    case ForeignKeyAction::restrict:
      return "restrict";
    case ForeignKeyAction::cascade:
      return "cascade";
    case ForeignKeyAction::set_null:
      return "set null";
    case ForeignKeyAction::set_default:
      return "set default";
  }
  return {};
}

std::string_view name_of(Deferral deferral) {
  switch (deferral) {
    case Deferral::none:
      return "not deferrable";
    case Deferral::initially_immediate:
      return "deferrable initially immediate";
    case Deferral::initially_deferred:
      return "deferrable initially deferred";
  }
  return {};
}

IndexPart IndexPart::of_expression(std::string sql) {
  if (sql.empty()) throw db::UsageError("the SQL expression of an index must not be empty");
  IndexPart part;
  part.expression = std::move(sql);
  return part;
}

const Column* Table::find_column(std::string_view column) const {
  for (const Column& candidate : columns) {
    if (candidate.name == column) return &candidate;
  }
  return nullptr;
}

std::string Table::full_name() const {
  return schema_name.empty() ? name : schema_name + "." + name;
}

const Table* Schema::find_table(std::string_view name, std::string_view schema_name) const {
  for (const Table& table : tables) {
    if (table.name == name && table.schema_name == schema_name) return &table;
  }
  return nullptr;
}

namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

void dump_column(const Column& column, std::string& out) {
  out += "  " + column.name + " " + column.type.dump();
  if (column.nullable) out += " nullable";
  if (column.identity) out += " identity";
  if (column.default_value.exists()) out += " default " + column.default_value.dump();
  if (column.generated != GeneratedKind::none) {
    out += column.generated == GeneratedKind::stored ? " stored (" : " virtual (";
    out += column.generated_expression + ")";
  }
  if (!column.collation.empty()) out += " collate " + column.collation;
  if (!column.comment.empty()) out += " comment '" + column.comment + "'";
  if (!column.renamed_from.empty()) out += " renamed from " + column.renamed_from;
  out += '\n';
}

std::string dump_part(const IndexPart& part) {
  std::string out = part.column.empty() ? "(" + part.expression + ")" : part.column;
  if (!part.collation.empty()) out += " collate " + part.collation;
  if (!part.operator_class.empty()) out += " " + part.operator_class;
  if (part.descending) out += " desc";
  if (part.nulls == IndexPart::Nulls::first) out += " nulls first";
  if (part.nulls == IndexPart::Nulls::last) out += " nulls last";
  return out;
}

void dump_index(const Index& index, std::string& out) {
  out += index.unique ? "  unique index " : "  index ";
  out += index.name + " (";
  for (std::size_t i = 0; i < index.parts.size(); ++i) {
    if (i != 0) out += ", ";
    out += dump_part(index.parts[i]);
  }
  out += ')';
  if (!index.method.empty()) out += " using " + index.method;
  if (!index.include.empty()) out += " include (" + joined(index.include) + ")";
  if (!index.where.empty()) out += " where " + index.where;
  out += '\n';
}

void dump_foreign_key(const ForeignKey& key, std::string& out) {
  out += "  foreign key " + key.name + " (" + joined(key.columns) + ") -> ";
  if (!key.target_schema.empty()) out += key.target_schema + ".";
  out += key.target_table + " (" + joined(key.target_columns) + ")";
  if (key.on_delete != ForeignKeyAction::no_action) {
    out += " on delete ";
    out += name_of(key.on_delete);
  }
  if (key.on_update != ForeignKeyAction::no_action) {
    out += " on update ";
    out += name_of(key.on_update);
  }
  if (key.deferral != Deferral::none) {
    out += ' ';
    out += name_of(key.deferral);
  }
  out += '\n';
}

}  // namespace

std::string Schema::dump() const {
  std::string out;
  for (const Table& table : tables) {
    out += "table " + table.full_name();
    if (table.strict) out += " strict";
    if (!table.comment.empty()) out += " comment '" + table.comment + "'";
    if (!table.renamed_from.empty()) out += " renamed from " + table.renamed_from;
    out += '\n';
    for (const Column& column : table.columns) dump_column(column, out);
    if (!table.primary_key.empty()) out += "  primary key (" + joined(table.primary_key) + ")\n";
    for (const Unique& unique : table.uniques) {
      out += "  unique " + unique.name + " (" + joined(unique.columns) + ")";
      if (unique.deferral != Deferral::none) out += " " + std::string{name_of(unique.deferral)};
      out += '\n';
    }
    for (const Index& index : table.indexes) dump_index(index, out);
    for (const Check& check : table.checks) {
      out += "  check " + check.name + " (" + check.expression + ")\n";
    }
    for (const ForeignKey& key : table.foreign_keys) dump_foreign_key(key, out);
  }
  return out;
}

std::string constraint_name(std::string_view table, const std::vector<std::string>& columns,
                            std::string_view kind) {
  std::string name{table};
  for (const std::string& column : columns) {
    name += '_';
    name += column;
  }
  std::string whole = name;
  whole += '_';
  whole += kind;
  if (whole.size() <= longest_name) return whole;

  // FNV-1a: the same on every machine and in every version.
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : whole) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  std::array<char, 8> digits{};
  for (std::size_t i = 0; i < digits.size(); ++i) {
    digits[i] = "0123456789abcdef"[(hash >> (i * 4U)) & 15U];
  }
  const std::size_t tail = 1 + digits.size() + 1 + kind.size();
  name.resize(longest_name > tail ? longest_name - tail : 0);
  while (!name.empty() && (static_cast<unsigned char>(name.back()) & 0xC0U) == 0x80U) {
    name.pop_back();  // not in the middle of a character of UTF-8
  }
  if (!name.empty() && static_cast<unsigned char>(name.back()) >= 0xC0U) name.pop_back();
  name += '_';
  name.append(digits.data(), digits.size());
  name += '_';
  name += kind;
  return name;
}

}  // namespace roost::schema
