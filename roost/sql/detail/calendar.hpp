// Texts of days, times of day and points in time as SQL counts them, and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace roost::db::detail {

inline constexpr std::int64_t microseconds_per_day = 86'400'000'000;

/// "2026-11-22". Years beyond 0000 to 9999 get a sign and six digits.
void append_date(std::int64_t days_since_epoch, std::string& out);
/// "10:29:39.123456": always six digits of fraction, so that texts sort as times do.
void append_time(std::int64_t microseconds_since_midnight, std::string& out);
/// "2026-11-22T10:29:39.123Z", or six digits of fraction where three would lose something.
void append_timestamp(std::int64_t microseconds_since_epoch, std::string& out);
/// 16 bytes as xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx.
void append_uuid(std::string_view bytes, std::string& out);

/// "YYYY-MM-DD", days since 1970-01-01.
[[nodiscard]] std::optional<std::int64_t> parse_date(std::string_view text);
/// "HH:MM", "HH:MM:SS" or "HH:MM:SS.f…" with up to nine digits, cut to microseconds.
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text);
/// A date, then 'T' or a blank, then a time, then nothing, 'Z' or an offset (+01, +01:30, +0130);
/// or a date alone. Without an offset it is UTC, as SQLite's own functions say.
[[nodiscard]] std::optional<std::int64_t> parse_timestamp(std::string_view text);

/// Writes the forms of fixed length, without allocation; false when the year is not 0000 to 9999.
/// `out` has room for 10, 15 and 24 characters.
[[nodiscard]] bool write_date(std::int64_t days_since_epoch, char* out);
void write_time(std::int64_t microseconds_since_midnight, char* out);
/// With three digits of fraction: 24 characters.
[[nodiscard]] bool write_timestamp_milliseconds(std::int64_t milliseconds_since_epoch, char* out);

}  // namespace roost::db::detail
