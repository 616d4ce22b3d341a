// The database: reads to the loop's reading connection, units to the writing one, the rest to
// sessions.
#include <roost/async/deadline.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/detail/pools.hpp>
#include <roost/sql/postgres/detail/transaction.hpp>
#include <roost/sql/postgres/postgres.hpp>

#include <algorithm>
#include <array>

namespace roost::db::postgres {

namespace {

constexpr std::chrono::milliseconds other_loop_patience{2'000};

using detail::Call;
using detail::CallKind;
using detail::Core;
using detail::LoopPool;

constexpr std::array<std::string_view, 1> relaxed_commands{
    "select set_config('synchronous_commit', 'off', true)"};

/// On its own loop: returns once nothing is under way, then closes.
Task<void> drain(std::weak_ptr<LoopPool> weak, TimePoint deadline) {
  for (;;) {
    const std::shared_ptr<LoopPool> pool = weak.lock();
    if (pool == nullptr) co_return;
    if (pool->idle() || Clock::now() >= deadline) {
      pool->close();
      co_return;
    }
    co_await sleep_for(std::chrono::milliseconds{2});
  }
}

Task<void> drain_and_tell(std::weak_ptr<LoopPool> weak, TimePoint deadline, Completion<> done) {
  co_await drain(std::move(weak), deadline);
  done.complete();
}

class PostgresDatabase final : public Database {
 public:
  explicit PostgresDatabase(DatabaseOptions options)
      : core_{std::make_shared<Core>(std::move(options))} {}
  ~PostgresDatabase() override {
    core_->closed.store(true, std::memory_order_relaxed);
    core_->sessions->close();
    core_->loops->close_all();
  }

  [[nodiscard]] const Dialect& dialect() const override { return Dialect::postgresql(); }
  [[nodiscard]] StatementRegistry& statements() override { return core_->statements; }
  [[nodiscard]] const DatabaseOptions& options() const override { return core_->options; }

  [[nodiscard]] DatabaseStatistics statistics() const override {
    DatabaseStatistics counts;
    counts.statements = core_->executed.load(std::memory_order_relaxed);
    counts.errors = core_->errors.load(std::memory_order_relaxed);
    counts.transactions = core_->transactions.load(std::memory_order_relaxed);
    counts.units = core_->units.load(std::memory_order_relaxed);
    counts.commits = core_->syncs.load(std::memory_order_relaxed);
    counts.extra_round_trips = core_->extra_round_trips.load(std::memory_order_relaxed);
    counts.prepares = core_->prepares.load(std::memory_order_relaxed);
    counts.reconnects = core_->reconnects.load(std::memory_order_relaxed);
    counts.open_connections = core_->open_wires.load(std::memory_order_relaxed);
    counts.waiting = core_->sessions->waiting();
    return counts;
  }

  Task<Owned<Transaction>> begin(TransactionOptions options) override {
    check_open();
    co_return co_await detail::begin_transaction(core_, options);
  }

  Task<Owned<Connection>> connect(ExecuteOptions) override {
    check_open();
    co_return co_await detail::connect_session(core_);
  }

  Task<void> ping() override {
    check_open();
    const Statement writing{"select 1"};
    static_cast<void>(co_await execute(writing));
    const Statement reading{"select 1", {}, StatementKind::read};
    static_cast<void>(co_await execute(reading));
  }

  Task<void> close() override {
    core_->closed.store(true, std::memory_order_relaxed);
    const std::chrono::milliseconds limit =
        std::max(core_->options.transaction_timeout, core_->options.statement_timeout);
    const TimePoint deadline =
        Clock::now() + (limit.count() > 0 ? limit : std::chrono::milliseconds{30'000});
    const auto pools = core_->loops->all();
    for (const auto& [loop, pool] : pools) {
      if (loop == EventLoop::current_or_null()) {
        co_await drain(pool, deadline);
        continue;
      }
      const Completion<> done;
      loop->spawn(drain_and_tell(pool, deadline, done));
      try {
        Task<void> waiting = done.wait();
        // A loop that does not run any more cannot answer: it must not cost a whole statement
        // timeout.
        const std::chrono::milliseconds patience =
            limit.count() > 0 ? std::min(limit, other_loop_patience) : other_loop_patience;
        co_await with_timeout(std::move(waiting), patience);
      } catch (const TimeoutError&) {
        // Its connections go with it.
      }
    }
    while (core_->sessions->in_use() > 0 && Clock::now() < deadline) {
      co_await sleep_for(std::chrono::milliseconds{2});
    }
    core_->sessions->close();
  }

 protected:
  Task<Result> run_statement(const Statement& statement, std::span<const ValueView> parameters,
                             ExecuteOptions options) override {
    check_open();
    core_->executed.fetch_add(1, std::memory_order_relaxed);
    const bool reads = statement.kind == StatementKind::read;
    if (!reads) core_->units.fetch_add(1, std::memory_order_relaxed);
    LoopPool& pool = LoopPool::of_this_loop(core_);
    CallKind kind;
    kind.reads = reads;
    Call call{reads ? pool.reader() : pool.writer(), statement, parameters, kind,
              core_->deadline(options)};
    if (options.relaxed_durability && !reads) call.send_before(relaxed_commands);
    const bool logs = core_->options.log.wants_any();
    const TimePoint started = logs ? Clock::now() : TimePoint{};
    Result result;
    std::exception_ptr error;
    try {
      co_await call;
      result = call.take_result();
    } catch (...) {
      error = std::current_exception();
    }
    if (logs) {
      core_->log(statement, parameters, options, started, &result, error, 0, call.connection());
    }
    if (error != nullptr) fail(error);
    co_return result;
  }

  Task<std::vector<Result>> run_batch(const Batch& batch, ExecuteOptions options) override {
    check_open();
    if (batch.empty()) {
      std::vector<Result> nothing;
      co_return nothing;
    }
    CallKind kind;
    kind.reads = all_reads(batch) && !has_conditions(batch);
    core_->units.fetch_add(1, std::memory_order_relaxed);
    co_return co_await run_unit(batch, options, kind);
  }

  Task<std::vector<Result>> run_reads(const Batch& reads, ExecuteOptions options) override {
    check_open();
    if (has_conditions(reads)) {
      throw UsageError("read_all() takes reads only, without result cells and expected rows");
    }
    std::vector<Result> results;
    if (reads.empty()) co_return results;
    CallKind kind;
    kind.reads = true;
    std::exception_ptr error;
    try {
      results = co_await run_unit(reads, options, kind);
    } catch (const ReadOnly&) {
      error = std::current_exception();
    }
    if (error != nullptr)
      throw UsageError("read_all() takes reads only; PostgreSQL refused a write");
    co_return results;
  }

  Task<RowStream> open_stream(const Statement& statement, std::span<const ValueView> parameters,
                              StreamOptions options) override {
    check_open();
    std::shared_ptr<detail::Session> session = co_await detail::Session::open(core_);
    co_return co_await detail::open_cursor(std::move(session), true, "begin read only", statement,
                                           parameters, options);
  }

  Task<void> run_script_text(std::string_view script, ScriptOptions options) override {
    check_open();
    const TimePoint started = Clock::now();
    const std::shared_ptr<detail::Session> session = co_await detail::Session::open(core_);
    session->leave_behind(detail::Leftover::settings);
    std::exception_ptr error;
    try {
      co_await detail::run_script_on(session, script, options, false, {});
    } catch (...) {
      error = std::current_exception();
    }
    session->give_back();
    if (core_->options.log.wants_any()) {
      core_->log(Statement{script}, {}, options, started, nullptr, error, 0, 0);
    }
    if (error != nullptr) fail(error);
  }

 private:
  void check_open() const {
    if (core_->closed.load(std::memory_order_relaxed)) throw UsageError("the database is closed");
  }
  [[noreturn]] void fail(const std::exception_ptr& error) {
    core_->errors.fetch_add(1, std::memory_order_relaxed);
    std::rethrow_exception(error);
  }
  static bool all_reads(const Batch& batch) {
    const auto reads = [](const Batch::Entry& entry) {
      return entry.statement.kind == StatementKind::read;
    };
    return std::all_of(batch.entries().begin(), batch.entries().end(), reads);
  }
  static bool has_conditions(const Batch& batch) {
    for (const Batch::Entry& entry : batch.entries()) {
      if (entry.expected_rows != Batch::any_row_count) return true;
      if (detail::last_cell(batch.parameters(entry))) return true;
    }
    return false;
  }

  Task<std::vector<Result>> run_unit(const Batch& batch, ExecuteOptions options, CallKind kind) {
    core_->executed.fetch_add(batch.size(), std::memory_order_relaxed);
    LoopPool& pool = LoopPool::of_this_loop(core_);
    const bool logs = core_->options.log.wants_any();
    const TimePoint started = logs ? Clock::now() : TimePoint{};
    Call call{kind.reads ? pool.reader() : pool.writer(), batch, kind, core_->deadline(options)};
    if (options.relaxed_durability && !kind.reads) call.send_before(relaxed_commands);
    std::vector<Result> results;
    std::exception_ptr error;
    try {
      co_await call;
      results = call.take_results();
    } catch (...) {
      error = std::current_exception();
    }
    if (logs) {
      core_->log_batch(batch, options, started, results, error, core_->next_unit(),
                       call.connection());
    }
    if (error != nullptr) fail(error);
    co_return results;
  }

  std::shared_ptr<Core> core_;
};

class PostgresDriver final : public Driver {
 public:
  [[nodiscard]] std::string_view name() const override { return "postgres"; }
  [[nodiscard]] bool accepts(std::string_view scheme) const override {
    return scheme == "postgres" || scheme == "postgresql";
  }
  [[nodiscard]] Owned<Database> open(DatabaseOptions options) const override {
    return postgres::open(std::move(options));
  }
};

}  // namespace

const Driver& driver() {
  static const PostgresDriver postgres_driver;
  return postgres_driver;
}

Owned<Database> open(DatabaseOptions options) {
  return std::make_unique<PostgresDatabase>(std::move(options));
}

}  // namespace roost::db::postgres
