// The order in which a schema is created and dropped.
#include <roost/schema/ddl.hpp>
#include <roost/schema/detail/ddl_writer.hpp>
#include <roost/schema/detail/schema_ddl.hpp>
#include <roost/schema/detail/sql_text.hpp>

#include <algorithm>

namespace roost::schema {

namespace {

using db::Dialect;
using db::DialectKind;

std::size_t position_of_target(const Schema& schema, const ForeignKey& key) {
  const Table* target = schema.find_table(key.target_table, key.target_schema);
  if (target == nullptr) return schema.tables.size();
  return static_cast<std::size_t>(target - schema.tables.data());
}

/// Depth first, without recursion: a chain of a thousand tables is no reason to crash.
class Sorter {
 public:
  explicit Sorter(const Schema& schema) : schema_{schema}, seen_(schema.tables.size()) {}

  std::vector<std::size_t> run() {
    for (std::size_t start = 0; start < schema_.tables.size(); ++start) {
      if (!seen_[start]) visit_from(start);
    }
    return std::move(order_);
  }

 private:
  struct Visit {
    std::size_t table;
    std::size_t next_key;
  };

  void visit_from(std::size_t start) {
    std::vector<Visit> path{{start, 0}};
    seen_[start] = true;
    while (!path.empty()) {
      Visit& visit = path.back();
      const std::vector<ForeignKey>& keys = schema_.tables[visit.table].foreign_keys;
      if (visit.next_key == keys.size()) {
        order_.push_back(visit.table);
        path.pop_back();
        continue;
      }
      const std::size_t target = position_of_target(schema_, keys[visit.next_key]);
      ++visit.next_key;
      if (target == schema_.tables.size() || seen_[target]) continue;
      seen_[target] = true;
      path.push_back({target, 0});
    }
  }

  const Schema& schema_;
  std::vector<bool> seen_;
  std::vector<std::size_t> order_;
};

/// resolved() fills in target_schema; creation_order() also takes what is not resolved.
Schema with_target_schemas(const Schema& schema) {
  Schema copy = schema;
  for (Table& table : copy.tables) {
    for (ForeignKey& key : table.foreign_keys) {
      key.target_schema = detail::target_schema(schema, table, key);
    }
  }
  return copy;
}

/// Does a table refer to one that is dropped before it?
bool has_circle(const Schema& schema, const std::vector<std::size_t>& drop_order) {
  std::vector<bool> dropped(schema.tables.size() + 1);
  for (const std::size_t position : drop_order) {
    for (const ForeignKey& key : schema.tables[position].foreign_keys) {
      if (dropped[position_of_target(schema, key)]) return true;
    }
    dropped[position] = true;
  }
  return false;
}

}  // namespace

namespace detail {

std::string target_schema(const Schema& schema, const Table& table, const ForeignKey& key) {
  if (!key.target_schema.empty() || schema.find_table(key.target_table, "") != nullptr) {
    const bool same = key.target_schema.empty() &&
                      schema.find_table(key.target_table, table.schema_name) != nullptr;
    return same ? table.schema_name : key.target_schema;
  }
  return table.schema_name;
}

std::vector<NativeType> native_types(const Schema& schema) {
  std::vector<NativeType> types;
  for (const Table& table : schema.tables) {
    for (const Column& column : table.columns) {
      const ColumnType* type = native_enumeration(column);
      if (type == nullptr) continue;
      const bool known = std::any_of(types.begin(), types.end(), [&](const NativeType& other) {
        return other.schema_name == table.schema_name &&
               other.type.native_name() == type->native_name();
      });
      if (!known) types.push_back({table.schema_name, *type});
    }
  }
  return types;
}

void append_schemas(const Schema& schema, const Dialect& dialect, std::vector<std::string>& out) {
  std::vector<std::string> names;
  for (const Table& table : schema.tables) {
    if (table.schema_name.empty() ||
        std::find(names.begin(), names.end(), table.schema_name) != names.end()) {
      continue;
    }
    names.push_back(table.schema_name);
    out.push_back("create schema if not exists " + dialect.quote_identifier(table.schema_name));
  }
}

void append_tables(const Schema& schema, const Dialect& dialect, std::vector<std::string>& out) {
  const DdlWriter writer{dialect};
  std::vector<bool> created(schema.tables.size() + 1);
  created.back() = true;  // tables that are not of this schema
  std::vector<std::string> later;
  for (const std::size_t position : creation_order(schema)) {
    const Table& table = schema.tables[position];
    created[position] = true;
    std::vector<const ForeignKey*> inline_keys;
    for (const ForeignKey& key : table.foreign_keys) {
      // SQLite looks for the target when rows are written, not before.
      if (dialect.kind() == DialectKind::sqlite || created[position_of_target(schema, key)]) {
        inline_keys.push_back(&key);
      } else {
        later.push_back(writer.add_foreign_key(table, key));
      }
    }
    out.push_back(writer.create_table(table, inline_keys));
    for (const Index& index : table.indexes) out.push_back(writer.create_index(table, index));
    writer.append_comments(table, out);
  }
  out.insert(out.end(), later.begin(), later.end());
}

}  // namespace detail

std::vector<std::size_t> creation_order(const Schema& schema) {
  const Schema complete = with_target_schemas(schema);
  return Sorter{complete}.run();
}

std::vector<std::string> create_statements(const Schema& schema, const Dialect& dialect) {
  const Schema whole = resolved(schema, dialect);
  std::vector<std::string> statements;
  if (dialect.kind() == DialectKind::postgresql) {
    detail::append_schemas(whole, dialect, statements);
    const detail::DdlWriter writer{dialect};
    for (const detail::NativeType& native : detail::native_types(whole)) {
      statements.push_back(writer.create_type(native.type, native.schema_name));
    }
  }
  detail::append_tables(whole, dialect, statements);
  return statements;
}

std::vector<std::string> drop_statements(const Schema& schema, const Dialect& dialect) {
  const Schema whole = resolved(schema, dialect);
  std::vector<std::size_t> order = creation_order(whole);
  std::reverse(order.begin(), order.end());
  std::vector<std::string> statements;
  if (order.empty()) return statements;
  if (dialect.kind() == DialectKind::sqlite) {
    // Dropping a table deletes its rows: those of a circle refer to each other until all are gone.
    if (has_circle(whole, order)) statements.emplace_back("pragma defer_foreign_keys = on");
    for (const std::size_t position : order) {
      statements.push_back("drop table if exists " +
                           dialect.quote_identifier(whole.tables[position].name));
    }
    return statements;
  }
  std::string tables;
  for (const std::size_t position : order) {
    const Table& table = whole.tables[position];
    if (!tables.empty()) tables += ", ";
    tables += detail::qualified(table.schema_name, table.name, dialect);
  }
  statements.push_back("drop table if exists " + tables);
  for (const detail::NativeType& native : detail::native_types(whole)) {
    statements.push_back("drop type if exists " +
                         detail::qualified(native.schema_name, native.type.native_name(), dialect));
  }
  return statements;
}

std::string script_of(const std::vector<std::string>& statements) {
  std::string script;
  for (const std::string& statement : statements) {
    script += statement;
    script += ";\n";
  }
  return script;
}

}  // namespace roost::schema
