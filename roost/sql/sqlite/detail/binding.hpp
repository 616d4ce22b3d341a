// Values in the forms in which SQLite stores them.
#pragma once

#include <roost/sql/result.hpp>
#include <roost/sql/scratch.hpp>
#include <roost/sql/value.hpp>

#include <span>

struct sqlite3_stmt;

namespace roost::db::sqlite::detail {

/// Binds a value to parameter `number` (from 1) without copying it: the value, or its encoded form
/// in `scratch`, must live until the statement is reset. `earlier` are the results to which result
/// cells refer. Throws InvalidValue for what SQLite cannot hold, UsageError for a wrong cell.
void bind(sqlite3_stmt* statement, int number, const ValueView& value,
          std::span<const Result> earlier, Scratch& scratch);

}  // namespace roost::db::sqlite::detail
