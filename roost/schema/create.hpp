// Makes and removes the tables of a schema in a database.
#pragma once

#include <roost/async/task.hpp>
#include <roost/schema/model.hpp>
#include <roost/sql/driver.hpp>

#include <string>
#include <vector>

namespace roost::schema {

/// Creates everything in one transaction; fails with DuplicateObject when a table is there already.
[[nodiscard]] Task<void> create(db::Executor& executor, const Schema& schema);

/// Creates what does not exist yet, in one transaction, and returns the statements that did:
/// tables, and what `addition_statements` knows how to add to those that exist. Never changes or
/// drops anything: what differs is left to `verify` and to migrations. Several processes may do
/// this at the same time: they wait for each other.
[[nodiscard]] Task<std::vector<std::string>> create_missing(db::Database& database,
                                                            const Schema& schema);

/// Drops the tables of `schema`, with all their rows, as far as they exist; in one transaction.
[[nodiscard]] Task<void> drop(db::Database& database, const Schema& schema);

}  // namespace roost::schema
