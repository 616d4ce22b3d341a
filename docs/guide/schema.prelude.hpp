// What the chapter on schemas takes for granted.
#pragma once

#include <roost/schema/additions.hpp>
#include <roost/schema/compare.hpp>
#include <roost/schema/create.hpp>
#include <roost/schema/ddl.hpp>
#include <roost/schema/introspect.hpp>
#include <roost/sql/raw_sql.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace roost;

extern db::Database& database;
extern const schema::Schema shop;
void log(const std::string& text);
