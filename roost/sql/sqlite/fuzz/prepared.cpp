// SQLite's parser as the judge of built queries.
#include <roost/sql/fuzz/query_program.hpp>
#include <roost/sql/sqlite/fuzz/prepared.hpp>

#include <sqlite3.h>

#include <string_view>

namespace roost::db::fuzz {

Prepared::Prepared() { sqlite3_open(":memory:", &connection_); }

Prepared::~Prepared() { sqlite3_close(connection_); }

std::string Prepared::check(std::span<const std::uint8_t> bytes) const {
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

std::string Prepared::syntax_error(const std::string& text) const {
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

}  // namespace roost::db::fuzz
