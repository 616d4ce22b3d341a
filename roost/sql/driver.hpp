// What runs SQL: the interfaces that a driver implements and that the ORM and applications use.
//
//   Executor                execute statements and batches, stream rows, run scripts
//   ├── Database            a data source with its pools; every call is a unit of its own
//   ├── Connection          one session of its own, outside of a transaction
//   └── Transaction         an interactive transaction on a session of its own
//
// All of them are used on event loops. A Database may be shared by all threads: each loop has its
// own connections. A Connection, Transaction or RowStream belongs to the loop that opened it and to
// one task at a time: a second statement while one is under way is a UsageError.
//
// What a caller passes by reference, span or view lives until the awaited call is done. Destroying
// a task that waits for a statement is allowed: what has not begun never will; a statement under
// way is cancelled if it can be, and its effect is then unknown, except inside a transaction, which
// is rolled back.
#pragma once

#include <roost/async/task.hpp>
#include <roost/base/owned.hpp>
#include <roost/sql/dialect.hpp>
#include <roost/sql/options.hpp>
#include <roost/sql/result.hpp>
#include <roost/sql/statement.hpp>
#include <roost/sql/value.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace roost::db {

class Batch;   // batch.hpp
class RawSql;  // raw_sql.hpp

/// The driver's side of a RowStream. Its destructor gives the connection back, at any moment.
class RowStreamSource {
 public:
  RowStreamSource() = default;
  RowStreamSource(const RowStreamSource&) = delete;
  RowStreamSource& operator=(const RowStreamSource&) = delete;
  virtual ~RowStreamSource() = default;
  /// The next rows, at most StreamOptions::chunk_rows; an empty Result after the last one.
  virtual Task<Result> next_chunk() = 0;
};

/// Rows in chunks, so that memory stays flat however many there are. Holds a session connection (of
/// a Transaction: its own) until it is destroyed or read to its end.
class RowStream {
 public:
  RowStream() = default;
  explicit RowStream(Owned<RowStreamSource> source) : source_{std::move(source)} {}

  /// The next rows; empty after the last one, and ever after.
  Task<Result> next();
  /// Stops early; the connection is free again. Destroying the stream does the same.
  void close() { source_.reset(); }

 private:
  Owned<RowStreamSource> source_;
};

/// Runs SQL. Errors are thrown as the classes of errors.hpp.
class Executor {
 public:
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor() = default;

  [[nodiscard]] virtual const Dialect& dialect() const = 0;
  /// Where statements that are used again and again get their slots; one per Database.
  [[nodiscard]] virtual StatementRegistry& statements() = 0;

  /// One statement with bound values, as a unit of its own (Database, Connection) or within the
  /// transaction. `parameters` has as many values as the statement has placeholders.
  Task<Result> execute(const Statement& statement, std::span<const ValueView> parameters,
                       ExecuteOptions options) {
    return run_statement(statement, parameters, options);
  }
  Task<Result> execute(const Statement& statement, std::span<const ValueView> parameters) {
    return run_statement(statement, parameters, ExecuteOptions{});
  }
  Task<Result> execute(const Statement& statement) {
    return run_statement(statement, std::span<const ValueView>{}, ExecuteOptions{});
  }

  /// All statements of the batch or none, in as few round trips as its result cells allow; their
  /// results in order. The first error is thrown, with `details().batch_index`. Inside a
  /// Transaction an error leaves the transaction aborted, as every error does there.
  Task<std::vector<Result>> execute(const Batch& batch, ExecuteOptions options) {
    return run_batch(batch, options);
  }
  Task<std::vector<Result>> execute(const Batch& batch) {
    return run_batch(batch, ExecuteOptions{});
  }

  /// Several independent reads in one round trip: their results in order. Unlike in a batch they
  /// need not see one snapshot. Throws the first error. Reads only: anything else is a UsageError.
  Task<std::vector<Result>> read_all(const Batch& reads, ExecuteOptions options) {
    return run_reads(reads, options);
  }

