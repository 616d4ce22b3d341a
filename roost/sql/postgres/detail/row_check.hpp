// PRIVATE: statements whose number of rows the server itself checks, so that the commit need not
// wait for the answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace roost::db::postgres::detail {

/// Can the text stand inside of the check? An INSERT, UPDATE or DELETE that returns nothing.
[[nodiscard]] bool can_check_rows(std::string_view text);

/// The statement around `text`: it returns one row with the number of rows that were written, or
/// fails if that is not the value of parameter `$<parameter>`.
[[nodiscard]] std::string checking_rows(std::string_view text, std::size_t parameter);
/// How many characters come before `text` in it.
[[nodiscard]] std::size_t characters_before_checked() noexcept;

/// The number of rows in the message of a check that failed; nothing when something else did.
[[nodiscard]] std::optional<std::uint64_t> rows_in_failed_check(std::string_view message);

}  // namespace roost::db::postgres::detail
