// PRIVATE: one connection of libpq with what belongs to it, wherever it is in use.
#pragma once

#include <roost/async/task.hpp>
#include <roost/sql/postgres/detail/core.hpp>
#include <roost/sql/postgres/detail/statement_cache.hpp>

#include <cstdint>
#include <memory>

using PGconn = struct pg_conn;

namespace roost::db::postgres::detail {

/// Owns the connection; closing it ends whatever runs on it. May move between threads while idle.
class Wire {
 public:
  /// Takes over `connection`, which may be null.
  Wire(PGconn* connection, std::shared_ptr<Core> core);
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire();

  [[nodiscard]] PGconn* native() const { return connection_; }
  [[nodiscard]] bool works() const;
  /// Of an idle connection: has the server closed it, or said something that nobody asked for?
  [[nodiscard]] bool stale() const;

  StatementCache statements;
  std::uint64_t number = 0;  // within the database, for the log
  bool set_up = false;       // its session settings were sent
  bool counted = false;      // as open

 private:
  PGconn* connection_;
  std::shared_ptr<Core> core_;
};

/// Connects on this loop and enters pipeline mode. Throws ConnectionError; limits are the caller's.
[[nodiscard]] Task<std::unique_ptr<Wire>> connect_wire(std::shared_ptr<Core> core);

}  // namespace roost::db::postgres::detail
