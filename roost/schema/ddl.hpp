// DDL: the statements that make a schema, and those that remove it.
#pragma once

#include <roost/schema/model.hpp>

#include <string>
#include <vector>

namespace roost::schema {

/// Statements that create everything in `schema` in an empty database, in an order that works:
/// schemas, native types, tables after those that they refer to, indexes, and, on PostgreSQL, the
/// foreign keys of tables that refer to each other in a circle. Resolves the schema first, and
/// throws as `resolved` does.
[[nodiscard]] std::vector<std::string> create_statements(const Schema& schema,
                                                         const db::Dialect& dialect);

/// Statements that drop the tables (with their rows) and native types of `schema` as far as they
/// exist. Schemas of PostgreSQL stay, and so does whatever else refers to the tables: then dropping
/// them fails.
[[nodiscard]] std::vector<std::string> drop_statements(const Schema& schema,
                                                       const db::Dialect& dialect);

/// The statements as one script: each on a line of its own, with semicolons.
[[nodiscard]] std::string script_of(const std::vector<std::string>& statements);

/// Positions in `schema.tables`, each table after those that its foreign keys refer to. Where
/// tables refer to each other in a circle, one of them comes first nevertheless.
[[nodiscard]] std::vector<std::size_t> creation_order(const Schema& schema);

}  // namespace roost::schema
