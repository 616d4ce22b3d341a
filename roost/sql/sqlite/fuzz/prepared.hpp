// Lets SQLite say whether what the query builder made is SQL.
#pragma once

#include <cstdint>
#include <span>
#include <string>

struct sqlite3;

namespace roost::db::fuzz {

class Prepared {
 public:
  Prepared();
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;
  ~Prepared();

  /// Builds a query of the bytes for both databases; what is wrong with it, or nothing.
  [[nodiscard]] std::string check(std::span<const std::uint8_t> bytes) const;

 private:
  /// Tables and columns that do not exist are no fault of the builder.
  [[nodiscard]] std::string syntax_error(const std::string& text) const;

  sqlite3* connection_ = nullptr;
};

}  // namespace roost::db::fuzz
