// Interactive transactions: BEGIN and SAVEPOINT wait for the next statement, and travel with it.
#include <roost/async/timers.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/detail/transaction.hpp>

#include <string>
#include <vector>

namespace roost::db::postgres::detail {

namespace {

std::string begin_command(const TransactionOptions& options) {
  std::string text = "begin";
  if (options.isolation == Isolation::read_committed) text += " isolation level read committed";
  if (options.isolation == Isolation::repeatable_read) text += " isolation level repeatable read";
  if (options.isolation == Isolation::serializable) text += " isolation level serializable";
  if (options.read_only) text += " read only";
  return text;
}

std::string savepoint_name(std::uint32_t depth) { return "roost_s" + std::to_string(depth); }

class PostgresTransaction final : public Transaction {
 public:
  PostgresTransaction(std::shared_ptr<Session> session, bool owns_session,
                      TransactionOptions options)
      : session_{std::move(session)},
        core_{session_->core()},
        owns_session_{owns_session},
        unit_{core_->next_unit()},
        deadline_{session_->link().loop(), [this] { expire(); }} {
    const std::chrono::milliseconds limit =
        options.timeout.count() > 0 ? options.timeout : core_->options.transaction_timeout;
    pending_.push_back(begin_command(options));
    if (options.relaxed_durability) pending_.emplace_back("set local synchronous_commit = off");
    if (limit.count() > 0) deadline_.arm(limit);
  }
  ~PostgresTransaction() override {
    if (owns_session_ && !is_over()) session_->give_back();
  }

  [[nodiscard]] const Dialect& dialect() const override { return Dialect::postgresql(); }
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
    std::vector<Result> results;
    if (!begun_ && last.empty()) {  // nothing was ever sent
      end(TransactionState::committed);
      co_return results;
    }
    std::exception_ptr error;
    try {
      results = co_await send(last, options, true);
    } catch (...) {
      error = std::current_exception();
    }
    if (error == nullptr) {
      end(TransactionState::committed);
      co_return results;
    }
    co_await fail_commit(error);
    co_return results;
  }

  Task<void> rollback() override {
    if (is_over()) co_return;
    if (begun_ && !session_->link().lost()) {
      const Statement command{"rollback"};
      try {
        static_cast<void>(co_await send_own(command));
        if (owns_session_) session_->leave_behind(Leftover::nothing);
      } catch (const DatabaseError&) {
        // The connection is gone, and the transaction with it.
      }
    }
    if (!is_over()) end(TransactionState::rolled_back);
  }

  Task<Savepoint> savepoint() override {
    check_active();
    ++depth_;
    pending_.push_back("savepoint " + savepoint_name(depth_));
    co_return Savepoint{depth_};
  }

  Task<void> rollback_to(Savepoint savepoint) override {
    if (is_over()) check_active();
    check_depth(savepoint);
    const std::string text = "rollback to " + savepoint_name(savepoint.depth());
    const Statement command{text};
    static_cast<void>(co_await send_own(command));
    depth_ = savepoint.depth();
    state_ = TransactionState::active;
  }

  Task<void> release(Savepoint savepoint) override {
    check_active();
    check_depth(savepoint);
    pending_.push_back("release " + savepoint_name(savepoint.depth()));
    depth_ = savepoint.depth() - 1;
    co_return;
  }

 protected:
  Task<Result> run_statement(const Statement& statement, std::span<const ValueView> parameters,
                             ExecuteOptions options) override {
    check_active();
    Result result;
    std::exception_ptr error;
    {
      const Turn turn{*session_};
      const std::vector<std::string_view> before = take_pending();
      try {
        result = co_await run_on(*session_, statement, parameters, kind(), options, before, unit_);
      } catch (...) {
        error = std::current_exception();
      }
    }
    if (error != nullptr) fail(error, true);
    sent_.clear();
    co_return result;
  }

  Task<std::vector<Result>> run_batch(const Batch& batch, ExecuteOptions options) override {
    check_active();
    std::vector<Result> results;
    if (batch.empty()) co_return results;
    std::exception_ptr error;
    try {
      results = co_await send(batch, options, false);
    } catch (...) {
      error = std::current_exception();
    }
    if (error != nullptr) fail(error, false);
    co_return results;
  }

  Task<std::vector<Result>> run_reads(const Batch& reads, ExecuteOptions options) override {
    return run_batch(reads, options);
  }

  Task<RowStream> open_stream(const Statement& statement, std::span<const ValueView> parameters,
                              StreamOptions options) override {
    check_active();
    // Something must have begun before the cursor is declared.
    if (!pending_.empty()) {
      const Statement nothing{"select 1"};
      static_cast<void>(co_await send_own(nothing));
    }
    RowStream stream;
    std::exception_ptr error;
    try {
      stream = co_await open_cursor(session_, false, {}, statement, parameters, options);
    } catch (...) {
      error = std::current_exception();
    }
    if (error != nullptr) fail(error, false);
    co_return stream;
  }

