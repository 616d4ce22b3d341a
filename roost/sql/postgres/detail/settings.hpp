// PRIVATE: what a postgres:// URL says: libpq's own parameters and ours.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace roost::db::postgres::detail {

struct Settings {
  /// For PQconnectStartParams, without the null at the end.
  std::vector<std::string> keywords;
  std::vector<std::string> values;
  bool pooler = false;      // in transaction mode
  bool prepared = true;     // statements are kept prepared
  bool share_reads = true;  // under one Sync
  /// Must the name of a host be looked up, which libpq does while it blocks?
  bool looks_up_names = false;
};

/// Throws UsageError, which never shows the password.
[[nodiscard]] Settings parse_url(std::string_view url, std::string_view application_name);

}  // namespace roost::db::postgres::detail
