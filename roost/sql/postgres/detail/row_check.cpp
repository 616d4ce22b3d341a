// The check: the statement in a WITH, its rows counted, and a cast that fails and names the count.
#include <roost/sql/detail/script_lexer.hpp>
#include <roost/sql/postgres/detail/row_check.hpp>

#include <algorithm>
#include <charconv>

namespace roost::db::postgres::detail {

namespace {

/// Programs that make ever new texts get ever new forms.
constexpr std::size_t most_forms = 1'000;

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

const Statement* CheckedStatements::find(const Statement& statement, std::size_t parameter_count) {
  const std::uint64_t hash =
      statement.hash != 0 ? statement.hash : hash_of(statement.text, statement.parameters);
  const auto [begin, end] = entries_.equal_range(hash);
  for (auto it = begin; it != end; ++it) {
    const Entry& entry = *it->second;
    if (entry.original != statement.text || entry.parameter_count != parameter_count) continue;
    if (entry.text.empty()) return nullptr;
    const std::size_t declared = entry.types.empty() ? 0 : entry.types.size() - 1;
    if (std::equal(statement.parameters.begin(), statement.parameters.end(), entry.types.begin(),
                   entry.types.begin() + static_cast<std::ptrdiff_t>(declared))) {
      return &entry.checked;
    }
  }
  if (entries_.size() >= most_forms) entries_.clear();
  auto made = std::make_unique<Entry>();
  made->original = statement.text;
  made->parameter_count = parameter_count;
  if (can_check_rows(statement.text)) {
    made->text = checking_rows(statement.text, parameter_count + 1);
    made->types.assign(statement.parameters.begin(), statement.parameters.end());
    if (!made->types.empty()) made->types.push_back(ValueType::int64);
    made->checked = Statement{made->text, made->types};
    if (!made->types.empty()) made->checked.hash = hash_of(made->text, made->types);
  }
  const Entry& entry = *entries_.emplace(hash, std::move(made))->second;
  return entry.text.empty() ? nullptr : &entry.checked;
}

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
