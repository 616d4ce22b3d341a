// Reads sqlite: URLs.
#include <roost/sql/errors.hpp>
#include <roost/sql/sqlite/detail/location.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace roost::db::sqlite::detail {

namespace {

[[noreturn]] void refuse(std::string_view name, std::string_view value, std::string_view allowed) {
  throw UsageError("sqlite URL: parameter " + std::string{name} + "=" + std::string{value} +
                   " is not understood; " + std::string{allowed});
}

std::int64_t number(std::string_view name, std::string_view value, std::int64_t most) {
  std::int64_t parsed = -1;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
  if (error != std::errc{} || end != value.data() + value.size() || parsed < 0 || parsed > most) {
    refuse(name, value, "it takes a number from 0 to " + std::to_string(most));
  }
  return parsed;
}

void apply(Location& location, std::string_view name, std::string_view value) {
  if (name == "mode") {
    if (value != "rwc" && value != "rw" && value != "ro") refuse(name, value, "use rwc, rw or ro");
    location.create = value == "rwc";
    location.read_only = value == "ro";
  } else if (name == "busy_timeout") {
    location.busy_timeout = std::chrono::milliseconds{number(name, value, 3'600'000)};
  } else if (name == "synchronous") {
    if (value != "full" && value != "normal") refuse(name, value, "use full or normal");
    location.full_sync = value == "full";
  } else if (name == "cache_kib") {
    location.cache_kib = static_cast<std::size_t>(number(name, value, 1 << 26));
  } else if (name == "inline_limit_ms") {
    location.inline_limit = std::chrono::milliseconds{number(name, value, 60'000)};
  } else {
    refuse(name, value, "known are mode, busy_timeout, synchronous, cache_kib and inline_limit_ms");
  }
}

}  // namespace

Location parse_url(std::string_view url) {
  constexpr std::string_view scheme = "sqlite:";
  if (!url.starts_with(scheme)) throw UsageError("an SQLite URL begins with \"sqlite:\"");
  std::string_view rest = url.substr(scheme.size());
  const std::size_t question = rest.find('?');
  std::string_view parameters;
  if (question != std::string_view::npos) {
    parameters = rest.substr(question + 1);
    rest = rest.substr(0, question);
  }
  if (rest.starts_with("//")) {  // sqlite:///absolute/path, sqlite://relative/path
    rest.remove_prefix(2);
  }
  if (rest.empty() || rest.find('\0') != std::string_view::npos) {
    throw UsageError(
        "the sqlite URL names no file; write sqlite:app.db, sqlite:/var/lib/app/app.db or "
        "sqlite::memory:");
  }
  Location location;
  location.shown = rest;
  location.memory = rest == ":memory:";
  if (!location.memory) location.path = rest;
  while (!parameters.empty()) {
    const std::string_view one = parameters.substr(0, parameters.find('&'));
    parameters.remove_prefix(std::min(one.size() + 1, parameters.size()));
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos) refuse(one, "", "write name=value");
    apply(location, one.substr(0, equals), one.substr(equals + 1));
  }
  return location;
}

}  // namespace roost::db::sqlite::detail
