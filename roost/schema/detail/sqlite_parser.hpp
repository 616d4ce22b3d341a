// What SQLite's CREATE statements say and its pragmas do not.
#pragma once

#include <roost/schema/model.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace roost::schema::detail {

struct ParsedColumn {
  std::string name;
  std::string collation;
  std::string generated_expression;
  bool autoincrement = false;
};

struct ParsedForeignKey {
  std::string name;
  Deferral deferral = Deferral::none;
};

struct ParsedTable {
  std::vector<ParsedColumn> columns;
  std::vector<Check> checks;
  std::vector<ParsedForeignKey> foreign_keys;  // in the order of the text
};

[[nodiscard]] ParsedTable parse_create_table(std::string_view sql);

struct ParsedIndex {
  std::vector<std::string> parts;  // without COLLATE, ASC and DESC
  std::string where;
};

[[nodiscard]] ParsedIndex parse_create_index(std::string_view sql);

}  // namespace roost::schema::detail
