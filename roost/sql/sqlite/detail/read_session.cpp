// Slow reads, streams and read-only transactions.
#include <roost/async/blocking.hpp>
#include <roost/async/cancellation.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/sqlite/detail/cursor.hpp>
#include <roost/sql/sqlite/detail/read_session.hpp>
#include <roost/sql/sqlite/detail/reader.hpp>
#include <roost/sql/sqlite/detail/write_transaction.hpp>

namespace roost::db::sqlite::detail {

namespace {

/// Runs `work(limits)` on a worker thread; cancellation of the ambient token interrupts SQLite.
template <class Work>
Task<void> on_worker(Core& core, Work& work, ExecuteOptions options) {
  const TaskContext context = co_await current_context();
  std::atomic<bool> cancelled{false};
  const CancellationCallback callback{context.token(), [&cancelled] { cancelled = true; }};
  ExecutionLimits limits;
  limits.deadline = core.deadline(options, context.deadline());
  limits.cancelled = &cancelled;
  std::exception_ptr error;
  const auto run = [&work, &limits] { work(limits); };
  try {
    co_await run_blocking(run);
  } catch (const StatementTimeout&) {
    error = std::current_exception();
  }
  if (error == nullptr) co_return;
  if (cancelled) context.token().throw_if_cancelled();
  rethrow_timeout(error, context.deadline());
}

void check_reads(const Prepared& prepared, std::string_view text) {
  if (prepared.reads) return;
  ErrorDetails details;
  details.message = "this writes, and the transaction or stream is read-only";
  details.statement = text;
  throw ReadOnly(std::move(details));
}

class ReadStream final : public RowStreamSource {
 public:
  ReadStream(std::shared_ptr<Core> core, LoopReader::Lease lease, StreamOptions options)
      : core_{std::move(core)}, lease_{std::move(lease)}, options_{options} {}

  Task<void> open(const Statement& statement, std::span<const ValueView> parameters) {
    const auto work = [&](const ExecutionLimits&) {
      cursor_ = std::make_unique<Cursor>(lease_.handle(), statement, parameters);
    };
    co_await on_worker(*core_, work, options_);
  }

  Task<Result> next_chunk() override {
    Result chunk;
    const auto work = [&](const ExecutionLimits& limits) {
      chunk = cursor_->next(options_.chunk_rows, limits);
    };
    co_await on_worker(*core_, work, options_);
    co_return chunk;
  }

 private:
  std::shared_ptr<Core> core_;
  LoopReader::Lease lease_;
  StreamOptions options_;
  std::unique_ptr<Cursor> cursor_;  // ends before the lease
};

class ReadTransaction final : public Transaction {
 public:
  ReadTransaction(std::shared_ptr<Core> core, LoopReader::Lease lease, TransactionOptions options)
      : core_{std::move(core)},
        lease_{std::move(lease)},
        unit_{core_->units.fetch_add(1, std::memory_order_relaxed) + 1} {
    const std::chrono::milliseconds timeout =
        options.timeout.count() > 0 ? options.timeout : core_->options.transaction_timeout;
    if (timeout.count() > 0) deadline_ = std::chrono::steady_clock::now() + timeout;
    handle().begin();
  }

  [[nodiscard]] const Dialect& dialect() const override { return Dialect::sqlite(); }
  [[nodiscard]] StatementRegistry& statements() override { return core_->statements; }
  [[nodiscard]] TransactionState state() const override { return state_; }

  Task<void> commit() override {
    if (state_ == TransactionState::aborted) {
      end(TransactionState::rolled_back);
      throw_aborted();
    }
    check_active();
    end(TransactionState::committed);
    co_return;
  }
  Task<std::vector<Result>> commit(const Batch& last, ExecuteOptions options) override {
    std::vector<Result> results = co_await run_batch(last, options);
    end(TransactionState::committed);
    co_return results;
  }
  Task<void> rollback() override {
    if (state_ == TransactionState::active || state_ == TransactionState::aborted) {
      end(TransactionState::rolled_back);
    }
    co_return;
  }

  // Nothing is written, so a savepoint is only a number.
  Task<Savepoint> savepoint() override {
    check_active();
    co_return Savepoint{++depth_};
  }
  Task<void> rollback_to(Savepoint savepoint) override {
    if (state_ != TransactionState::aborted) check_active();
    check_depth(savepoint);
    depth_ = savepoint.depth();
    state_ = TransactionState::active;
    co_return;
  }
  Task<void> release(Savepoint savepoint) override {
    check_active();
    check_depth(savepoint);
    depth_ = savepoint.depth() - 1;
    co_return;
  }

