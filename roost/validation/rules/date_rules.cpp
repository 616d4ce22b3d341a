// Rules for points in time, and for texts that name one.
#include <roost/validation/detail/define_rule.hpp>
#include <roost/validation/detail/text.hpp>
#include <roost/validation/rules/date_rules.hpp>

#include <re2/re2.h>
#include <unicode/ucal.h>
#include <unicode/uenum.h>

#include <algorithm>
#include <vector>

namespace roost::validation {

namespace {

using namespace detail;

bool check_min_date(const MinDate& rule, const Subject& subject) {
  return subject.is_date() && subject.as_integer() >= rule.bound.value();
}
bool check_max_date(const MaxDate& rule, const Subject& subject) {
  return subject.is_date() && subject.as_integer() <= rule.bound.value();
}
template <class P>
void print_bound(const P& rule, std::size_t index, std::string& out) {
  if (index == 1) append_iso_date(rule.bound.value(), out);
}

bool matches_fully(std::string_view text, const re2::RE2& pattern) {
  return re2::RE2::FullMatch({text.data(), text.size()}, pattern);
}

bool is_leap_year(std::int64_t year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/// The day of a calendar date or an ordinal date exists; other forms have nothing to check.
bool day_exists(std::string_view text) {
  static const re2::RE2 calendar{R"([+-]?(\d{4})-?(\d{2})-?(\d{2})(?:\D.*)?)"};
  static const re2::RE2 ordinal{R"([+-]?(\d{4})-?(\d{3})(?:\D.*)?)"};
  int year = 0;
  int month = 0;
  int day = 0;
  const re2::StringPiece piece{text.data(), text.size()};
  if (re2::RE2::FullMatch(piece, ordinal, &year, &day)) {
    return day >= 1 && day <= (is_leap_year(year) ? 366 : 365);
  }
  if (!re2::RE2::FullMatch(piece, calendar, &year, &month, &day)) return true;
  if (month < 1 || month > 12 || day < 1) return false;
  constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return day <= lengths[month - 1] + (month == 2 && is_leap_year(year) ? 1 : 0);
}

// A year, or a month, day, week or ordinal day of it, hyphens all or none; then perhaps a time,
// with colons all or none, and its zone.
constexpr const char* iso_pattern =
    R"([+-]?\d{4}(?:(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)"
    R"(|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|-?W(?:0[1-9]|[1-4]\d|5[0-3])(?:-?[1-7])?)"
    R"(|-?(?:00[1-9]|0[1-9]\d|[12]\d{2}|3[0-5]\d|36[0-6])))"
    R"((?:([T ])(?:(?:[01]\d|2[0-3])(?::[0-5]\d(?::[0-5]\d)?|[0-5]\d(?:[0-5]\d)?)?(?:[.,]\d+)?)"
    R"(|24(?::?00)?(?:[.,]0+)?)(?:[zZ]|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?)?)?)";

bool is_iso8601_text(std::string_view text, const Iso8601Options& options) {
  static const re2::RE2 pattern{iso_pattern};
  re2::StringPiece separator;
  if (!re2::RE2::FullMatch({text.data(), text.size()}, pattern, &separator)) return false;
  if (options.strict_separator && !separator.empty() && separator[0] != 'T') return false;
  return !options.strict || day_exists(text);
}

bool is_rfc3339_text(std::string_view text) {
  static const re2::RE2 pattern{
      R"(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt ](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60))"
      R"((?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d))"};
  return matches_fully(text, pattern);
}

bool is_military_time_text(std::string_view text) {
  static const re2::RE2 pattern{R"((?:[01]\d|2[0-3]):?[0-5]\d)"};
  return matches_fully(text, pattern);
}

/// Lower-case names of all time zones that ICU knows, sorted.
std::vector<std::string> load_time_zones() {
  std::vector<std::string> names;
  UErrorCode status = U_ZERO_ERROR;
  UEnumeration* const zones = ucal_openTimeZones(&status);
  int32_t length = 0;
  while (U_SUCCESS(status)) {
    const char* const name = uenum_next(zones, &length, &status);
    if (name == nullptr) break;
    names.push_back(ascii_lower({name, static_cast<std::size_t>(length)}));
  }
  uenum_close(zones);
  std::sort(names.begin(), names.end());
  return names;
}

/// ICU knows abbreviations (PST, IST) that the IANA data does not have.
bool is_abbreviation_of_icu(std::string_view name) {
  static constexpr std::string_view iana_short[] = {"utc", "gmt", "est", "mst", "hst", "cet", "met",
                                                    "eet", "wet", "uct", "prc", "roc", "rok"};
  return name.size() == 3 &&
         std::find(std::begin(iana_short), std::end(iana_short), name) == std::end(iana_short);
}

bool is_time_zone_name(std::string_view text) {
  static const std::vector<std::string> names = load_time_zones();
  const std::string name = ascii_lower(text);
  if (name == "etc/unknown" || name.starts_with("systemv/") || is_abbreviation_of_icu(name)) {
    return false;
  }
  return std::binary_search(names.begin(), names.end(), name);
}

}  // namespace

const RuleOperations MinDate::operations{
    .key = "minDate",
    .message = "minimal allowed date for $each$property is $constraint1",
    .signature = "min_date(time)",
    .summary = "is a Timestamp not before the time",
    .check = &checked<MinDate, &check_min_date>,
    .constraint = &printed<MinDate, &print_bound<MinDate>>,
};

const RuleOperations MaxDate::operations{
    .key = "maxDate",
    .message = "maximal allowed date for $each$property is $constraint1",
    .signature = "max_date(time)",
    .summary = "is a Timestamp not after the time",
    .check = &checked<MaxDate, &check_max_date>,
    .constraint = &printed<MaxDate, &print_bound<MaxDate>>,
};

const RuleOperations IsIso8601::operations{
    .key = "isIso8601",
    .message = "$each$property must be a valid ISO 8601 date string",
    .signature = "is_iso8601({…})",
    .summary = "is the text of an ISO 8601 date or date-time",
    .check = &checked_with_options<IsIso8601, &is_iso8601_text>,
    .implies_type = true,
};

const RuleOperations IsDateString::operations{
    .key = "isDateString",
    .message = "$each$property must be a valid ISO 8601 date string",
    .signature = "is_date_string({…})",
    .summary = "is the text of an ISO 8601 date or date-time",
    .check = &checked_with_options<IsDateString, &is_iso8601_text>,
    .implies_type = true,
};

const RuleOperations IsRfc3339::operations{
    .key = "isRFC3339",
    .message = "$each$property must be RFC 3339 date",
    .signature = "is_rfc3339",
    .summary = "is the text of an RFC 3339 date-time",
    .check = &checked_text<&is_rfc3339_text>,
    .implies_type = true,
};

const RuleOperations IsMilitaryTime::operations{
    .key = "isMilitaryTime",
    .message = "$each$property must be a valid representation of military time in the format HH:MM",
    .signature = "is_military_time",
    .summary = "is a time of day, HH:MM",
    .check = &checked_text<&is_military_time_text>,
    .implies_type = true,
};

const RuleOperations IsTimeZone::operations{
    .key = "isTimeZone",
    .message = "$each$property must be a valid IANA time-zone",
    .signature = "is_time_zone",
    .summary = "is the name of a time zone in the IANA data",
    .check = &checked_text<&is_time_zone_name>,
    .implies_type = true,
};

}  // namespace roost::validation
