// From the difference of two schemas to statements: the cases that need no decision.
#pragma once

#include <roost/schema/model.hpp>

#include <string>
#include <vector>

namespace roost::schema {

/// Statements that add to `actual` what `expected` has and it has not, where this can neither fail
/// because of rows that are there nor change them: schemas, native types and tables with all that
/// belongs to them; columns that are nullable or have a default (on SQLite a constant one, and no
/// generated or identity column); foreign keys, unique keys and checks of such new columns, and
/// indexes; new values of native types. Constraints over columns that have values already are left
/// out: rows may break them.
[[nodiscard]] std::vector<std::string> addition_statements(const Schema& expected,
                                                           const Schema& actual,
                                                           const db::Dialect& dialect);

}  // namespace roost::schema
