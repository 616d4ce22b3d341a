// Where a database is and how its connections are set up: the parsed URL.
#pragma once

#include <roost/base/chrono.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace roost::db::sqlite::detail {

struct Location {
  std::string path;   // what sqlite3_open_v2 gets
  std::string shown;  // for messages
  bool memory = false;
  bool read_only = false;
  bool create = true;
  bool full_sync = true;
  std::chrono::milliseconds busy_timeout{5'000};
  std::chrono::microseconds inline_limit{3'000};
  std::size_t cache_kib = 16'384;
};

/// Throws UsageError, which names the part that is wrong. An in-memory database has no path yet.
[[nodiscard]] Location parse_url(std::string_view url);

}  // namespace roost::db::sqlite::detail
