// The database: routes reads to the loop's reader, writes to the writer.
#include <roost/async/blocking.hpp>
#include <roost/async/cancellation.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/sqlite/detail/core.hpp>
#include <roost/sql/sqlite/detail/read_session.hpp>
#include <roost/sql/sqlite/detail/reader.hpp>
#include <roost/sql/sqlite/detail/write_transaction.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

namespace roost::db::sqlite {

namespace {

using detail::Core;
using detail::LoopReader;
using detail::Outbox;
using detail::ReadOutcome;
using detail::TimePoint;
using detail::UnitCall;

class SqliteDatabase final : public Database {
 public:
  explicit SqliteDatabase(DatabaseOptions options)
      : core_{std::make_shared<Core>(std::move(options))} {}
  ~SqliteDatabase() override {
    core_->closed.store(true, std::memory_order_relaxed);
    core_->writer.close();
  }

  [[nodiscard]] const Dialect& dialect() const override { return Dialect::sqlite(); }
  [[nodiscard]] StatementRegistry& statements() override { return core_->statements; }
  [[nodiscard]] const DatabaseOptions& options() const override { return core_->options; }

  [[nodiscard]] DatabaseStatistics statistics() const override {
    const detail::WriterCounters& writer = core_->writer.counters();
    DatabaseStatistics counts;
    counts.statements = core_->executed.load(std::memory_order_relaxed);
    counts.errors = core_->errors.load(std::memory_order_relaxed);
    counts.transactions = core_->transactions.load(std::memory_order_relaxed);
    counts.units = writer.units.load(std::memory_order_relaxed);
    counts.commits = writer.commits.load(std::memory_order_relaxed);
    counts.prepares = writer.prepares.load(std::memory_order_relaxed);
    counts.open_connections = core_->readers.load(std::memory_order_relaxed) +
                              (writer.connected.load(std::memory_order_relaxed) ? 1U : 0U);
    counts.waiting = writer.waiting.load(std::memory_order_relaxed);
    return counts;
  }

  Task<Owned<Transaction>> begin(TransactionOptions options) override {
    check_open();
    if (options.read_only) co_return co_await detail::begin_reading(core_, options);
    co_return co_await detail::begin_writing(core_, options);
  }

  Task<Owned<Connection>> connect(ExecuteOptions options) override {
    check_open();
    co_return co_await detail::connect(core_, options);
  }

  Task<void> ping() override {
    check_open();
    const Batch nothing;
    static_cast<void>(co_await write(nothing, ExecuteOptions{}));
    const Statement probe{"select 1", {}, StatementKind::read};
    static_cast<void>(co_await execute(probe));
  }

  Task<void> close() override {
    core_->closed.store(true, std::memory_order_relaxed);
    const std::shared_ptr<Core> core = core_;
    const auto close_writer = [core] { core->writer.close(); };
    co_await run_blocking(close_writer);
  }

 protected:
  Task<Result> run_statement(const Statement& statement, std::span<const ValueView> parameters,
                             ExecuteOptions options) override {
    core_->executed.fetch_add(1, std::memory_order_relaxed);
    const bool logs = core_->options.log.wants_any();
    const TimePoint started = logs ? std::chrono::steady_clock::now() : TimePoint{};
    Result result;
    std::exception_ptr error;
    try {
      check_open();
      LoopReader& reader = LoopReader::of_this_loop(core_);
      const ReadOutcome outcome =
          reader.read(statement, parameters, core_->limits(options), result);
      if (outcome == ReadOutcome::slow) {
        result = co_await detail::read_on_worker(core_, statement, parameters, options);
      } else if (outcome == ReadOutcome::writes) {
        result = co_await write(reader.outbox(), statement, parameters, options);
      }
    } catch (...) {
      error = std::current_exception();
    }
    if (logs) core_->log(statement, parameters, options, started, &result, error, 0);
    if (error != nullptr) {
      core_->errors.fetch_add(1, std::memory_order_relaxed);
      std::rethrow_exception(error);
    }
    co_return result;
  }

  Task<std::vector<Result>> run_batch(const Batch& batch, ExecuteOptions options) override {
    check_open();
    core_->executed.fetch_add(batch.size(), std::memory_order_relaxed);
    const TimePoint started = std::chrono::steady_clock::now();
    std::vector<Result> results;
    std::exception_ptr error;
    try {
      results = co_await run_unlogged_batch(batch, options);
    } catch (...) {
      error = std::current_exception();
    }
    finish_batch(batch, options, started, results, error);
    co_return results;
  }