 protected:
  Task<Result> run_statement(const Statement& statement, std::span<const ValueView> parameters,
                             ExecuteOptions options) override {
    check_active();
    const TimePoint started = std::chrono::steady_clock::now();
    Result result;
    std::exception_ptr error;
    try {
      const bool done = try_inline(statement, parameters, options, result);
      const auto work = [&](const ExecutionLimits& limits) {
        result = handle().run(statement, parameters, {}, limits);
      };
      if (!done) {
        co_await on_worker(*core_, work, options);
      }
    } catch (...) {
      error = std::current_exception();
    }
    if (core_->options.log.wants_any()) {
      core_->log(statement, parameters, options, started, &result, error, unit_);
    }
    if (error != nullptr) {
      state_ = TransactionState::aborted;
      std::rethrow_exception(error);
    }
    co_return result;
  }

  Task<std::vector<Result>> run_batch(const Batch& batch, ExecuteOptions options) override {
    std::vector<Result> results;
    for (const Batch::Entry& entry : batch.entries()) {
      Result result = co_await run_statement(entry.statement, batch.parameters(entry), options);
      results.push_back(std::move(result));
    }
    co_return results;
  }
  Task<std::vector<Result>> run_reads(const Batch& reads, ExecuteOptions options) override {
    return run_batch(reads, options);
  }
  Task<RowStream> open_stream(const Statement& statement, std::span<const ValueView> parameters,
                              StreamOptions options) override {
    Result rows = co_await run_statement(statement, parameters, options);
    co_return stream_of(std::move(rows), options.chunk_rows);
  }
  Task<void> run_script_text(std::string_view script, ScriptOptions options) override {
    for (const std::string_view text : Dialect::sqlite().split_script(script)) {
      const Statement statement{text};
      static_cast<void>(co_await run_statement(statement, {}, options));
    }
  }

 private:
  [[nodiscard]] Handle& handle() const { return lease_.handle(); }

  bool try_inline(const Statement& statement, std::span<const ValueView> parameters,
                  const ExecuteOptions& options, Result& result) {
    Prepared& prepared = handle().prepare(statement);
    check_reads(prepared, statement.text);
    ExecutionLimits limits = core_->limits(options);
    limits.deadline = deadline_;
    return try_read(handle(), prepared, parameters, limits, core_->location.inline_limit, result) ==
           ReadOutcome::done;
  }
  [[noreturn]] static void throw_aborted() {
    ErrorDetails details;
    details.message = "an earlier statement of this transaction failed";
    throw TransactionAborted(std::move(details));
  }
  void check_active() {
    if (state_ == TransactionState::aborted) throw_aborted();
    if (state_ != TransactionState::active) {
      throw UsageError("the transaction has ended already");
    }
    if (std::chrono::steady_clock::now() < deadline_) return;
    end(TransactionState::rolled_back);
    ErrorDetails details;
    details.message = "the read-only transaction was open for longer than its timeout";
    throw TransactionTimeout(std::move(details));
  }
  void check_depth(Savepoint savepoint) const {
    if (savepoint.depth() >= 1 && savepoint.depth() <= depth_) return;
    throw UsageError("this savepoint does not exist any more");
  }
  void end(TransactionState state) {
    state_ = state;
    lease_.give_back();
  }

  std::shared_ptr<Core> core_;
  LoopReader::Lease lease_;
  std::uint64_t unit_;
  TimePoint deadline_ = TimePoint::max();
  TransactionState state_ = TransactionState::active;
  std::uint32_t depth_ = 0;
};

}  // namespace

Task<Result> read_on_worker(std::shared_ptr<Core> core, const Statement& statement,
                            std::span<const ValueView> parameters, ExecuteOptions options) {
  LoopReader::Lease lease = co_await LoopReader::of_this_loop(core).lease();
  Result result;
  const auto work = [&](const ExecutionLimits& limits) {
    result = lease.handle().run(statement, parameters, {}, limits);
  };
  co_await on_worker(*core, work, options);
  co_return result;
}

Task<std::vector<Result>> read_batch_on_worker(std::shared_ptr<Core> core, const Batch& batch,
                                               ExecuteOptions options) {
  LoopReader::Lease lease = co_await LoopReader::of_this_loop(core).lease();
  std::vector<Result> results;
  const auto work = [&](const ExecutionLimits& limits) {
    lease.handle().begin();
    results = lease.handle().run_batch(batch, limits);
    lease.handle().commit();
  };
  co_await on_worker(*core, work, options);
  co_return results;
}

Task<RowStream> open_read_stream(std::shared_ptr<Core> core, const Statement& statement,
                                 std::span<const ValueView> parameters, StreamOptions options) {
  LoopReader::Lease lease = co_await LoopReader::of_this_loop(core).lease();
  auto source = std::make_unique<ReadStream>(core, std::move(lease), options);
  co_await source->open(statement, parameters);
  RowStream stream{std::move(source)};
  co_return stream;
}

Task<Owned<Transaction>> begin_reading(std::shared_ptr<Core> core, TransactionOptions options) {
  LoopReader::Lease lease = co_await LoopReader::of_this_loop(core).lease();
  core->transactions.fetch_add(1, std::memory_order_relaxed);
  Owned<Transaction> transaction =
      std::make_unique<ReadTransaction>(std::move(core), std::move(lease), options);
  co_return transaction;
}

}  // namespace roost::db::sqlite::detail
