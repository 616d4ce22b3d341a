// PRIVATE: one connection with what belongs to it, wherever it is in use. libpq opens, cancels and
// closes it; what statements say and hear travels here, past libpq.
#pragma once

#include <roost/async/task.hpp>
#include <roost/sql/postgres/detail/core.hpp>
#include <roost/sql/postgres/detail/messages.hpp>
#include <roost/sql/postgres/detail/statement_cache.hpp>

#include <cstdint>
#include <memory>
#include <string>

using PGconn = struct pg_conn;
using SSL = struct ssl_st;

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
  [[nodiscard]] int socket() const;

  enum class Transfer : std::uint8_t { done, blocked, more, failed };
  /// Sends what waits in `out`; blocked: the socket takes no more now.
  [[nodiscard]] Transfer send();
  /// Reads what has arrived into `in`; also when it fails, something may have. more: call it again
  /// after reading that.
  [[nodiscard]] Transfer receive();
  /// Why a transfer failed.
  [[nodiscard]] const std::string& problem() const { return problem_; }

  /// Of an opened connection: from now on libpq leaves the socket alone.
  void take_over();
  /// Of an idle connection: has the server closed it, or said something that nobody asked for?
  [[nodiscard]] bool stale() const;

  MessageWriter out;
  MessageReader in;
  StatementCache statements;
  std::uint64_t number = 0;     // within the database, for the log
  bool set_up = false;          // its session settings were sent
  bool counted = false;         // as open
  bool in_transaction = false;  // as the server said last

 private:
  [[nodiscard]] Transfer send_plain();
  [[nodiscard]] Transfer send_encrypted();
  [[nodiscard]] Transfer receive_plain();
  [[nodiscard]] Transfer receive_encrypted();
  Transfer fail(std::string problem);
  Transfer fail_encrypted(int error);

  PGconn* connection_;
  SSL* tls_ = nullptr;  // belongs to the connection
  std::string problem_;
  std::shared_ptr<Core> core_;
};

/// Connects on this loop. Throws ConnectionError; limits are the caller's.
[[nodiscard]] Task<std::unique_ptr<Wire>> connect_wire(std::shared_ptr<Core> core);

}  // namespace roost::db::postgres::detail
