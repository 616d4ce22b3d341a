// Calendar arithmetic after the proleptic Gregorian calendar, as both databases use it.
#include <roost/sql/detail/calendar.hpp>

#include <algorithm>
#include <chrono>

namespace roost::db::detail {

namespace {

struct Day {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

/// Days to a civil date for any year that fits (era arithmetic; std::chrono::year stops at 32767).
Day civil_from_days(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146'097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted_month = (5 * day_of_year + 2) / 153;
  const unsigned month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const std::int64_t year = std::int64_t{year_of_era} + era * 400 + (month <= 2 ? 1 : 0);
  return {year, month, day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

void write_digits(char* out, std::int64_t value, int count) {
  for (int i = count - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  const std::int64_t quotient = value / by;
  return value % by < 0 ? quotient - 1 : quotient;
}

std::optional<unsigned> digits_at(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  unsigned value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(text[i] - '0');
  }
  return value;
}

/// The offset in microseconds that the end of a time says; nothing when it is no offset.
std::optional<std::int64_t> parse_offset(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return 0;
  if (text[0] != '+' && text[0] != '-') return std::nullopt;
  const std::optional<unsigned> hours = digits_at(text, 1, 2);
  unsigned minutes = 0;
  if (text.size() > 3) {
    const std::size_t at = text[3] == ':' ? 4 : 3;
    const std::optional<unsigned> parsed = digits_at(text, at, 2);
    if (!parsed || text.size() != at + 2) return std::nullopt;
    minutes = *parsed;
  }
  if (!hours || *hours > 23 || minutes > 59) return std::nullopt;
  const std::int64_t offset = (std::int64_t{*hours} * 60 + minutes) * 60'000'000;
  return text[0] == '-' ? -offset : offset;
}

}  // namespace

bool write_date(std::int64_t days_since_epoch, char* out) {
  const Day day = civil_from_days(days_since_epoch);
  if (day.year < 0 || day.year > 9999) return false;
  write_digits(out, day.year, 4);
  out[4] = '-';
  write_digits(out + 5, day.month, 2);
  out[7] = '-';
  write_digits(out + 8, day.day, 2);
  return true;
}

void write_time(std::int64_t microseconds, char* out) {
  const std::int64_t seconds = microseconds / 1'000'000;
  write_digits(out, seconds / 3600, 2);
  out[2] = ':';
  write_digits(out + 3, seconds / 60 % 60, 2);
  out[5] = ':';
  write_digits(out + 6, seconds % 60, 2);
  out[8] = '.';
  write_digits(out + 9, microseconds % 1'000'000, 6);
}

bool write_timestamp_milliseconds(std::int64_t milliseconds, char* out) {
  constexpr std::int64_t per_day = 86'400'000;
  const std::int64_t days = floor_divide(milliseconds, per_day);
  const std::int64_t rest = milliseconds - days * per_day;
  if (!write_date(days, out)) return false;
  out[10] = 'T';
  write_digits(out + 11, rest / 3'600'000, 2);
  out[13] = ':';
  write_digits(out + 14, rest / 60'000 % 60, 2);
  out[16] = ':';
  write_digits(out + 17, rest / 1000 % 60, 2);
  out[19] = '.';
  write_digits(out + 20, rest % 1000, 3);
  out[23] = 'Z';
  return true;
}

void append_date(std::int64_t days_since_epoch, std::string& out) {
  char buffer[10];
  if (write_date(days_since_epoch, buffer)) {
    out.append(buffer, 10);
    return;
  }
  const Day day = civil_from_days(days_since_epoch);
  const std::string year = std::to_string(day.year < 0 ? -day.year : day.year);
  out += day.year < 0 ? '-' : '+';
  if (year.size() < 6) out.append(6 - year.size(), '0');
  out += year;
  char rest[6] = {'-', '0', '0', '-', '0', '0'};
  write_digits(rest + 1, day.month, 2);
  write_digits(rest + 4, day.day, 2);
  out.append(rest, 6);
}

void append_time(std::int64_t microseconds_since_midnight, std::string& out) {
  char buffer[15];
  write_time(microseconds_since_midnight, buffer);
  out.append(buffer, 15);
}

void append_timestamp(std::int64_t microseconds_since_epoch, std::string& out) {
  const std::int64_t days = floor_divide(microseconds_since_epoch, microseconds_per_day);
  // Not through days * microseconds_per_day, which overflows at the earliest times.
  const std::int64_t remainder = microseconds_since_epoch % microseconds_per_day;
  const std::int64_t rest = remainder < 0 ? remainder + microseconds_per_day : remainder;
  append_date(days, out);
  out += 'T';
  char buffer[15];
  write_time(rest, buffer);
  out.append(buffer, rest % 1000 == 0 ? 12 : 15);
  out += 'Z';
}

void append_uuid(std::string_view bytes, std::string& out) {
  static constexpr char digits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    const auto byte = static_cast<unsigned char>(bytes[i]);
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
}

std::optional<std::int64_t> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits_at(text, 0, 4);
  const auto month = digits_at(text, 5, 2);
  const auto day = digits_at(text, 8, 2);
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                         std::chrono::month{*month}, std::chrono::day{*day}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  const auto hours = digits_at(text, 0, 2);
  const auto minutes = digits_at(text, 3, 2);
  if (!hours || !minutes || text[2] != ':' || *hours > 23 || *minutes > 59) return std::nullopt;
  std::int64_t micros = (std::int64_t{*hours} * 60 + *minutes) * 60'000'000;
  if (text.size() == 5) return micros;
  const auto seconds = digits_at(text, 6, 2);
  if (text[5] != ':' || !seconds || *seconds > 59) return std::nullopt;
  micros += std::int64_t{*seconds} * 1'000'000;
  if (text.size() == 8) return micros;
  const std::size_t digits = text.size() - 9;
  if (text[8] != '.' || digits < 1 || digits > 9) return std::nullopt;
  std::int64_t scale = 100'000;
  for (std::size_t i = 9; i < text.size(); ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    micros += (text[i] - '0') * scale;
    scale /= 10;
  }
  return micros;
}

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  const std::optional<std::int64_t> days = parse_date(text.substr(0, 10));
  if (!days) return std::nullopt;
  if (text.size() == 10) return *days * microseconds_per_day;
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
  const std::string_view rest = text.substr(11);
  const std::size_t end = std::min(rest.find_first_of("Zz+-"), rest.size());
  const std::optional<std::int64_t> time = parse_time(rest.substr(0, end));
  const std::optional<std::int64_t> offset = parse_offset(rest.substr(end));
  if (!time || !offset) return std::nullopt;
  return *days * microseconds_per_day + *time - *offset;
}

}  // namespace roost::db::detail