  Task<void> run_script_text(std::string_view script, ScriptOptions options) override {
    check_active();
    const std::vector<std::string_view> before = take_pending();
    std::exception_ptr error;
    try {
      co_await run_script_on(session_, script, options, true, before);
    } catch (...) {
      error = std::current_exception();
    }
    if (error != nullptr) fail(error, false);
    sent_.clear();
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
  [[noreturn]] static void throw_expired() {
    ErrorDetails details;
    details.message = "the transaction took too long and was rolled back";
    details.hint = "keep user code and calls to other services out of transactions";
    throw TransactionTimeout(std::move(details));
  }
  void check_active() const {
    if (state_ == TransactionState::active) return;
    if (state_ == TransactionState::aborted) throw_aborted();
    if (expired_) throw_expired();
    throw UsageError("the transaction has ended already");
  }
  void check_depth(Savepoint savepoint) const {
    if (savepoint.depth() >= 1 && savepoint.depth() <= depth_) return;
    throw UsageError("this savepoint does not exist any more");
  }
  [[nodiscard]] static CallKind kind() {
    CallKind kind;
    kind.in_transaction = true;
    return kind;
  }
  /// The commands that wait; they stay in sent_ while they are under way.
  [[nodiscard]] std::vector<std::string_view> take_pending() {
    sent_ = std::move(pending_);
    pending_.clear();
    if (!sent_.empty()) {
      begun_ = true;
      if (owns_session_) session_->leave_behind(Leftover::transaction);
    }
    return {sent_.begin(), sent_.end()};
  }

  Task<std::vector<Result>> send(const Batch& batch, ExecuteOptions options, bool commits) {
    core_->executed.fetch_add(batch.size(), std::memory_order_relaxed);
    const TimePoint started = Clock::now();
    std::vector<Result> results;
    std::exception_ptr error;
    std::uint64_t connection = 0;
    {
      const Turn turn{*session_};
      CallKind how = kind();
      how.commits = commits;
      Call call{session_->link(), batch, how, core_->deadline(options)};
      const std::vector<std::string_view> before = take_pending();
      call.send_before(before);
      if (commits) call.send_after("commit");
      try {
        co_await call;
        results = call.take_results();
      } catch (...) {
        error = std::current_exception();
      }
      connection = call.connection();
    }
    sent_.clear();
    if (core_->options.log.wants_any()) {
      core_->log_batch(batch, options, started, results, error, unit_, connection);
    }
    if (error != nullptr) std::rethrow_exception(error);
    co_return results;
  }

  /// A command of the driver's own, now.
  Task<Result> send_own(Statement command) {
    const Turn turn{*session_};
    CallKind how = kind();
    how.one_time = true;
    how.allowed = Allowed::anything;
    const ExecuteOptions options;
    Call call{session_->link(), command, {}, how, core_->deadline(options)};
    const std::vector<std::string_view> before = take_pending();
    call.send_before(before);
    co_await call;
    sent_.clear();
    co_return call.take_result();
  }

  /// After a failed statement nothing goes on but a rollback.
  [[noreturn]] void fail(const std::exception_ptr& error, bool single) {
    core_->errors.fetch_add(1, std::memory_order_relaxed);
    const DatabaseError* found = database_error(error);
    if (expired_ && !is_over()) end(TransactionState::rolled_back);
    if (expired_) throw_expired();
    // Refused on our side, before the statement was sent.
    const bool untouched =
        single && found != nullptr && found->code().empty() &&
        (found->kind() == ErrorKind::usage || found->kind() == ErrorKind::unsupported ||
         found->kind() == ErrorKind::invalid_value || found->kind() == ErrorKind::unstorable_text);
    if (!untouched && !is_over()) state_ = TransactionState::aborted;
    if (found != nullptr && found->kind() == ErrorKind::connection_lost) {
      if (!is_over()) end(TransactionState::rolled_back);
    }
    std::rethrow_exception(error);
  }

  Task<void> fail_commit(std::exception_ptr error) {
    const DatabaseError* found = database_error(error);
    const bool unknown = found == nullptr || found->outcome() == Outcome::unknown;
    if (unknown) {
      end(TransactionState::unknown);
    } else {
      co_await rollback();
    }
    if (expired_) throw_expired();
    std::rethrow_exception(error);
  }

  void expire() {
    if (is_over()) return;
    expired_ = true;
    if (session_->busy) {
      session_->link().request_cancel();
    } else {
      end(TransactionState::rolled_back);
    }
  }

  void end(TransactionState state) {
    state_ = state;
    deadline_.disarm();
    if (owns_session_ && state == TransactionState::committed) {
      session_->leave_behind(Leftover::nothing);
    }
    if (owns_session_) session_->give_back();
  }

  std::shared_ptr<Session> session_;
  std::shared_ptr<Core> core_;
  bool owns_session_;
  std::uint64_t unit_;
  Timeout deadline_;
  std::vector<std::string> pending_;
  std::vector<std::string> sent_;
  TransactionState state_ = TransactionState::active;
  std::uint32_t depth_ = 0;
  bool begun_ = false;
  bool expired_ = false;
};

}  // namespace

Owned<Transaction> make_transaction(std::shared_ptr<Session> session, bool owns_session,
                                    TransactionOptions options) {
  session->core()->transactions.fetch_add(1, std::memory_order_relaxed);
  return std::make_unique<PostgresTransaction>(std::move(session), owns_session, options);
}

Task<Owned<Transaction>> begin_transaction(std::shared_ptr<Core> core, TransactionOptions options) {
  std::shared_ptr<Session> session = co_await Session::open(std::move(core));
  Owned<Transaction> transaction = make_transaction(std::move(session), true, options);
  co_return transaction;
}

}  // namespace roost::db::postgres::detail
