// PRIVATE: statements whose number of rows the server itself checks, so that the commit need not
// wait for the answer.
#pragma once

#include <roost/sql/statement.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace roost::db::postgres::detail {

/// Can the text stand inside of the check? An INSERT, UPDATE or DELETE that returns nothing.
[[nodiscard]] bool can_check_rows(std::string_view text);

/// The statement around `text`: it returns one row with the number of rows that were written, or
/// fails if that is not the value of parameter `$<parameter>`.
[[nodiscard]] std::string checking_rows(std::string_view text, std::size_t parameter);
/// How many characters come before `text` in it.
[[nodiscard]] std::size_t characters_before_checked() noexcept;

/// The checked forms of statements, made once for each. Not thread-safe.
class CheckedStatements {
 public:
  /// Null when the server cannot check it. The number of rows is the parameter after the
  /// statement's own `parameter_count`. Valid until the next call.
  [[nodiscard]] const Statement* find(const Statement& statement, std::size_t parameter_count);

 private:
  struct Entry {
    std::string original;
    std::size_t parameter_count = 0;
    std::string text;              // empty: it cannot be checked
    std::vector<ValueType> types;  // of `text`, when those of the statement are declared
    Statement checked;
  };
  std::unordered_multimap<std::uint64_t, std::unique_ptr<Entry>> entries_;
};

/// The number of rows in the message of a check that failed; nothing when something else did.
[[nodiscard]] std::optional<std::uint64_t> rows_in_failed_check(std::string_view message);

}  // namespace roost::db::postgres::detail
