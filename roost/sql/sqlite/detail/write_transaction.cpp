// Commands of interactive transactions and connections, run on the writer's thread.
#include <roost/sql/detail/script_lexer.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/sqlite/detail/reader.hpp>
#include <roost/sql/sqlite/detail/write_transaction.hpp>

#include <algorithm>
#include <functional>

namespace roost::db::sqlite::detail {

namespace {

/// Marks an object as busy while a command of it is under way.
class Turn {
 public:
  explicit Turn(bool& busy) : busy_{busy} {
    if (busy_) {
      throw UsageError(
          "a transaction or connection runs one statement at a time, and this one "
          "still waits for another; use a Batch to send several together");
    }
    busy_ = true;
  }
  ~Turn() { busy_ = false; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  bool& busy_;
};

class MemoryStream final : public RowStreamSource {
 public:
  MemoryStream(Result rows, std::size_t chunk_rows)
      : rows_{std::move(rows)}, chunk_rows_{std::max<std::size_t>(chunk_rows, 1)} {}

  Task<Result> next_chunk() override {
    if (next_ == 0 && rows_.row_count() <= chunk_rows_) {
      next_ = rows_.row_count();
      co_return std::exchange(rows_, Result{});
    }
    auto names = std::make_shared<ColumnNames>();
    for (std::size_t i = 0; i < rows_.column_count(); ++i) {
      names->emplace_back(rows_.column_name(i));
    }
    auto chunk = std::make_unique<MemoryRows>(std::move(names));
    const std::size_t end = std::min(next_ + chunk_rows_, rows_.row_count());
    for (; next_ < end; ++next_) chunk->append(*rows_.storage(), next_);
    Result result{std::move(chunk)};
    co_return result;
  }

 private:
  Result rows_;
  std::size_t chunk_rows_;
  std::size_t next_ = 0;
};

std::string savepoint_name(std::uint32_t depth) { return "roost_s" + std::to_string(depth); }

/// Runs `body` as one transaction of a connection without one.
template <class Body>
void in_own_transaction(Handle& handle, Writer& writer, Body&& body) {
  handle.begin_immediate();
  try {
    body();
    handle.commit();
  } catch (...) {
    handle.rollback();
    throw;
  }
  writer.note_commit();
}

class WriteTransaction final : public Transaction {
 public:
  /// `owner` is the transaction's own session, or the one of the connection that it is on.
  WriteTransaction(std::shared_ptr<SessionOwner> owner, bool owns_session,
                   TransactionOptions options)
      : owner_{std::move(owner)},
        core_{owner_->core()},
        owns_session_{owns_session},
        options_{options},
        unit_{core_->units.fetch_add(1, std::memory_order_relaxed) + 1} {}

  ~WriteTransaction() override {
    if (is_over()) return;
    // On a connection of its own the next command, or the connection's end, would find the open
    // transaction; a session of our own is rolled back by the writer.
    if (owns_session_) owner_->release();
  }

  [[nodiscard]] const Dialect& dialect() const override { return Dialect::sqlite(); }
  [[nodiscard]] StatementRegistry& statements() override { return core_->statements; }
  [[nodiscard]] TransactionState state() const override { return state_; }

  Task<void> commit() override {
    const Batch nothing;
    static_cast<void>(co_await commit(nothing, ExecuteOptions{}));
  }

  Task<std::vector<Result>> commit(const Batch& last, ExecuteOptions options) override {
    if (state_ == TransactionState::aborted) {
      co_await rollback();
      throw_aborted();
    }
    check_active();
    const TimePoint started = std::chrono::steady_clock::now();
    std::vector<Result> results;
    const ExecutionLimits limits = limits_for(options);
    auto body = [&](Handle& handle) {
      try {
        results = handle.run_batch(last, limits);
        handle.commit();
      } catch (...) {
        handle.rollback();
        throw;
      }
      core_->writer.note_commit();
    };
    std::exception_ptr error;
    try {
      co_await owner_->call(std::ref(body), options);
    } catch (...) {
      error = std::current_exception();
    }
    if (core_->options.log.wants_any()) {
      core_->log_batch(last, options, started, &results, error, unit_);
    }
    end(error == nullptr ? TransactionState::committed : TransactionState::rolled_back);
    if (error != nullptr) std::rethrow_exception(error);
    co_return results;
  }

