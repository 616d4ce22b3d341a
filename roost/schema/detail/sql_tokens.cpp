// The lexer, and the form in which expressions are compared.
#include <roost/schema/detail/sql_tokens.hpp>

#include <algorithm>
#include <array>

namespace roost::schema::detail {

namespace {

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80U;
}
bool is_word_part(char c) { return is_word_start(c) || is_digit(c) || c == '$'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_{text} {}

  std::vector<Token> run() {
    for (skip_blanks(); at_ < text_.size(); skip_blanks()) {
      Token token;
      token.begin = at_;
      read(token);
      token.end = at_;
      tokens_.push_back(std::move(token));
    }
    return std::move(tokens_);
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size()) {
      if (is_blank(text_[at_])) {
        ++at_;
      } else if (text_.substr(at_, 2) == "--") {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (text_.substr(at_, 2) == "/*") {
        const std::size_t end = text_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else {
        return;
      }
    }
  }

  void read(Token& token) {
    const char c = text_[at_];
    const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (c == '\'') {
      token.kind = TokenKind::string;
      quoted('\'', false, token.text);
    } else if ((c == 'E' || c == 'e') && next == '\'') {
      ++at_;
      token.kind = TokenKind::string;
      quoted('\'', true, token.text);
    } else if ((c == 'X' || c == 'x') && next == '\'') {
      ++at_;
      token.kind = TokenKind::string;
      token.text = "\\x";
      quoted('\'', false, token.text);
    } else if (c == '"' || c == '`') {
      token.kind = TokenKind::identifier;
      quoted(c, false, token.text);
    } else if (c == '[' && is_word_start(next) && brackets_quote_) {
      token.kind = TokenKind::identifier;
      const std::size_t end = std::min(text_.find(']', at_), text_.size());
      token.text = text_.substr(at_ + 1, end - at_ - 1);
      at_ = std::min(end + 1, text_.size());
    } else if (is_word_start(c)) {
      token.kind = TokenKind::word;
      while (at_ < text_.size() && is_word_part(text_[at_])) token.text += lower(text_[at_++]);
      // PostgreSQL's arrays are the one place where a bracket is none of SQLite's quotes.
      brackets_quote_ = token.text != "array";
    } else if (is_digit(c) || (c == '.' && is_digit(next))) {
      token.kind = TokenKind::number;
      number(token.text);
    } else {
      symbol(token.text);
    }
  }

  void quoted(char quote, bool backslashes, std::string& out) {
    ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (backslashes && c == '\\' && at_ < text_.size()) {
        out += text_[at_++];
        continue;
      }
      if (c == quote) {
        if (at_ >= text_.size() || text_[at_] != quote) return;
        ++at_;
      }
      out += c;
    }
  }

  void number(std::string& out) {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const bool exponent_sign =
          (c == '+' || c == '-') && !out.empty() && lower(out.back()) == 'e' && out[1] != 'x';
      if (!is_digit(c) && c != '.' && !is_word_start(c) && !exponent_sign) return;
      out += lower(c);
      ++at_;
    }
  }

