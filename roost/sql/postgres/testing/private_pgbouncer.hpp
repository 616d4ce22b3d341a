// A pgbouncer of the tests' own in front of a PostgreSQL.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace roost::db::postgres {

/// Pools in transaction mode, for every database of the server. Needs the Debian package pgbouncer.
/// Gone when destroyed, or when the process dies.
class PrivatePgbouncer {
 public:
  /// Throws roost::Error when it does not start. `pool_size`: connections to each database.
  explicit PrivatePgbouncer(int server_port, int pool_size = 4);
  PrivatePgbouncer(const PrivatePgbouncer&) = delete;
  PrivatePgbouncer& operator=(const PrivatePgbouncer&) = delete;
  ~PrivatePgbouncer();

  /// postgres://postgres@127.0.0.1:port/database
  [[nodiscard]] std::string url(std::string_view database) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace roost::db::postgres