  Task<void> rollback() override {
    if (is_over()) co_return;
    auto body = [](Handle& handle) { handle.rollback(); };
    try {
      co_await owner_->call(body, ExecuteOptions{});
    } catch (const DatabaseError&) {
      // The session had ended: the writer has rolled it back already.
    }
    end(TransactionState::rolled_back);
  }

  Task<Savepoint> savepoint() override {
    check_active();
    const std::string text = "savepoint " + savepoint_name(depth_ + 1);
    auto body = [&](Handle& handle) { handle.execute_own(text); };
    co_await owner_->call(std::ref(body), ExecuteOptions{});
    co_return Savepoint{++depth_};
  }

  Task<void> rollback_to(Savepoint savepoint) override {
    if (is_over()) check_active();
    check_depth(savepoint);
    const std::string text = "rollback to " + savepoint_name(savepoint.depth());
    auto body = [&](Handle& handle) {
      if (!handle.in_transaction()) throw_lost();
      handle.execute_own(text);
    };
    co_await owner_->call(std::ref(body), ExecuteOptions{});
    depth_ = savepoint.depth();
    state_ = TransactionState::active;
  }

  Task<void> release(Savepoint savepoint) override {
    check_active();
    check_depth(savepoint);
    const std::string text = "release " + savepoint_name(savepoint.depth());
    auto body = [&](Handle& handle) { handle.execute_own(text); };
    co_await owner_->call(std::ref(body), ExecuteOptions{});
    depth_ = savepoint.depth() - 1;
  }

 protected:
  Task<Result> run_statement(const Statement& statement, std::span<const ValueView> parameters,
                             ExecuteOptions options) override {
    check_active();
    const TimePoint started = std::chrono::steady_clock::now();
    Result result;
    const ExecutionLimits limits = limits_for(options);
    auto body = [&](Handle& handle) { result = handle.run(statement, parameters, {}, limits); };
    std::exception_ptr error;
    try {
      co_await owner_->call(std::ref(body), options);
    } catch (...) {
      error = std::current_exception();
    }
    if (core_->options.log.wants_any()) {
      core_->log(statement, parameters, options, started, &result, error, unit_);
    }
    if (error != nullptr) fail(error);
    co_return result;
  }

  Task<std::vector<Result>> run_batch(const Batch& batch, ExecuteOptions options) override {
    check_active();
    const TimePoint started = std::chrono::steady_clock::now();
    std::vector<Result> results;
    const ExecutionLimits limits = limits_for(options);
    auto body = [&](Handle& handle) { results = handle.run_batch(batch, limits); };
    std::exception_ptr error;
    try {
      co_await owner_->call(std::ref(body), options);
    } catch (...) {
      error = std::current_exception();
    }
    if (core_->options.log.wants_any()) {
      core_->log_batch(batch, options, started, &results, error, unit_);
    }
    if (error != nullptr) fail(error);
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
    check_active();
    const ExecutionLimits limits = limits_for(options);
    auto body = [&](Handle& handle) { run_script_on(handle, script, false, limits); };
    std::exception_ptr error;
    try {
      co_await owner_->call(std::ref(body), options);
    } catch (...) {
      error = std::current_exception();
    }
    if (error != nullptr) fail(error);
  }

