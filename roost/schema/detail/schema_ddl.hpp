// DDL of more than one table; all schemas are resolved.
#pragma once

#include <roost/schema/model.hpp>

#include <string>
#include <vector>

namespace roost::schema::detail {

/// A native enumeration of PostgreSQL and the schema that it stands in.
struct NativeType {
  std::string schema_name;
  ColumnType type;
};

[[nodiscard]] std::vector<NativeType> native_types(const Schema& schema);

/// Where the target of a foreign key stands that does not say so: beside the referring table, or,
/// if it is only there, in the first schema of the search path.
[[nodiscard]] std::string target_schema(const Schema& schema, const Table& table,
                                        const ForeignKey& key);

/// CREATE SCHEMA for those that its tables name.
void append_schemas(const Schema& schema, const db::Dialect& dialect,
                    std::vector<std::string>& out);
/// The tables with their indexes and foreign keys. Targets outside of `schema` exist already.
void append_tables(const Schema& schema, const db::Dialect& dialect, std::vector<std::string>& out);

}  // namespace roost::schema::detail
