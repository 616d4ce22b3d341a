// Comparing and printing the values that rules look at.
#include <roost/validation/subject.hpp>

#include <charconv>
#include <cmath>
#include <string>

namespace roost::validation {

namespace {

int sign(auto a, auto b) { return a < b ? -1 : (b < a ? 1 : 0); }

/// Sign of the integer − the double, without rounding the integer.
int compare_integer(const Subject& integer, double number) {
  if (std::isnan(number)) return 2;
  constexpr double two_64 = 18446744073709551616.0;
  constexpr double two_63 = 9223372036854775808.0;
  if (number >= two_64) return -1;
  if (number < -two_63) return 1;
  const double whole = std::floor(number);
  const bool fraction = whole != number;
  if (integer.kind() == SubjectKind::unsigned_integer || whole >= two_63) {
    if (whole < 0) return 1;
    if (integer.kind() == SubjectKind::integer) return -1;
    const int order = sign(integer.as_unsigned(), static_cast<std::uint64_t>(whole));
    return order == 0 && fraction ? -1 : order;
  }
  const int order = sign(integer.as_integer(), static_cast<std::int64_t>(whole));
  return order == 0 && fraction ? -1 : order;
}

/// Kinds that can be equal to each other share a rank.
int rank(const Subject& subject) {
  return subject.is_number() ? static_cast<int>(SubjectKind::integer)
                             : static_cast<int>(subject.kind());
}

void append_two(std::string& out, unsigned value) {
  out.push_back(static_cast<char>('0' + value / 10 % 10));
  out.push_back(static_cast<char>('0' + value % 10));
}

}  // namespace

double Subject::as_double() const {
  switch (kind_) {
    case SubjectKind::integer:
      return static_cast<double>(as_integer());
    case SubjectKind::unsigned_integer:
      return static_cast<double>(bits_);
    case SubjectKind::floating:
      return number_;
    default:
      return 0;
  }
}

int compare_numbers(const Subject& a, const Subject& b) {
  const bool a_floating = a.kind() == SubjectKind::floating;
  const bool b_floating = b.kind() == SubjectKind::floating;
  if (a_floating && b_floating) {
    if (std::isnan(a.as_double()) || std::isnan(b.as_double())) return 2;
    return sign(a.as_double(), b.as_double());
  }
  if (b_floating) return compare_integer(a, b.as_double());
  if (a_floating) {
    const int order = compare_integer(b, a.as_double());
    return order == 2 ? 2 : -order;
  }
  if (a.kind() != b.kind()) return a.kind() == SubjectKind::integer ? -1 : 1;
  return a.kind() == SubjectKind::integer ? sign(a.as_integer(), b.as_integer())
                                          : sign(a.as_unsigned(), b.as_unsigned());
}

bool same_value(const Subject& a, const Subject& b) {
  if (rank(a) != rank(b)) return false;
  if (a.is_number()) return compare_numbers(a, b) == 0;
  switch (a.kind()) {
    case SubjectKind::absent:
    case SubjectKind::null:
      return true;
    case SubjectKind::boolean:
    case SubjectKind::date:
      return a.as_integer() == b.as_integer();
    case SubjectKind::string:
      return a.text() == b.text();
    case SubjectKind::array:
      return order_values(a, b) == 0;
    default:
      return false;
  }
}

int order_values(const Subject& a, const Subject& b) {
  if (rank(a) != rank(b)) return sign(rank(a), rank(b));
  if (a.is_number()) {
    const int order = compare_numbers(a, b);
    if (order != 2) return order;
    return sign(std::isnan(a.as_double()) ? 1 : 0, std::isnan(b.as_double()) ? 1 : 0);
  }
  switch (a.kind()) {
    case SubjectKind::boolean:
    case SubjectKind::date:
      return sign(a.as_integer(), b.as_integer());
    case SubjectKind::string:
      return sign(a.text(), b.text());
    case SubjectKind::array: {
      if (a.size() != b.size()) return sign(a.size(), b.size());
      if (a.elements() == nullptr || b.elements() == nullptr) {
        return sign(reinterpret_cast<std::uintptr_t>(a.elements()),
                    reinterpret_cast<std::uintptr_t>(b.elements()));
      }
      int order = 0;
      std::size_t position = 0;
      (void)a.elements()->all([&](const Subject& left) {
        std::size_t other = 0;
        (void)b.elements()->all([&](const Subject& right) {
          if (other++ != position) return true;
          order = order_values(left, right);
          return false;
        });
        ++position;
        return order == 0;
      });
      return order;
    }
    default:
      return 0;
  }
}

void append_number(double number, std::string& out) {
  if (std::isnan(number)) {
    out += "NaN";
    return;
  }
  if (std::isinf(number)) {
    out += number < 0 ? "-Infinity" : "Infinity";
    return;
  }
  if (number == 0) {
    out.push_back('0');
    return;
  }
  char buffer[400];
  const double size = std::fabs(number);
  if (size >= 1e-6 && size < 1e21) {
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::fixed);
    out.append(buffer, end.ptr);
    return;
  }
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific);
  const std::string_view text{buffer, static_cast<std::size_t>(end.ptr - buffer)};
  const auto exponent = text.find('e');
  out += text.substr(0, exponent + 2);
  auto digits = text.substr(exponent + 2);
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  out += digits;
}