  void symbol(std::string& out) {
    static constexpr std::array<std::string_view, 16> longer{"->>", "#>>", "!~*", "~~*", "::", "->",
                                                             "#>",  "<=",  ">=",  "<>",  "!=", "||",
                                                             "@>",  "<@",  "==",  "!~"};
    for (const std::string_view each : longer) {
      if (text_.substr(at_, each.size()) != each) continue;
      out = each == "!=" ? "<>" : each;
      at_ += each.size();
      return;
    }
    out = text_[at_++];
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool brackets_quote_ = true;
  std::vector<Token> tokens_;
};

/// Removes `::type` behind literals: PostgreSQL writes the type of every one of them.
void remove_casts_of_literals(std::vector<Token>& tokens) {
  std::vector<Token> kept;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool cast = tokens[i].is_symbol("::") && !kept.empty() &&
                      (kept.back().kind == TokenKind::string ||
                       kept.back().kind == TokenKind::number || kept.back().is_symbol("]"));
    if (!cast) {
      kept.push_back(std::move(tokens[i]));
      continue;
    }
    // A type: words, perhaps a length, perhaps brackets.
    while (i + 1 < tokens.size()) {
      const Token& next = tokens[i + 1];
      static constexpr std::array<std::string_view, 12> in_type{
          "character", "varying", "double", "precision", "timestamp", "time",
          "with",      "without", "zone",   "bit",       "interval",  "numeric"};
      const bool first = tokens[i].is_symbol("::");
      const bool more = next.kind == TokenKind::word &&
                        std::find(in_type.begin(), in_type.end(), next.text) != in_type.end();
      if ((first && next.is_name()) || more) {
        ++i;
      } else if (next.is_symbol("(")) {
        i = std::min(closing_parenthesis(tokens, i + 1), tokens.size() - 1);
      } else if (next.is_symbol("[") || next.is_symbol("]")) {
        if (next.is_symbol("]") && !tokens[i].is_symbol("[")) break;  // of an array around it
        ++i;
      } else if (next.is_symbol(".") && i + 2 < tokens.size()) {
        i += 2;
      } else {
        break;
      }
    }
  }
  tokens = std::move(kept);
}

/// `((a))` and `(a)` are `a` where a is one name or literal, or where they are around everything.
void remove_parentheses(std::vector<Token>& tokens) {
  while (!tokens.empty() && tokens.front().is_symbol("(") &&
         closing_parenthesis(tokens, 0) + 1 == tokens.size()) {
    tokens.erase(tokens.begin());
    tokens.pop_back();
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
      if (!tokens[i].is_symbol("(") || !tokens[i + 2].is_symbol(")")) continue;
      const bool call_or_list = i > 0 && (tokens[i - 1].is_name());
      const bool atom = tokens[i + 1].kind != TokenKind::symbol;
      const bool doubled = i > 0 && tokens[i - 1].is_symbol("(") && i + 3 < tokens.size() &&
                           tokens[i + 3].is_symbol(")");
      if (!atom || (call_or_list && !doubled)) continue;
      tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(i) + 2);
      tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(i));
      changed = true;
    }
    // `any ((array[…]))`
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      if (!tokens[i].is_symbol("(") || !tokens[i + 1].is_symbol("(")) continue;
      const std::size_t outer = closing_parenthesis(tokens, i);
      if (outer >= tokens.size() || closing_parenthesis(tokens, i + 1) + 1 != outer) continue;
      tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(outer));
      tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(i));
      changed = true;
    }
  }
}

void append_token(const Token& token, std::string& out) {
  if (token.kind == TokenKind::string) {
    out += '\'';
    for (const char c : token.text) {
      if (c == '\'') out += c;
      out += c;
    }
    out += '\'';
    return;
  }
  const bool plain = !token.text.empty() && is_word_start(token.text.front()) &&
                     std::all_of(token.text.begin(), token.text.end(),
                                 [](char c) { return is_word_part(c) && lower(c) == c; });
  if (token.kind != TokenKind::identifier || plain) {
    out += token.text;
    return;
  }
  out += '"';
  for (const char c : token.text) {
    if (c == '"') out += c;
    out += c;
  }
  out += '"';
}

}  // namespace

std::vector<Token> tokens_of(std::string_view text) { return Lexer{text}.run(); }

std::size_t closing_parenthesis(const std::vector<Token>& tokens, std::size_t open) {
  std::size_t depth = 0;
  for (std::size_t i = open; i < tokens.size(); ++i) {
    if (tokens[i].is_symbol("(")) ++depth;
    if (tokens[i].is_symbol(")") && --depth == 0) return i;
  }
  return tokens.size();
}

std::string canonical_expression(std::string_view expression) {
  std::vector<Token> tokens = tokens_of(expression);
  remove_casts_of_literals(tokens);
  remove_parentheses(tokens);
  std::string out;
  for (const Token& token : tokens) {
    if (!out.empty()) out += ' ';
    append_token(token, out);
  }
  return out;
}

}  // namespace roost::schema::detail
