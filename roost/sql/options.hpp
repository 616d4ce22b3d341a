// How a database is opened and how its operations are executed: the option types.
#pragma once

#include <roost/base/chrono.hpp>
#include <roost/sql/statement_log.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace roost::db {

/// A data source. Everything beyond `url` has a default that suits a server.
///
/// URLs: `sqlite::memory:` (one database per Database object, shared by all its connections, gone
/// with it), `sqlite:relative/path.db`, `sqlite:/absolute/path.db`, `postgres://user@host/name`.
/// Options of one driver alone are parameters of the URL (`sqlite:app.db?busy_timeout=2000`,
/// `postgres://…?sslmode=verify-full`); each driver's header lists them. Unknown ones are refused.
class DatabaseOptions {
 public:
  DatabaseOptions() = default;
  explicit DatabaseOptions(std::string url_) : url{std::move(url_)} {}

  std::string url;
  std::string name = "default";  // for logs and metrics
  StatementLogSettings log;

  /// PostgreSQL: shared connections of each event loop, as many for reads and for writes, opened as
  /// they are needed. Zero: up to 16 of each kind for all loops, at most 4 and at least 1 for each.
  std::size_t connections_per_loop = 0;
  /// Connections for interactive transactions, streams and `connect`, for the whole process.
  std::size_t session_connections = 10;
  /// Longest wait for one of these; then PoolTimeout.
  std::chrono::milliseconds acquire_timeout{5'000};
  std::chrono::milliseconds connect_timeout{5'000};
  /// Longest time of one statement when neither the caller nor the ambient deadline says less; zero
  /// or less: no limit.
  std::chrono::milliseconds statement_timeout{30'000};
  /// Longest life of an interactive transaction; then it is rolled back. Zero or less: no limit.
  std::chrono::milliseconds transaction_timeout{30'000};
  /// Statements without a slot that a connection keeps prepared.
  std::size_t statement_cache = 500;
};

/// How one statement or batch is executed. Trivially copyable; `label` must outlive the execution.
class ExecuteOptions {
 public:
  constexpr ExecuteOptions() = default;
  constexpr explicit ExecuteOptions(std::chrono::milliseconds timeout_) : timeout{timeout_} {}
  constexpr explicit ExecuteOptions(std::string_view label_) : label{label_} {}

  /// The earliest of this, the ambient deadline and DatabaseOptions::statement_timeout counts.
  /// Zero: no limit of its own.
  std::chrono::milliseconds timeout{0};
  /// Shown by the statement log: a route, an entity, a repository method.
  std::string_view label;
  /// May answer before the commit is on the disk (`synchronous_commit = off`); a crash of the
  /// database may then lose it. SQLite ignores this: there a group commit pays for all.
  bool relaxed_durability = false;
};

/// How many rows a stream holds in memory at a time.
class StreamOptions : public ExecuteOptions {
 public:
  constexpr StreamOptions() = default;
  constexpr explicit StreamOptions(std::size_t chunk_rows_) : chunk_rows{chunk_rows_} {}
  std::size_t chunk_rows = 256;
};

enum class Isolation : std::uint8_t {
  standard,  // what the database is configured for: PostgreSQL read committed, SQLite serializable
  read_committed,
  repeatable_read,
  serializable,
};

/// An interactive transaction: user code runs between its statements. SQLite is always
/// serializable: a weaker isolation level than asked for never happens, a stronger one may.
class TransactionOptions {
 public:
  constexpr TransactionOptions() = default;
  constexpr explicit TransactionOptions(Isolation isolation_) : isolation{isolation_} {}

  [[nodiscard]] static constexpr TransactionOptions reading() {
    TransactionOptions options;
    options.read_only = true;
    return options;
  }

  Isolation isolation = Isolation::standard;
  /// All reads see one snapshot (SQLite; PostgreSQL from repeatable_read); writes fail: ReadOnly.
  bool read_only = false;
  bool relaxed_durability = false;
  /// Instead of DatabaseOptions::transaction_timeout; zero: that one.
  std::chrono::milliseconds timeout{0};
  /// How often `Database::transactional` runs its body again after a serialization failure or
  /// deadlock. Nothing is ever run twice unless this says so.
  unsigned retries = 0;
  std::string_view label;
};

/// How a script is executed.
class ScriptOptions : public ExecuteOptions {
 public:
  constexpr ScriptOptions() = default;
  /// All statements in one transaction. False for those that refuse one (VACUUM, CREATE INDEX
  /// CONCURRENTLY): then each is a transaction of its own and the first error stops the script.
  bool transactional = true;
};

/// Counts since the database was opened, and the state now. A snapshot for metrics.
struct DatabaseStatistics {
  std::uint64_t statements = 0;
  std::uint64_t errors = 0;
  std::uint64_t transactions = 0;  // interactive ones
  std::uint64_t units = 0;         // batches and single writes
  std::uint64_t commits = 0;       // of the database: group commits (SQLite), Syncs (PostgreSQL)
  std::uint64_t extra_round_trips = 0;  // of units that needed the answers to their own statements
  std::uint64_t prepares = 0;
  std::uint64_t reconnects = 0;
  std::size_t open_connections = 0;
  std::size_t waiting = 0;  // tasks that wait for a connection or for the writer
};

}  // namespace roost::db