  /// Rows in chunks. The statement must be a read.
  Task<RowStream> stream(const Statement& statement, std::span<const ValueView> parameters,
                         StreamOptions options) {
    return open_stream(statement, parameters, options);
  }

  /// The statements of a text, separated by semicolons, without parameters: schema files, seeds.
  /// BEGIN, COMMIT, ROLLBACK and SAVEPOINT in it are refused: transactions are opened by `begin`.
  Task<void> run_script(std::string_view script, ScriptOptions options) {
    return run_script_text(script, options);
  }
  Task<void> run_script(std::string_view script) {
    return run_script_text(script, ScriptOptions{});
  }

  // Raw SQL, defined in raw_sql.hpp. T is a struct with described fields (matched by column name),
  // a std::tuple (by position), or a scalar such as std::int64_t (one column).
  Task<Result> execute(RawSql sql, ExecuteOptions options);
  Task<Result> execute(RawSql sql);
  template <class T>
  Task<std::vector<T>> query(RawSql sql);
  /// Exactly one row; throws UsageError for none or several.
  template <class T>
  Task<T> query_one(RawSql sql);
  /// One row or none; throws UsageError for several.
  template <class T>
  Task<std::optional<T>> query_optional(RawSql sql);
  Task<RowStream> stream(RawSql sql, StreamOptions options);

 protected:
  Executor() = default;

  virtual Task<Result> run_statement(const Statement& statement,
                                     std::span<const ValueView> parameters,
                                     ExecuteOptions options) = 0;
  virtual Task<std::vector<Result>> run_batch(const Batch& batch, ExecuteOptions options) = 0;
  virtual Task<std::vector<Result>> run_reads(const Batch& reads, ExecuteOptions options) = 0;
  virtual Task<RowStream> open_stream(const Statement& statement,
                                      std::span<const ValueView> parameters,
                                      StreamOptions options) = 0;
  virtual Task<void> run_script_text(std::string_view script, ScriptOptions options) = 0;
};

/// A point inside a transaction that can be returned to; from Transaction::savepoint.
class Savepoint {
 public:
  constexpr explicit Savepoint(std::uint32_t depth) : depth_{depth} {}
  /// 1 for the outermost.
  [[nodiscard]] constexpr std::uint32_t depth() const { return depth_; }

 private:
  std::uint32_t depth_;
};

enum class TransactionState : std::uint8_t {
  active,
  aborted,  // a statement failed: only rollback, or rollback_to, goes on from here
  committed,
  rolled_back,  // also: the deadline passed, or the connection was lost before the commit
  unknown,      // the connection was lost during the commit
};

/// An interactive transaction. Destroying it while it is active or aborted rolls it back (in the
/// background). BEGIN and SAVEPOINT may be sent lazily, together with the next statement.
class Transaction : public Executor {
 public:
  [[nodiscard]] virtual TransactionState state() const = 0;

  /// Throws TransactionAborted when it is aborted (and rolls back); ConnectionLost with
  /// Outcome::unknown when the answer never came.
  virtual Task<void> commit() = 0;
  /// The last statements and the commit in one round trip.
  virtual Task<std::vector<Result>> commit(const Batch& last, ExecuteOptions options) = 0;
  /// Never throws for an aborted, rolled-back or lost transaction: then nothing is left to do.
  virtual Task<void> rollback() = 0;

  virtual Task<Savepoint> savepoint() = 0;
  /// Undoes everything since the savepoint, which stays; an aborted transaction is active again.
  virtual Task<void> rollback_to(Savepoint savepoint) = 0;
  /// Forgets the savepoint and those after it; what was done since then stays.
  virtual Task<void> release(Savepoint savepoint) = 0;
};

/// A session of its own, for what needs one: session settings, advisory locks, schema changes. On
/// SQLite it has the writer to itself while it lives: keep it short. Its statements are committed
/// one by one. Destroying it gives the session back, reset to the defaults.
class Connection : public Executor {
 public:
  /// The transaction must end before this connection does or executes anything else.
  virtual Task<Owned<Transaction>> begin(TransactionOptions options) = 0;
};