 private:
  [[nodiscard]] bool is_over() const {
    return state_ != TransactionState::active && state_ != TransactionState::aborted;
  }
  [[noreturn]] static void throw_aborted() {
    ErrorDetails details;
    details.message = "an earlier statement of this transaction failed";
    details.hint = "roll it back, or roll back to a savepoint";
    throw TransactionAborted(std::move(details));
  }
  [[noreturn]] static void throw_lost() {
    ErrorDetails details;
    details.message = "SQLite has rolled back the whole transaction";
    throw TransactionAborted(std::move(details));
  }
  void check_active() const {
    if (state_ == TransactionState::active) return;
    if (state_ == TransactionState::aborted) throw_aborted();
    throw UsageError("the transaction has ended already");
  }
  void check_depth(Savepoint savepoint) const {
    if (savepoint.depth() >= 1 && savepoint.depth() <= depth_) return;
    throw UsageError("this savepoint does not exist any more");
  }
  ExecutionLimits limits_for(const ExecuteOptions& options) const {
    ExecutionLimits limits;
    limits.deadline = core_->deadline(options, TimePoint::max());
    return limits;
  }
  /// After a failed statement: as on PostgreSQL, nothing goes on from here but a rollback.
  [[noreturn]] void fail(const std::exception_ptr& error) {
    const DatabaseError* found = database_error(error);
    if (found == nullptr || found->kind() != ErrorKind::usage) state_ = TransactionState::aborted;
    if (found != nullptr && found->kind() == ErrorKind::transaction_timeout) {
      end(TransactionState::rolled_back);
    }
    std::rethrow_exception(error);
  }
  void end(TransactionState state) {
    state_ = state;
    if (owns_session_) owner_->release();
  }

  std::shared_ptr<SessionOwner> owner_;
  std::shared_ptr<Core> core_;
  bool owns_session_;
  TransactionOptions options_;
  std::uint64_t unit_;
  TransactionState state_ = TransactionState::active;
  std::uint32_t depth_ = 0;
};

class SqliteConnection final : public Connection {
 public:
  explicit SqliteConnection(std::shared_ptr<SessionOwner> owner)
      : owner_{std::move(owner)}, core_{owner_->core()} {}
  ~SqliteConnection() override { owner_->release(); }

  [[nodiscard]] const Dialect& dialect() const override { return Dialect::sqlite(); }
  [[nodiscard]] StatementRegistry& statements() override { return core_->statements; }

  Task<Owned<Transaction>> begin(TransactionOptions options) override {
    auto body = [](Handle& handle) {
      handle.rollback();  // of a transaction that was destroyed without an end
      handle.begin_immediate();
    };
    co_await owner_->call(body, ExecuteOptions{});
    Owned<Transaction> transaction = std::make_unique<WriteTransaction>(owner_, false, options);
    co_return transaction;
  }

 protected:
  Task<Result> run_statement(const Statement& statement, std::span<const ValueView> parameters,
                             ExecuteOptions options) override {
    const TimePoint started = std::chrono::steady_clock::now();
    Result result;
    ExecutionLimits limits;
    limits.deadline = core_->deadline(options, TimePoint::max());
    auto body = [&](Handle& handle) {
      handle.rollback();
      result = handle.run(statement, parameters, {}, limits);
      core_->writer.note_commit();
    };
    std::exception_ptr error;
    try {
      co_await owner_->call(std::ref(body), options);
    } catch (...) {
      error = std::current_exception();
    }
    if (core_->options.log.wants_any()) {
      core_->log(statement, parameters, options, started, &result, error, 0);
    }
    if (error != nullptr) std::rethrow_exception(error);
    co_return result;
  }

  Task<std::vector<Result>> run_batch(const Batch& batch, ExecuteOptions options) override {
    std::vector<Result> results;
    ExecutionLimits limits;
    limits.deadline = core_->deadline(options, TimePoint::max());
    auto body = [&](Handle& handle) {
      handle.rollback();
      in_own_transaction(handle, core_->writer, [&] { results = handle.run_batch(batch, limits); });
    };
    co_await owner_->call(std::ref(body), options);
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
    ExecutionLimits limits;
    limits.deadline = core_->deadline(options, TimePoint::max());
    auto body = [&](Handle& handle) {
      handle.rollback();
      run_script_on(handle, script, options.transactional, limits);
      core_->writer.note_commit();
    };
    co_await owner_->call(std::ref(body), options);
  }

