// SQLite's result codes and messages as DatabaseErrors.
#pragma once

#include <roost/sql/errors.hpp>

#include <string>
#include <string_view>

struct sqlite3;

namespace roost::db::sqlite::detail {

/// The error that `database` reports now. `context` says which file, for errors that have to do
/// with it. Looks up the index behind a violated unique constraint, so the statement must be reset.
[[nodiscard]] std::exception_ptr current_failure(sqlite3* database, int code,
                                                 std::string_view statement, std::string_view file);

}  // namespace roost::db::sqlite::detail
