// A point in time in UTC with the precision that JSON and databases carry: milliseconds.
#pragma once

#include <roost/base/chrono.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace roost {

/// Milliseconds since 1970-01-01T00:00:00Z. Texts cover the years 0001 to 9999. Trivially copyable;
/// arithmetic stops at the ends of std::int64_t instead of overflowing.
class Timestamp {
 public:
  using Duration = std::chrono::milliseconds;
  using TimePoint = std::chrono::sys_time<Duration>;

  /// For JSON Schema and for messages.
  static constexpr std::string_view text_format = "date-time";
  static constexpr std::string_view text_expected = "must be a Date instance";

  /// 1970-01-01T00:00:00Z.
  constexpr Timestamp() = default;
  constexpr Timestamp(TimePoint time) : milliseconds_{time.time_since_epoch().count()} {}
  constexpr explicit Timestamp(Duration since_epoch) : milliseconds_{since_epoch.count()} {}

  /// The system clock, cut to milliseconds.
  [[nodiscard]] static Timestamp now();

  /// Reads an ISO 8601 date (`2022-02-03`: midnight UTC) or date-time: `2022-02-03T01:00`, then
  /// optionally `:30`, a fraction of 1 to 9 digits (cut to milliseconds) and `Z` or an offset
  /// `+01:00`. Without a zone it is UTC, unlike in JavaScript, where it is local time. No value for
  /// anything else: impossible days (2022-02-31), second 60, hour 24, years outside 0001 to 9999.
  [[nodiscard]] static std::optional<Timestamp> parse(std::string_view text);

  /// True for a text that `parse` reads and that leaves nothing open: a date-time with a zone (`Z`
  /// or an offset) and at most three digits of a fraction.
  [[nodiscard]] static bool is_exact(std::string_view text);

  /// Earliest and latest time that `parse` reads and that is written with a four-digit year.
  [[nodiscard]] static constexpr Timestamp min() { return Timestamp{Duration{-62135596800000}}; }
  [[nodiscard]] static constexpr Timestamp max() { return Timestamp{Duration{253402300799999}}; }

  [[nodiscard]] constexpr std::int64_t milliseconds_since_epoch() const { return milliseconds_; }
  [[nodiscard]] constexpr TimePoint time_point() const {
    return TimePoint{Duration{milliseconds_}};
  }

  /// "2022-02-03T00:00:00.000Z"; beyond year 9999 or before year 0 the year has a sign and six or
  /// more digits, as ISO 8601 allows.
  [[nodiscard]] std::string to_string() const;
  void append_to(std::string& out) const;

  constexpr Timestamp& operator+=(Duration duration) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(milliseconds_, duration.count(), &sum)) {
      sum = duration.count() < 0 ? INT64_MIN : INT64_MAX;
    }
    milliseconds_ = sum;
    return *this;
  }
  constexpr Timestamp& operator-=(Duration duration) {
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(milliseconds_, duration.count(), &difference)) {
      difference = duration.count() < 0 ? INT64_MAX : INT64_MIN;
    }
    milliseconds_ = difference;
    return *this;
  }
  [[nodiscard]] friend constexpr Timestamp operator+(Timestamp time, Duration duration) {
    return time += duration;
  }
  [[nodiscard]] friend constexpr Timestamp operator+(Duration duration, Timestamp time) {
    return time += duration;
  }
  [[nodiscard]] friend constexpr Timestamp operator-(Timestamp time, Duration duration) {
    return time -= duration;
  }
  [[nodiscard]] friend constexpr Duration operator-(Timestamp later, Timestamp earlier) {
    Timestamp difference{Duration{later.milliseconds_}};
    difference -= Duration{earlier.milliseconds_};
    return Duration{difference.milliseconds_};
  }
  friend constexpr auto operator<=>(const Timestamp&, const Timestamp&) = default;

 private:
  std::int64_t milliseconds_ = 0;
};

}  // namespace roost
