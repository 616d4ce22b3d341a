// The database on which the cases run: each test program has one of its own kind.
#pragma once

#include <roost/sql/driver.hpp>

#include <memory>

namespace roost::orm {

/// An empty database, opened with these options (which have no URL yet).
std::unique_ptr<db::Database> open_database(db::DatabaseOptions options);

}  // namespace roost::orm
