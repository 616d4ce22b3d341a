// What the page about SQL by hand takes for granted.
#pragma once

#include <roost/base/timestamp.hpp>
#include <roost/sql/batch.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/postgres.hpp>
#include <roost/sql/raw_sql.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

using namespace roost;

extern db::Database& database;
extern std::string title;
extern std::string password;
extern std::string table;
extern Timestamp since;
extern std::vector<std::int64_t> ids;
