// Lets SQLite say whether what the query builder made is SQL.
#pragma once

#include <roost/sql/fuzz/query_program.hpp>

#include <sqlite3.h>

#include <span>
#include <string>
#include <string_view>

namespace roost::db::fuzz {

class Prepared {
 public:
  Prepared() { sqlite3_open(":memory:", &connection_); }
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;
  ~Prepared() { sqlite3_close(connection_); }

  /// Builds a query of the bytes for both databases; what is wrong with it, or nothing.
  [[nodiscard]] std::string check(std::span<const std::uint8_t> bytes) const {
    const auto postgresql = QueryProgram{bytes}.build(Dialect::postgresql());
    if (postgresql) {
      const std::string wrong = complaint(*postgresql);
      if (!wrong.empty()) return wrong + " in " + postgresql->text;
    }
    const auto sqlite = QueryProgram{bytes}.build(Dialect::sqlite());
    if (!sqlite) return {};
    std::string wrong = complaint(*sqlite);
    if (wrong.empty()) wrong = syntax_error(sqlite->text);
    return wrong.empty() ? wrong : wrong + " in " + sqlite->text;
  }

 private:
  /// Tables and columns that do not exist are no fault of the builder.
  [[nodiscard]] std::string syntax_error(const std::string& text) const {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(connection_, text.data(), static_cast<int>(text.size()),
                                        &statement, nullptr);
    sqlite3_finalize(statement);
    if (code == SQLITE_OK) return {};
    const std::string_view message = sqlite3_errmsg(connection_);
    for (const std::string_view sign : {"syntax error", "unrecognized token", "incomplete input",
                                        "should come after", "parser stack"}) {
      if (message.find(sign) != std::string_view::npos) return std::string{message};
    }
    return {};
  }

  sqlite3* connection_ = nullptr;
};

}  // namespace roost::db::fuzz
