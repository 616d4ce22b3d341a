// One connection of SQLite: opening, set-up, prepared statements by slot, execution.
#pragma once

#include <roost/base/chrono.hpp>
#include <roost/sql/batch.hpp>
#include <roost/sql/result.hpp>
#include <roost/sql/scratch.hpp>
#include <roost/sql/sqlite/detail/location.hpp>
#include <roost/sql/sqlite/detail/rows.hpp>
#include <roost/sql/statement.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace roost::db::sqlite::detail {

enum class Role { reader, writer };

struct CloseDatabase {
  void operator()(sqlite3* database) const noexcept;
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const noexcept;
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

/// A statement that this connection keeps prepared.
struct Prepared {
  StatementHandle statement;
  std::shared_ptr<const ColumnNames> names;
  std::string text;  // only of statements without a slot
  std::vector<ValueType> types;
  int parameter_count = 0;
  bool reads = false;     // changes nothing
  int reprepared = 0;     // SQLite's own count, to notice changed columns
  std::uint8_t slow = 0;  // how many times more it goes to a worker at once
};

/// Limits of one execution; checked every few thousand steps of SQLite's machine.
struct ExecutionLimits {
  using TimePoint = std::chrono::steady_clock::time_point;
  TimePoint deadline = TimePoint::max();
  /// Counts from the first check, so that what is quick never looks at the clock.
  std::chrono::nanoseconds budget = std::chrono::nanoseconds::max();
  const std::atomic<bool>* cancelled = nullptr;
};

/// Used by one thread at a time. Throws DatabaseErrors.
class Handle {
 public:
  /// Opens the file and sets the connection up.
  Handle(const Location& location, Role role, std::size_t cached_statements);
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle();

  /// The prepared statement, from its slot or the cache, or prepared now. Valid until the next
  /// call.
  Prepared& prepare(const Statement& statement);
  /// A prepared statement that belongs to the caller; SQL of our own may control transactions.
  [[nodiscard]] StatementHandle prepare_once(std::string_view text);

  /// Binds, runs to the end, and copies the rows.
  Result run(Prepared& prepared, std::span<const ValueView> parameters,
             std::span<const Result> earlier, const ExecutionLimits& limits);
  Result run(const Statement& statement, std::span<const ValueView> parameters,
             std::span<const Result> earlier, const ExecutionLimits& limits) {
    return run(prepare(statement), parameters, earlier, limits);
  }
  /// The statements of a batch, in order; throws with `batch_index`.
  std::vector<Result> run_batch(const Batch& batch, const ExecutionLimits& limits);

  /// SQL of our own, without parameters and rows. These are kept prepared.
  void begin() { step_own(begin_, "begin"); }
  void begin_immediate() { step_own(begin_immediate_, "begin immediate"); }
  void commit() { step_own(commit_, "commit"); }
  void savepoint() { step_own(savepoint_, "savepoint roost_unit"); }
  void release() { step_own(release_, "release roost_unit"); }
  void rollback_to_savepoint() { step_own(rollback_to_, "rollback to roost_unit"); }
  /// Never throws; does nothing outside of a transaction.
  void rollback() noexcept;
  void execute_own(std::string_view text);

  [[nodiscard]] bool in_transaction() const noexcept;
  /// Foreign keys whose check waits for the commit and would fail now.
  [[nodiscard]] bool has_open_foreign_keys() const noexcept;
  [[noreturn]] void throw_open_foreign_keys() const;
  /// Moves committed pages from the log to the database; how many of the log are there now. What
  /// readers of old snapshots need stays; `wait`: for readers, a moment long, so that the log
  /// begins anew.
  int checkpoint(bool wait) noexcept;
  /// Pages in the log after the last commit of this connection.
  [[nodiscard]] int log_pages() const noexcept { return log_pages_; }

  /// While true, SQL may change the connection's settings (Connection) but no transactions.
  void allow_settings(bool allowed) { settings_allowed_ = allowed; }
  [[nodiscard]] sqlite3* native() const noexcept { return database_.get(); }
  [[nodiscard]] std::uint64_t prepares() const noexcept { return prepares_; }

 private:
  class Limited;
  friend class Cursor;
  struct Cached {
    std::uint64_t hash;
    Prepared prepared;
  };

  void open();
  void set_up();
  void check_json();
  void fill(Prepared& prepared, std::string_view text);
  void refresh_names(Prepared& prepared);
  void bind_all(Prepared& prepared, std::span<const ValueView> parameters,
                std::span<const Result> earlier, Scratch& scratch);
  void step_own(StatementHandle& statement, std::string_view text);
  [[noreturn]] void fail(int code, std::string_view statement);
  [[noreturn]] void fail_and_reset(int code, sqlite3_stmt* statement);
  int on_progress() noexcept;
  int authorize(int action, const char* first, const char* second) noexcept;

  const Location& location_;
  Role role_;
  std::size_t cache_limit_;
  std::unique_ptr<sqlite3, CloseDatabase> database_;
  std::vector<std::unique_ptr<Prepared>> slots_;
  std::list<Cached> cache_;  // most recently used first
  std::unordered_multimap<std::uint64_t, std::list<Cached>::iterator> cache_index_;
  StatementHandle begin_;
  StatementHandle begin_immediate_;
  StatementHandle commit_;
  StatementHandle savepoint_;
  StatementHandle release_;
  StatementHandle rollback_to_;
  Scratch scratch_;
  ExecutionLimits limits_;
  std::uint64_t prepares_ = 0;
  int log_pages_ = 0;
  bool checking_ = false;  // while SQL of a user is prepared
  bool settings_allowed_ = false;
};

}  // namespace roost::db::sqlite::detail
