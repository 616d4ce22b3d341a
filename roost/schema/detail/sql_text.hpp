// Pieces of DDL that several parts of the component write or compare.
#pragma once

#include <roost/schema/model.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace roost::schema::detail {

/// Is this a type that a STRICT table of SQLite may have?
[[nodiscard]] bool is_strict_type(std::string_view native);

/// The condition that the column's values keep to and that its native type does not say: the values
/// of an enumeration, 0 and 1. Empty if there is none.
[[nodiscard]] std::string check_of_type(const Column& column, const db::Dialect& dialect);

/// The default as DDL has it behind DEFAULT: "'draft'", "(now())". Throws UsageError for a value
/// that the column's type cannot hold as a default.
[[nodiscard]] std::string default_sql(const Column& column, const db::Dialect& dialect);

/// "a", "b"
[[nodiscard]] std::string identifiers(const std::vector<std::string>& names,
                                      const db::Dialect& dialect);
/// "shop"."orders"
[[nodiscard]] std::string qualified(std::string_view schema_name, std::string_view name,
                                    const db::Dialect& dialect);
[[nodiscard]] std::string quoted(std::string_view text, const db::Dialect& dialect);  // 'text'

}  // namespace roost::schema::detail