  Task<std::vector<Result>> run_reads(const Batch& reads, ExecuteOptions options) override {
    check_open();
    core_->executed.fetch_add(reads.size(), std::memory_order_relaxed);
    const TimePoint started = std::chrono::steady_clock::now();
    std::vector<Result> results;
    std::exception_ptr error;
    try {
      results = co_await run_unlogged_reads(reads, options);
    } catch (...) {
      error = std::current_exception();
    }
    finish_batch(reads, options, started, results, error);
    co_return results;
  }

  Task<RowStream> open_stream(const Statement& statement, std::span<const ValueView> parameters,
                              StreamOptions options) override {
    check_open();
    core_->executed.fetch_add(1, std::memory_order_relaxed);
    co_return co_await detail::open_read_stream(core_, statement, parameters, options);
  }

  Task<void> run_script_text(std::string_view script, ScriptOptions options) override {
    const TimePoint started = std::chrono::steady_clock::now();
    const Owned<Connection> connection = co_await connect(options);
    std::exception_ptr error;
    try {
      co_await connection->run_script(script, options);
    } catch (...) {
      error = std::current_exception();
    }
    if (core_->options.log.wants_any()) {
      core_->log(Statement{script}, {}, options, started, nullptr, error, 0);
    }
    if (error != nullptr) std::rethrow_exception(error);
  }

 private:
  void check_open() const {
    if (core_->closed.load(std::memory_order_relaxed)) throw UsageError("the database is closed");
  }

  Task<Result> write(Outbox& outbox, const Statement& statement,
                     std::span<const ValueView> parameters, ExecuteOptions options) {
    const TaskContext context = co_await current_context();
    UnitCall call{outbox, statement, parameters, core_->deadline(options, context.deadline())};
    std::exception_ptr late;
    try {
      co_await call;
    } catch (const StatementTimeout&) {
      late = std::current_exception();
    }
    if (late != nullptr) detail::rethrow_timeout(late, context.deadline());
    co_return call.take_result();
  }

  Task<std::vector<Result>> write(const Batch& batch, ExecuteOptions options) {
    const TaskContext context = co_await current_context();
    Outbox& outbox = LoopReader::of_this_loop(core_).outbox();
    UnitCall call{outbox, batch, core_->deadline(options, context.deadline())};
    std::exception_ptr late;
    try {
      co_await call;
    } catch (const StatementTimeout&) {
      late = std::current_exception();
    }
    if (late != nullptr) detail::rethrow_timeout(late, context.deadline());
    co_return call.take_results();
  }

  Task<std::vector<Result>> run_unlogged_batch(const Batch& batch, ExecuteOptions options) {
    std::vector<Result> results;
    if (batch.empty()) co_return results;
    const ReadOutcome outcome =
        LoopReader::of_this_loop(core_).read_all(batch, core_->limits(options), results);
    if (outcome == ReadOutcome::done) co_return results;
    if (outcome == ReadOutcome::slow) {
      co_return co_await detail::read_batch_on_worker(core_, batch, options);
    }
    co_return co_await write(batch, options);
  }

  Task<std::vector<Result>> run_unlogged_reads(const Batch& reads, ExecuteOptions options) {
    std::vector<Result> results;
    const ReadOutcome outcome =
        LoopReader::of_this_loop(core_).read_all(reads, core_->limits(options), results);
    if (outcome == ReadOutcome::writes) {
      throw UsageError("read_all() takes reads only, without result cells and expected rows");
    }
    if (outcome == ReadOutcome::slow) {
      co_return co_await detail::read_batch_on_worker(core_, reads, options);
    }
    co_return results;
  }

  void finish_batch(const Batch& batch, const ExecuteOptions& options, TimePoint started,
                    const std::vector<Result>& results, const std::exception_ptr& error) {
    if (core_->options.log.wants_any()) {
      const std::uint64_t unit = core_->units.fetch_add(1, std::memory_order_relaxed) + 1;
      core_->log_batch(batch, options, started, &results, error, unit);
    }
    if (error == nullptr) return;
    core_->errors.fetch_add(1, std::memory_order_relaxed);
    std::rethrow_exception(error);
  }

  std::shared_ptr<Core> core_;
};

class SqliteDriver final : public Driver {
 public:
  [[nodiscard]] std::string_view name() const override { return "sqlite"; }
  [[nodiscard]] bool accepts(std::string_view scheme) const override { return scheme == "sqlite"; }
  [[nodiscard]] Owned<Database> open(DatabaseOptions options) const override {
    return sqlite::open(std::move(options));
  }
};

}  // namespace

const Driver& driver() {
  static const SqliteDriver sqlite_driver;
  return sqlite_driver;
}

Owned<Database> open(DatabaseOptions options) {
  return std::make_unique<SqliteDatabase>(std::move(options));
}

}  // namespace roost::db::sqlite
