// Days of the calendar and times of day, without a time zone.
#pragma once

#include <roost/base/chrono.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace roost {

/// A day of the Gregorian calendar; the default is 1970-01-01. Trivially copyable. Texts cover the
/// years 0000 to 9999.
class Date {
 public:
  static constexpr std::string_view text_format = "date";
  static constexpr std::string_view text_expected = "must be a date (YYYY-MM-DD)";

  constexpr Date() = default;
  constexpr Date(std::chrono::sys_days day)
      : days_{static_cast<std::int32_t>(day.time_since_epoch().count())} {}

  /// No value for a day that does not exist, or a year outside of 0000 to 9999.
  [[nodiscard]] static std::optional<Date> of(int year, int month, int day);
  /// Reads "2026-11-22"; no value for anything else, or for a day that does not exist.
  [[nodiscard]] static std::optional<Date> parse(std::string_view text);

  [[nodiscard]] constexpr std::int32_t days_since_epoch() const { return days_; }
  [[nodiscard]] constexpr std::chrono::sys_days sys_days() const {
    return std::chrono::sys_days{std::chrono::days{days_}};
  }
  [[nodiscard]] int year() const;
  [[nodiscard]] int month() const;  // 1 to 12
  [[nodiscard]] int day() const;    // 1 to 31

  [[nodiscard]] std::string to_string() const;
  void append_to(std::string& out) const;

  friend constexpr auto operator<=>(const Date&, const Date&) = default;

 private:
  std::int32_t days_ = 0;
};

/// A time of day to the microsecond, from 00:00:00 to 23:59:59.999999. Trivially copyable.
class TimeOfDay {
 public:
  static constexpr std::string_view text_format = "time";
  static constexpr std::string_view text_expected = "must be a time of day (HH:MM:SS)";

  constexpr TimeOfDay() = default;
  /// Whole days are cut off.
  constexpr explicit TimeOfDay(std::chrono::microseconds since_midnight)
      : microseconds_{(since_midnight.count() % per_day + per_day) % per_day} {}

  /// Reads "10:29", "10:29:39" or "10:29:39.5", up to nine digits of fraction, cut to six.
  [[nodiscard]] static std::optional<TimeOfDay> parse(std::string_view text);

  [[nodiscard]] constexpr std::chrono::microseconds since_midnight() const {
    return std::chrono::microseconds{microseconds_};
  }

  /// "10:29:39", with six digits of fraction if there is one.
  [[nodiscard]] std::string to_string() const;
  void append_to(std::string& out) const;

  friend constexpr auto operator<=>(const TimeOfDay&, const TimeOfDay&) = default;

 private:
  static constexpr std::int64_t per_day = 86'400'000'000;
  std::int64_t microseconds_ = 0;
};

}  // namespace roost
