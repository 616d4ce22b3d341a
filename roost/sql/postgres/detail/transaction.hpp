// PRIVATE: interactive transactions, connections and streams on exclusive connections.
#pragma once

#include <roost/sql/driver.hpp>
#include <roost/sql/postgres/detail/call.hpp>
#include <roost/sql/postgres/detail/pools.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace roost::db::postgres::detail {

/// On a session of its own, or on that of a Connection.
[[nodiscard]] Owned<Transaction> make_transaction(std::shared_ptr<Session> session,
                                                  bool owns_session, TransactionOptions options);

/// Waits for a connection; BEGIN travels with the first statement.
[[nodiscard]] Task<Owned<Transaction>> begin_transaction(std::shared_ptr<Core> core,
                                                         TransactionOptions options);
[[nodiscard]] Task<Owned<Connection>> connect_session(std::shared_ptr<Core> core);

/// What a stream fetches from: a cursor that `declare …` opens, within a transaction that `opening`
/// begins (empty: it is there already).
[[nodiscard]] Task<RowStream> open_cursor(std::shared_ptr<Session> session, bool owns_session,
                                          std::string_view opening, Statement statement,
                                          std::span<const ValueView> parameters,
                                          StreamOptions options);

/// One statement on a session whose turn it is, and its line in the log. `before` are commands that
/// travel ahead of it.
[[nodiscard]] Task<Result> run_on(Session& session, const Statement& statement,
                                  std::span<const ValueView> parameters, CallKind kind,
                                  ExecuteOptions options, std::span<const std::string_view> before,
                                  std::uint64_t unit);

/// The statements of a script on a session; `within` says that a transaction is open.
[[nodiscard]] Task<void> run_script_on(std::shared_ptr<Session> session, std::string_view script,
                                       ScriptOptions options, bool within,
                                       std::span<const std::string_view> before);

}  // namespace roost::db::postgres::detail