 private:
  std::shared_ptr<SessionOwner> owner_;
  std::shared_ptr<Core> core_;
};

Task<std::shared_ptr<SessionOwner>> open_session(std::shared_ptr<Core> core,
                                                 WriterSession::Mode mode,
                                                 std::chrono::milliseconds timeout) {
  auto session = std::make_shared<WriterSession>(mode, timeout);
  auto owner = std::make_shared<SessionOwner>(std::move(core), std::move(session));
  const ExecuteOptions waiting{owner->core()->options.acquire_timeout};
  co_await owner->open(waiting);
  co_return owner;
}

}  // namespace

Task<void> SessionOwner::open(ExecuteOptions options) {
  const TaskContext context = co_await current_context();
  Outbox& outbox = LoopReader::of_this_loop(core_).outbox();
  OpenSessionCall call{outbox, session_, core_->deadline(options, context.deadline())};
  bool too_late = false;
  try {
    co_await call;
  } catch (const StatementTimeout&) {
    too_late = true;
  }
  if (!too_late) co_return;
  ErrorDetails details;
  details.message = "another transaction or connection kept SQLite's only writer";
  details.hint = "keep interactive transactions short; prefer batches, which share the writer";
  throw PoolTimeout(std::move(details));
}

Task<void> SessionOwner::call(SessionCall::Body body, ExecuteOptions options) {
  const Turn turn{busy_};
  const TaskContext context = co_await current_context();
  SessionCall command{core_->writer, session_, std::move(body),
                      core_->deadline(options, context.deadline())};
  std::exception_ptr late;
  try {
    co_await command;
  } catch (const StatementTimeout&) {
    late = std::current_exception();
  }
  if (late != nullptr) rethrow_timeout(late, context.deadline());
}

void SessionOwner::release() noexcept {
  if (!released_) core_->writer.release(*session_);
  released_ = true;
}

void run_script_on(Handle& handle, std::string_view script, bool transactional,
                   const ExecutionLimits& limits) {
  const std::vector<std::string_view> statements = Dialect::sqlite().split_script(script);
  for (const std::string_view text : statements) {
    if (!db::detail::controls_transaction(text)) continue;
    throw UsageError("a script must not contain \"" + std::string{text.substr(0, 40)} +
                     "\": it runs in one transaction anyway, or with transactional = false");
  }
  const auto run_all = [&] {
    for (const std::string_view text : statements) {
      const Statement statement{text};
      static_cast<void>(handle.run(statement, {}, {}, limits));
    }
  };
  if (!transactional) return run_all();
  handle.begin_immediate();
  try {
    run_all();
    handle.commit();
  } catch (...) {
    handle.rollback();
    throw;
  }
}

RowStream stream_of(Result rows, std::size_t chunk_rows) {
  return RowStream{std::make_unique<MemoryStream>(std::move(rows), chunk_rows)};
}

Task<Owned<Transaction>> begin_writing(std::shared_ptr<Core> core, TransactionOptions options) {
  const std::chrono::milliseconds timeout =
      options.timeout.count() > 0 ? options.timeout : core->options.transaction_timeout;
  std::shared_ptr<SessionOwner> owner =
      co_await open_session(std::move(core), WriterSession::Mode::transaction, timeout);
  owner->core()->transactions.fetch_add(1, std::memory_order_relaxed);
  Owned<Transaction> transaction =
      std::make_unique<WriteTransaction>(std::move(owner), true, options);
  co_return transaction;
}

Task<Owned<Connection>> connect(std::shared_ptr<Core> core, ExecuteOptions options) {
  const std::chrono::milliseconds timeout =
      options.timeout.count() > 0 ? options.timeout : core->options.transaction_timeout;
  std::shared_ptr<SessionOwner> owner =
      co_await open_session(std::move(core), WriterSession::Mode::connection, timeout);
  Owned<Connection> connection = std::make_unique<SqliteConnection>(std::move(owner));
  co_return connection;
}

}  // namespace roost::db::sqlite::detail