void append_iso_date(std::int64_t milliseconds, std::string& out) {
  constexpr std::int64_t day_length = 86400000;
  std::int64_t days = milliseconds / day_length;
  std::int64_t rest = milliseconds % day_length;
  if (rest < 0) {
    rest += day_length;
    --days;
  }
  // Days to civil date: years start in March, so that the leap day comes last.
  const std::int64_t shifted = days + 719468;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const auto day_of_era = static_cast<unsigned>(shifted - era * 146097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned month_index = (5 * day_of_year + 2) / 153;
  const unsigned day = day_of_year - (153 * month_index + 2) / 5 + 1;
  const unsigned month = month_index < 10 ? month_index + 3 : month_index - 9;
  const std::int64_t year =
      static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0);

  if (year >= 0 && year <= 9999) {
    append_two(out, static_cast<unsigned>(year) / 100);
    append_two(out, static_cast<unsigned>(year) % 100);
  } else {
    out.push_back(year < 0 ? '-' : '+');
    const std::string digits = std::to_string(year < 0 ? -year : year);
    out.append(digits.size() < 6 ? 6 - digits.size() : 0, '0');
    out += digits;
  }
  out.push_back('-');
  append_two(out, month);
  out.push_back('-');
  append_two(out, day);
  out.push_back('T');
  const auto millis = static_cast<unsigned>(rest);
  append_two(out, millis / 3600000);
  out.push_back(':');
  append_two(out, millis / 60000 % 60);
  out.push_back(':');
  append_two(out, millis / 1000 % 60);
  out.push_back('.');
  out.push_back(static_cast<char>('0' + millis % 1000 / 100));
  append_two(out, millis % 100);
  out.push_back('Z');
}

void append_text(const Subject& subject, std::string& out) {
  switch (subject.kind()) {
    case SubjectKind::absent:
    case SubjectKind::null:
      out += "null";
      return;
    case SubjectKind::boolean:
      out += subject.as_boolean() ? "true" : "false";
      return;
    case SubjectKind::integer:
      out += std::to_string(subject.as_integer());
      return;
    case SubjectKind::unsigned_integer:
      out += std::to_string(subject.as_unsigned());
      return;
    case SubjectKind::floating:
      append_number(subject.as_double(), out);
      return;
    case SubjectKind::string:
      out += subject.text();
      return;
    case SubjectKind::date:
      append_iso_date(subject.as_integer(), out);
      return;
    case SubjectKind::array:
      out += "[array]";
      return;
    case SubjectKind::object:
      out += "[object]";
      return;
  }
}

}  // namespace roost::validation
