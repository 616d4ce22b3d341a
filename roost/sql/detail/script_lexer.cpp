// A lexer of SQL that knows just enough to tell a semicolon from a semicolon.
#include <roost/sql/detail/script_lexer.hpp>

#include <algorithm>
#include <array>

namespace roost::db::detail {

namespace {

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80U;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_word_start(c) || is_digit(c); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equals_word(std::string_view word, std::string_view expected) {
  return word.size() == expected.size() && std::equal(word.begin(), word.end(), expected.begin(),
                                                      [](char a, char b) { return lower(a) == b; });
}

/// Tokens that matter here: words, semicolons, and everything else as one kind.
enum class Token { end, semicolon, word, other };

class Lexer {
 public:
  Lexer(std::string_view text, DialectKind dialect) : text_{text}, dialect_{dialect} {}

  Token next() {
    skip_blanks_and_comments();
    start_ = at_;
    if (at_ >= text_.size()) return Token::end;
    const char c = text_[at_];
    if (c == ';') {
      ++at_;
      return Token::semicolon;
    }
    if (is_word_start(c)) return word();
    if (c == '\'') {
      skip_quoted('\'', false);
    } else if (c == '"') {
      skip_quoted('"', false);
    } else if (dialect_ == DialectKind::sqlite && c == '`') {
      skip_quoted('`', false);
    } else if (dialect_ == DialectKind::sqlite && c == '[') {
      skip_to("]");
    } else if (dialect_ == DialectKind::postgresql && c == '$') {
      skip_dollar();
    } else {
      ++at_;
    }
    return Token::other;
  }

  [[nodiscard]] std::size_t start() const { return start_; }
  [[nodiscard]] std::size_t end() const { return at_; }
  [[nodiscard]] std::string_view token() const { return text_.substr(start_, at_ - start_); }

 private:
  void skip_blanks_and_comments() {
    while (at_ < text_.size()) {
      if (is_blank(text_[at_])) {
        ++at_;
      } else if (text_.substr(at_, 2) == "--") {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (text_.substr(at_, 2) == "/*") {
        skip_block_comment();
      } else {
        return;
      }
    }
  }

  void skip_block_comment() {
    std::size_t depth = 0;  // nested in PostgreSQL, flat in SQLite
    while (at_ < text_.size()) {
      const std::string_view two = text_.substr(at_, 2);
      if (two == "/*" && (depth == 0 || dialect_ == DialectKind::postgresql)) {
        ++depth;
        at_ += 2;
      } else if (two == "*/") {
        at_ += 2;
        if (--depth == 0) return;
      } else {
        ++at_;
      }
    }
  }

  Token word() {
    const bool escape = dialect_ == DialectKind::postgresql && lower(text_[at_]) == 'e' &&
                        at_ + 1 < text_.size() && text_[at_ + 1] == '\'';
    if (escape) {
      ++at_;
      skip_quoted('\'', true);
      return Token::other;
    }
    while (at_ < text_.size() && (is_word(text_[at_]) || text_[at_] == '$')) ++at_;
    return Token::word;
  }

  void skip_quoted(char quote, bool backslashes) {
    ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (backslashes && c == '\\' && at_ < text_.size()) {
        ++at_;
      } else if (c == quote) {
        if (at_ < text_.size() && text_[at_] == quote) {
          ++at_;  // doubled
        } else {
          return;
        }
      }
    }
  }

  void skip_to(std::string_view end) {
    const std::size_t found = text_.find(end, at_);
    at_ = found == std::string_view::npos ? text_.size() : found + end.size();
  }

  void skip_dollar() {
    std::size_t tag_end = at_ + 1;
    if (tag_end < text_.size() && is_digit(text_[tag_end])) {  // $1
      ++at_;
      return;
    }
    while (tag_end < text_.size() && is_word(text_[tag_end])) ++tag_end;
    if (tag_end >= text_.size() || text_[tag_end] != '$') {
      ++at_;
      return;
    }
    const std::string_view tag = text_.substr(at_, tag_end + 1 - at_);
    at_ = tag_end + 1;
    skip_to(tag);
  }

  std::string_view text_;
  DialectKind dialect_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;
};

/// Knows whether a statement has a body with semicolons of its own: CREATE TRIGGER of SQLite,
/// BEGIN ATOMIC of PostgreSQL. Such a body ends at the tokens `; END ;`.
class BodyTracker {
 public:
  explicit BodyTracker(DialectKind dialect) : dialect_{dialect} {}

  void word(std::string_view token) {
    ++words_;
    if (words_ == 1) create_ = equals_word(token, "create");
    if (dialect_ == DialectKind::sqlite) {
      if (create_ && words_ <= 3 && equals_word(token, "trigger")) body_ = true;
    } else if (create_ && after_begin_ && equals_word(token, "atomic")) {
      body_ = true;
    }
    after_begin_ = equals_word(token, "begin");
    ending_ = after_semicolon_ && equals_word(token, "end");
    after_semicolon_ = false;
  }
  void other() {
    after_begin_ = false;
    after_semicolon_ = false;
    ending_ = false;
  }
  /// True when this semicolon ends the statement.
  bool semicolon() {
    const bool ends = !body_ || ending_;
    after_semicolon_ = true;
    ending_ = false;
    after_begin_ = false;
    return ends;
  }

 private:
  DialectKind dialect_;
  std::size_t words_ = 0;
  bool create_ = false;
  bool body_ = false;
  bool after_begin_ = false;
  bool after_semicolon_ = false;
  bool ending_ = false;
};

}  // namespace

std::vector<std::string_view> split_script(std::string_view script, DialectKind dialect) {
  std::vector<std::string_view> statements;
  Lexer lexer{script, dialect};
  BodyTracker tracker{dialect};
  std::size_t begin = std::string_view::npos;
  std::size_t last = 0;
  for (;;) {
    const Token token = lexer.next();
    const bool ends = token == Token::end || (token == Token::semicolon && tracker.semicolon());
    if (ends) {
      if (begin != std::string_view::npos) {
        statements.push_back(script.substr(begin, last - begin));
      }
      if (token == Token::end) return statements;
      begin = std::string_view::npos;
      tracker = BodyTracker{dialect};
      continue;
    }
    if (begin == std::string_view::npos) begin = lexer.start();
    last = lexer.end();
    if (token == Token::word) tracker.word(lexer.token());
    if (token == Token::other) tracker.other();
  }
}

FirstWord::FirstWord(std::string_view statement) {
  Lexer lexer{statement, DialectKind::postgresql};
  while (lexer.next() == Token::semicolon) {
  }
  for (const char c : lexer.token()) {
    if (!is_word(c) || size_ == sizeof letters_ - 1) return;
    letters_[size_++] = lower(c);
  }
}

bool controls_transaction(std::string_view statement) {
  static constexpr std::array<std::string_view, 9> words{
      "begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "prepare"};
  const FirstWord first{statement};
  if (first.view() == "prepare") {
    Lexer lexer{statement, DialectKind::postgresql};
    static_cast<void>(lexer.next());
    return lexer.next() == Token::word && equals_word(lexer.token(), "transaction");
  }
  return std::find(words.begin(), words.end(), first.view()) != words.end();
}

}  // namespace roost::db::detail
