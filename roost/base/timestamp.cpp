// Reading and writing of ISO 8601 texts.
#include <roost/base/timestamp.hpp>

#include <array>
#include <charconv>
#include <chrono>

namespace roost {

namespace {

namespace chrono = std::chrono;

constexpr std::int64_t milliseconds_per_day = 86'400'000;

/// Takes characters off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_{text} {}

  [[nodiscard]] bool at_end() const { return text_.empty(); }

  bool take(char expected) {
    if (text_.empty() || text_.front() != expected) return false;
    text_.remove_prefix(1);
    return true;
  }

  /// Exactly `count` decimal digits.
  bool take_number(std::size_t count, unsigned& value) {
    if (text_.size() < count) return false;
    value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(text_[i])) return false;
      value = value * 10 + static_cast<unsigned>(text_[i] - '0');
    }
    text_.remove_prefix(count);
    return true;
  }

  /// 1 to 9 digits after a decimal point, cut to thousandths.
  bool take_thousandths(unsigned& value) {
    value = 0;
    std::size_t digits = 0;
    while (digits < text_.size() && is_digit(text_[digits])) {
      if (digits < 3) value = value * 10 + static_cast<unsigned>(text_[digits] - '0');
      ++digits;
    }
    if (digits == 0 || digits > 9) return false;
    for (std::size_t i = digits; i < 3; ++i) value *= 10;
    text_.remove_prefix(digits);
    return true;
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  std::string_view text_;
};

bool take_date(Scanner& scanner, std::int64_t& milliseconds) {
  unsigned year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (!scanner.take_number(4, year) || !scanner.take('-') || !scanner.take_number(2, month) ||
      !scanner.take('-') || !scanner.take_number(2, day)) {
    return false;
  }
  const chrono::year_month_day date{chrono::year{static_cast<int>(year)}, chrono::month{month},
                                    chrono::day{day}};
  if (!date.ok()) return false;
  milliseconds = chrono::sys_days{date}.time_since_epoch().count() * milliseconds_per_day;
  return true;
}

bool take_time(Scanner& scanner, std::int64_t& milliseconds) {
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  unsigned thousandths = 0;
  if (!scanner.take_number(2, hour) || !scanner.take(':') || !scanner.take_number(2, minute)) {
    return false;
  }
  if (scanner.take(':')) {
    if (!scanner.take_number(2, second)) return false;
    if (scanner.take('.') && !scanner.take_thousandths(thousandths)) return false;
  }
  if (hour > 23 || minute > 59 || second > 59) return false;
  milliseconds = ((std::int64_t{hour} * 60 + minute) * 60 + second) * 1000 + thousandths;
  return true;
}

/// `Z`, `+hh:mm`, `-hh:mm` or nothing.
bool take_offset(Scanner& scanner, std::int64_t& milliseconds) {
  milliseconds = 0;
  if (scanner.at_end() || scanner.take('Z')) return true;
  const bool west = scanner.take('-');
  if (!west && !scanner.take('+')) return false;
  unsigned hour = 0;
  unsigned minute = 0;
  if (!scanner.take_number(2, hour) || !scanner.take(':') || !scanner.take_number(2, minute)) {
    return false;
  }
  if (hour > 23 || minute > 59) return false;
  milliseconds = (std::int64_t{hour} * 60 + minute) * 60'000;
  if (west) milliseconds = -milliseconds;
  return true;
}

char* put_digits(char* out, unsigned value, std::size_t count) {
  for (std::size_t i = count; i > 0; --i) {
    out[i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return out + count;
}

/// The year of a day count, for any std::int64_t (std::chrono::year ends at 32767).
struct CivilDate {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

CivilDate civil_date(std::int64_t days) {
  // Shift by whole 400-year cycles, each of which has the same number of days.
  constexpr std::int64_t days_per_cycle = 146'097;
  std::int64_t cycles = days / days_per_cycle;
  std::int64_t rest = days % days_per_cycle;
  if (rest < 0) {
    rest += days_per_cycle;
    --cycles;
  }
  const chrono::year_month_day date{chrono::sys_days{chrono::days{static_cast<int>(rest)}}};
  return {static_cast<int>(date.year()) + cycles * 400, static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day())};
}

char* put_year(char* out, char* end, std::int64_t year) {
  if (year >= 0 && year <= 9999) return put_digits(out, static_cast<unsigned>(year), 4);
  *out++ = year < 0 ? '-' : '+';
  const auto magnitude = static_cast<std::uint64_t>(year < 0 ? -year : year);
  if (magnitude < 1'000'000) return put_digits(out, static_cast<unsigned>(magnitude), 6);
  return std::to_chars(out, end, magnitude).ptr;
}

}  // namespace

Timestamp Timestamp::now() {
  return chrono::floor<chrono::milliseconds>(chrono::system_clock::now());
}

std::optional<Timestamp> Timestamp::parse(std::string_view text) {
  Scanner scanner{text};
  std::int64_t day = 0;
  std::int64_t time = 0;
  std::int64_t offset = 0;
  if (!take_date(scanner, day)) return std::nullopt;
  if (!scanner.at_end()) {
    if (!scanner.take('T') || !take_time(scanner, time) || !take_offset(scanner, offset)) {
      return std::nullopt;
    }
  }
  if (!scanner.at_end()) return std::nullopt;
  const Timestamp result{Duration{day + time - offset}};
  if (result < min() || result > max()) return std::nullopt;
  return result;
}

bool Timestamp::is_exact(std::string_view text) {
  constexpr std::size_t date_size = 10;
  if (text.size() <= date_size || !parse(text)) return false;
  const auto time = text.substr(date_size);
  if (time.find_first_of("Z+-") == std::string_view::npos) return false;
  const auto point = time.find('.');
  return point == std::string_view::npos || time.find_first_of("Z+-") - point <= 4;
}

void Timestamp::append_to(std::string& out) const {
  std::int64_t days = milliseconds_ / milliseconds_per_day;
  std::int64_t rest = milliseconds_ % milliseconds_per_day;
  if (rest < 0) {
    rest += milliseconds_per_day;
    --days;
  }
  const CivilDate date = civil_date(days);
  const auto time = static_cast<unsigned>(rest);
  std::array<char, 48> buffer{};
  char* at = put_year(buffer.data(), buffer.data() + 24, date.year);
  *at++ = '-';
  at = put_digits(at, date.month, 2);
  *at++ = '-';
  at = put_digits(at, date.day, 2);
  *at++ = 'T';
  at = put_digits(at, time / 3'600'000, 2);
  *at++ = ':';
  at = put_digits(at, time / 60'000 % 60, 2);
  *at++ = ':';
  at = put_digits(at, time / 1000 % 60, 2);
  *at++ = '.';
  at = put_digits(at, time % 1000, 3);
  *at++ = 'Z';
  out.append(buffer.data(), static_cast<std::size_t>(at - buffer.data()));
}

std::string Timestamp::to_string() const {
  std::string text;
  append_to(text);
  return text;
}

}  // namespace roost
