// A lexer of SQL expressions and of SQLite's CREATE statements, which it stores as they were
// written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace roost::schema::detail {

enum class TokenKind : std::uint8_t {
  word,        // unquoted
  identifier,  // quoted
  string,      // a literal, also E'…' and X'…'
  number,
  symbol,  // an operator or punctuation
};

struct Token {
  TokenKind kind = TokenKind::symbol;
  std::size_t begin = 0;  // in the text
  std::size_t end = 0;
  /// Words in lower case; identifiers and strings without quotes; the others as written.
  std::string text;

  [[nodiscard]] bool is_word(std::string_view word) const {
    return kind == TokenKind::word && text == word;
  }
  [[nodiscard]] bool is_symbol(std::string_view symbol) const {
    return kind == TokenKind::symbol && text == symbol;
  }
  [[nodiscard]] bool is_name() const {
    return kind == TokenKind::word || kind == TokenKind::identifier || kind == TokenKind::string;
  }
};

/// Comments and blanks are left out. Never fails: what ends too early ends there.
[[nodiscard]] std::vector<Token> tokens_of(std::string_view text);

/// The position of the ")" that belongs to the "(" at `open`, or the number of tokens.
[[nodiscard]] std::size_t closing_parenthesis(const std::vector<Token>& tokens, std::size_t open);

/// The expression in one form: blanks and redundant parentheses gone, words in lower case,
/// identifiers unquoted where that means the same, casts of literals (which PostgreSQL adds) gone.
/// Two expressions with equal forms mean the same; those with different forms may.
[[nodiscard]] std::string canonical_expression(std::string_view expression);

}  // namespace roost::schema::detail
