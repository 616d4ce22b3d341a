// Rules for points in time, and for texts that name one.
#pragma once

#include <roost/validation/rule.hpp>

#include <concepts>
#include <cstdint>

namespace roost::validation {

/// roost::Timestamp, without needing its header here.
template <class T>
concept PointInTime = requires(const T& time) {
  { time.milliseconds_since_epoch() } -> std::convertible_to<std::int64_t>;
};
/// A function that says a point in time at each check: `[] { return Timestamp::now(); }`.
template <class F>
concept Clock = std::is_empty_v<F> && std::default_initializable<F> && requires(const F& function) {
  { function() } -> PointInTime;
};

/// A fixed time, or one that a function says.
struct TimeBound {
  std::int64_t milliseconds = 0;
  std::int64_t (*clock)() = nullptr;

  [[nodiscard]] std::int64_t value() const { return clock == nullptr ? milliseconds : clock(); }
};
struct MinDate {
  static constexpr Domain domain = Domain::other;
  static const RuleOperations operations;
  TimeBound bound;
};
struct MaxDate {
  static constexpr Domain domain = Domain::other;
  static const RuleOperations operations;
  TimeBound bound;
};

struct Iso8601Options {
  bool strict = false;            // the day must exist in the calendar
  bool strict_separator = false;  // only T between date and time
};
struct IsIso8601 {
  using Options = Iso8601Options;
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  Options options{};
};
struct IsDateString {
  using Options = Iso8601Options;
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  Options options{};
};
struct IsRfc3339 {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
};
struct IsMilitaryTime {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
};
struct IsTimeZone {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
};

template <Clock F>
std::int64_t read_clock() {
  return F{}().milliseconds_since_epoch();
}

}  // namespace roost::validation

namespace roost {

/// Not before that time.
template <validation::PointInTime T>
constexpr auto min_date(const T& time) {
  return validation::Rule<validation::MinDate>{{}, {{time.milliseconds_since_epoch(), nullptr}}};
}
/// Not before the time that the function says: `min_date([] { return Timestamp::now(); })`.
template <validation::Clock F>
constexpr auto min_date(const F&) {
  return validation::Rule<validation::MinDate>{{}, {{0, &validation::read_clock<F>}}};
}
/// Not after that time.
template <validation::PointInTime T>
constexpr auto max_date(const T& time) {
  return validation::Rule<validation::MaxDate>{{}, {{time.milliseconds_since_epoch(), nullptr}}};
}
/// Not after the time that the function says.
template <validation::Clock F>
constexpr auto max_date(const F&) {
  return validation::Rule<validation::MaxDate>{{}, {{0, &validation::read_clock<F>}}};
}
/// The text of an ISO 8601 date, week, ordinal date or date-time; a Timestamp member needs no rule.
inline constexpr validation::Rule<validation::IsIso8601> is_iso8601{};
/// The same under another key.
inline constexpr validation::Rule<validation::IsDateString> is_date_string{};
/// The text of an RFC 3339 date-time.
inline constexpr validation::Rule<validation::IsRfc3339> is_rfc3339{};
/// "23:59" or "2359".
inline constexpr validation::Rule<validation::IsMilitaryTime> is_military_time{};
/// The name of a time zone, as in the IANA data.
inline constexpr validation::Rule<validation::IsTimeZone> is_time_zone{};

}  // namespace roost
