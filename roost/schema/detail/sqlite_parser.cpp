// Reads CREATE TABLE and CREATE INDEX of SQLite. The database has accepted the text, so that it is
// known to be right; what it may contain is what SQLite's grammar allows.
#include <roost/schema/detail/sql_tokens.hpp>
#include <roost/schema/detail/sqlite_parser.hpp>

#include <algorithm>

namespace roost::schema::detail {

namespace {

/// The text between two tokens, without the parentheses around it.
std::string inside(std::string_view sql, const std::vector<Token>& tokens, std::size_t open,
                   std::size_t close) {
  if (close >= tokens.size() || open + 1 >= close) return {};
  return std::string{
      sql.substr(tokens[open + 1].begin, tokens[close - 1].end - tokens[open + 1].begin)};
}

class TableParser {
 public:
  explicit TableParser(std::string_view sql) : sql_{sql}, tokens_{tokens_of(sql)} {}

  ParsedTable run() {
    const auto open = std::find_if(tokens_.begin(), tokens_.end(),
                                   [](const Token& token) { return token.is_symbol("("); });
    if (open == tokens_.end()) return {};
    const auto first = static_cast<std::size_t>(open - tokens_.begin());
    const std::size_t last = closing_parenthesis(tokens_, first);
    std::size_t begin = first + 1;
    while (begin < last) {
      std::size_t end = begin;
      while (end < last && !tokens_[end].is_symbol(",")) end = behind(end);
      definition(begin, std::min(end, last));
      begin = end + 1;
    }
    return std::move(table_);
  }

 private:
  /// The token after this one, or after the whole group that it opens.
  [[nodiscard]] std::size_t behind(std::size_t at) const {
    return tokens_[at].is_symbol("(") ? closing_parenthesis(tokens_, at) + 1 : at + 1;
  }

  void definition(std::size_t at, std::size_t end) {
    column_ = nullptr;
    const Token& first = tokens_[at];
    const bool constraint = first.is_word("constraint") || first.is_word("primary") ||
                            first.is_word("unique") || first.is_word("check") ||
                            first.is_word("foreign");
    if (!constraint) {
      ParsedColumn column;
      column.name = std::string{sql_.substr(first.begin, first.end - first.begin)};
      if (first.kind != TokenKind::word) column.name = first.text;
      table_.columns.push_back(std::move(column));
      column_ = &table_.columns.back();
      ++at;
    }
    std::string name;
    while (at < end) at = clause(at, end, name);
  }

  /// One clause of a definition; returns where the next one begins.
  std::size_t clause(std::size_t at, std::size_t end, std::string& name) {
    const Token& token = tokens_[at];
    const std::size_t next = at + 1;
    if (token.is_word("constraint") && next < end) {
      const Token& given = tokens_[next];
      name = given.kind == TokenKind::word
                 ? std::string{sql_.substr(given.begin, given.end - given.begin)}
                 : given.text;
      return next + 1;
    }
    if (token.is_word("check") && next < end) {
      const std::size_t close = closing_parenthesis(tokens_, next);
      table_.checks.emplace_back(inside(sql_, tokens_, next, close), std::move(name));
      name.clear();
      return close + 1;
    }
    if (token.is_word("references")) {
      ParsedForeignKey key;
      key.name = std::move(name);
      name.clear();
      table_.foreign_keys.push_back(std::move(key));
      return next + 1;
    }
    if (token.is_word("deferrable") && !table_.foreign_keys.empty()) {
      const bool negated = at > 0 && tokens_[at - 1].is_word("not");
      const bool deferred =
          at + 2 < end && tokens_[next].is_word("initially") && tokens_[at + 2].is_word("deferred");
      if (!negated) {
        table_.foreign_keys.back().deferral =
            deferred ? Deferral::initially_deferred : Deferral::initially_immediate;
      }
      return next;
    }
    if (column_ != nullptr && token.is_word("collate") && next < end) {
      column_->collation = tokens_[next].text;
      return next + 1;
    }
    if (token.is_word("default") && next < end) return behind(next);
    if (column_ != nullptr && token.is_word("as") && next < end) {
      const std::size_t close = closing_parenthesis(tokens_, next);
      column_->generated_expression = inside(sql_, tokens_, next, close);
      return close + 1;
    }
    if (column_ != nullptr && token.is_word("autoincrement")) column_->autoincrement = true;
    return behind(at);
  }

  std::string_view sql_;
  std::vector<Token> tokens_;
  ParsedTable table_;
  ParsedColumn* column_ = nullptr;
};

}  // namespace

ParsedTable parse_create_table(std::string_view sql) { return TableParser{sql}.run(); }

ParsedIndex parse_create_index(std::string_view sql) {
  const std::vector<Token> tokens = tokens_of(sql);
  ParsedIndex index;
  const auto open = std::find_if(tokens.begin(), tokens.end(),
                                 [](const Token& token) { return token.is_symbol("("); });
  if (open == tokens.end()) return index;
  const auto first = static_cast<std::size_t>(open - tokens.begin());
  const std::size_t last = closing_parenthesis(tokens, first);
  std::size_t begin = first + 1;
  while (begin < last) {
    std::size_t end = begin;
    while (end < last && !tokens[end].is_symbol(",")) {
      end = tokens[end].is_symbol("(") ? closing_parenthesis(tokens, end) + 1 : end + 1;
    }
    std::size_t stop = std::min(end, last);
    if (stop > begin + 1 && (tokens[stop - 1].is_word("asc") || tokens[stop - 1].is_word("desc"))) {
      --stop;
    }
    if (stop > begin + 2 && tokens[stop - 2].is_word("collate")) stop -= 2;
    index.parts.emplace_back(
        sql.substr(tokens[begin].begin, tokens[stop - 1].end - tokens[begin].begin));
    begin = end + 1;
  }
  if (last + 2 < tokens.size() && tokens[last + 1].is_word("where")) {
    index.where = sql.substr(tokens[last + 2].begin, tokens.back().end - tokens[last + 2].begin);
  }
  return index;
}

}  // namespace roost::schema::detail
