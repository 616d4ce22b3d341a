// The check: the statement in a WITH, its rows counted, and a cast that fails and names the count.
#include <roost/sql/detail/script_lexer.hpp>
#include <roost/sql/postgres/detail/row_check.hpp>

#include <algorithm>
#include <charconv>

namespace roost::db::postgres::detail {

namespace {

constexpr std::string_view before = "with roost_written as (";
/// In the text that cannot be cast, and so in the server's message, whatever its language.
constexpr std::string_view mark = "roost_rows:";

bool contains_word(std::string_view text, std::string_view lower_case_word) {
  const auto equal = [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
  };
  return std::search(text.begin(), text.end(), lower_case_word.begin(), lower_case_word.end(),
                     equal) != text.end();
}

}  // namespace

bool can_check_rows(std::string_view text) {
  const db::detail::FirstWord first{text};
  const std::string_view word = first.view();
  if (word != "update" && word != "delete" && word != "insert") return false;
  // Also where they are in quotes: then the answer is waited for, which is never wrong.
  return text.find(';') == std::string_view::npos && !contains_word(text, "returning");
}

std::string checking_rows(std::string_view text, std::size_t parameter) {
  const std::string expected = "$" + std::to_string(parameter) + "::bigint";
  std::string checked;
  checked.reserve(text.size() + 180);
  checked += before;
  checked += text;
  // A comment may be the end of the text. The cast depends on the count, so nothing runs it early.
  checked += "\n returning 1) select case when count(*) = ";
  checked += expected;
  checked += " then count(*) else ('";
  checked += mark;
  checked += "' || count(*))::bigint end from roost_written";
  return checked;
}

std::size_t characters_before_checked() noexcept { return before.size(); }

std::optional<std::uint64_t> rows_in_failed_check(std::string_view message) {
  const std::size_t at = message.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view digits = message.substr(at + mark.size());
  std::uint64_t rows = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), rows);
  if (end.ec != std::errc{}) return std::nullopt;
  return rows;
}

}  // namespace roost::db::postgres::detail
