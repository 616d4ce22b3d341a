// Texts of dates and times of day.
#include <roost/base/date.hpp>

#include <chrono>

namespace roost {

namespace {

/// The number in `text[at, at + count)`, or -1.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

void append_digits(std::string& out, std::int64_t value, int count) {
  std::string text = std::to_string(value);
  if (text.size() < static_cast<std::size_t>(count)) {
    out.append(static_cast<std::size_t>(count) - text.size(), '0');
  }
  out += text;
}

/// Microseconds of ".5", ".123456789"; -1 when it is no fraction.
std::int64_t fraction(std::string_view text) {
  if (text.size() < 2 || text.size() > 10 || text[0] != '.') return -1;
  std::int64_t micros = 0;
  std::int64_t scale = 100'000;
  for (const char c : text.substr(1)) {
    if (c < '0' || c > '9') return -1;
    micros += (c - '0') * scale;
    scale /= 10;
  }
  return micros;
}

}  // namespace

std::optional<Date> Date::parse(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  return of(year, month, day);
}

std::optional<Date> Date::of(int year, int month, int day) {
  if (year < 0 || year > 9999 || month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return Date{std::chrono::sys_days{date}};
}

int Date::year() const { return static_cast<int>(std::chrono::year_month_day{sys_days()}.year()); }
int Date::month() const {
  return static_cast<int>(static_cast<unsigned>(std::chrono::year_month_day{sys_days()}.month()));
}
int Date::day() const {
  return static_cast<int>(static_cast<unsigned>(std::chrono::year_month_day{sys_days()}.day()));
}

void Date::append_to(std::string& out) const {
  const std::chrono::year_month_day date{sys_days()};
  const int year = static_cast<int>(date.year());
  if (year < 0) out += '-';
  append_digits(out, year < 0 ? -year : year, 4);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.day()), 2);
}

std::string Date::to_string() const {
  std::string out;
  append_to(out);
  return out;
}

std::optional<TimeOfDay> TimeOfDay::parse(std::string_view text) {
  const int hours = digits(text, 0, 2);
  const int minutes = digits(text, 3, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || text[2] != ':') {
    return std::nullopt;
  }
  std::int64_t micros = (std::int64_t{hours} * 60 + minutes) * 60'000'000;
  if (text.size() > 5) {
    const int seconds = digits(text, 6, 2);
    if (text[5] != ':' || seconds < 0 || seconds > 59) return std::nullopt;
    micros += std::int64_t{seconds} * 1'000'000;
  }
  if (text.size() > 8) {
    const std::int64_t rest = fraction(text.substr(8));
    if (rest < 0) return std::nullopt;
    micros += rest;
  }
  return TimeOfDay{std::chrono::microseconds{micros}};
}

void TimeOfDay::append_to(std::string& out) const {
  const std::int64_t seconds = microseconds_ / 1'000'000;
  append_digits(out, seconds / 3600, 2);
  out += ':';
  append_digits(out, seconds / 60 % 60, 2);
  out += ':';
  append_digits(out, seconds % 60, 2);
  if (microseconds_ % 1'000'000 == 0) return;
  out += '.';
  append_digits(out, microseconds_ % 1'000'000, 6);
}

std::string TimeOfDay::to_string() const {
  std::string out;
  append_to(out);
  return out;
}

}  // namespace roost