/// A data source: thread-safe, and to be outlived by nothing that it opened. Opening is cheap and
/// does not connect; `ping` does. Connections that break are replaced with a growing delay.
class Database : public Executor {
 public:
  [[nodiscard]] virtual const DatabaseOptions& options() const = 0;
  [[nodiscard]] virtual DatabaseStatistics statistics() const = 0;

  virtual Task<Owned<Transaction>> begin(TransactionOptions options) = 0;
  Task<Owned<Transaction>> begin() { return begin(TransactionOptions{}); }
  virtual Task<Owned<Connection>> connect(ExecuteOptions options) = 0;
  Task<Owned<Connection>> connect() { return connect(ExecuteOptions{}); }

  /// Proves that the database answers; throws ConnectionError or the error in its way.
  virtual Task<void> ping() = 0;
  /// Lets what is under way finish, then closes every connection. Later calls throw UsageError.
  virtual Task<void> close() = 0;

  /// Runs `body(Transaction&) -> Task<T>` and commits; rolls back and rethrows when it throws.
  /// Give it a lambda of the awaiting scope: `[&](db::Transaction& transaction) -> Task<void> {…}`.
  /// With `options.retries` a body that met a serialization failure or deadlock runs again.
  template <class Body>
  auto transactional(Body&& body, TransactionOptions options = {})
      -> std::invoke_result_t<Body&, Transaction&> {
    return run_transactional<std::remove_reference_t<Body>>(body, options);
  }

 private:
  template <class Body>
  auto run_transactional(Body& body, TransactionOptions options)
      -> std::invoke_result_t<Body&, Transaction&>;
};

namespace detail {
/// May the body run again after this error?
[[nodiscard]] bool may_retry(const std::exception_ptr& error) noexcept;

template <class T>
struct TransactionalResult;
template <class T>
struct TransactionalResult<Task<T>> {
  using type = T;
};
}  // namespace detail

template <class Body>
auto Database::run_transactional(Body& body, TransactionOptions options)
    -> std::invoke_result_t<Body&, Transaction&> {
  using T = typename detail::TransactionalResult<std::invoke_result_t<Body&, Transaction&>>::type;
  static_assert(!std::is_reference_v<T>,
                "the body of transactional() returns Task<value> or Task<void>: a reference would "
                "outlive the transaction that it came from");
  for (unsigned attempt = 0;; ++attempt) {
    Owned<Transaction> transaction = co_await begin(options);
    std::exception_ptr error;
    try {
      if constexpr (std::is_void_v<T>) {
        co_await body(*transaction);
        co_await transaction->commit();
        co_return;
      } else {
        T value = co_await body(*transaction);
        co_await transaction->commit();
        co_return value;
      }
    } catch (...) {
      error = std::current_exception();
    }
    co_await transaction->rollback();
    if (attempt >= options.retries || !detail::may_retry(error)) std::rethrow_exception(error);
  }
}

/// A database system: knows how to open data sources of its kind. Stateless.
class Driver {
 public:
  Driver() = default;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  virtual ~Driver() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;  // "sqlite"
  /// True for the schemes that it knows: "sqlite", "postgres".
  [[nodiscard]] virtual bool accepts(std::string_view scheme) const = 0;
  /// Throws UsageError when the URL or an option is wrong; connects to nothing yet.
  [[nodiscard]] virtual Owned<Database> open(DatabaseOptions options) const = 0;
};

/// Opens the database with the driver of `drivers` that accepts its scheme:
/// `db::open(options, {&sqlite::driver(), &postgres::driver()})`. Throws UsageError.
[[nodiscard]] Owned<Database> open(DatabaseOptions options, std::span<const Driver* const> drivers);
[[nodiscard]] Owned<Database> open(DatabaseOptions options,
                                   std::initializer_list<const Driver*> drivers);

}  // namespace roost::db
