// The statements that read each database's catalogue, and the schema that their results make.
#pragma once

#include <roost/schema/model.hpp>
#include <roost/sql/batch.hpp>
#include <roost/sql/result.hpp>

#include <string>
#include <vector>

namespace roost::schema::detail {

void add_sqlite_queries(db::Batch& batch);
[[nodiscard]] Schema read_sqlite_catalog(const std::vector<db::Result>& results);

/// `schemas` is an array of text that outlives the batch.
void add_postgresql_queries(db::Batch& batch, const db::ValueView& schemas);
[[nodiscard]] Schema read_postgresql_catalog(const std::vector<db::Result>& results);

/// The logical type of a native one, as PostgreSQL's format_type or a person writes it; verbatim if
/// there is none.
[[nodiscard]] ColumnType parse_postgresql_type(std::string_view native);
[[nodiscard]] ColumnType parse_sqlite_type(std::string_view native);

/// The type in the one spelling by which types are compared.
[[nodiscard]] std::string canonical_type(const ColumnType& type, const db::Dialect& dialect);

}  // namespace roost::schema::detail
