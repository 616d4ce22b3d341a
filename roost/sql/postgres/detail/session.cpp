// Connections of their own, streams through cursors, scripts.
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/detail/rows.hpp>
#include <roost/sql/postgres/detail/transaction.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace roost::db::postgres::detail {

namespace {

class CursorSource final : public RowStreamSource {
 public:
  CursorSource(std::shared_ptr<Session> session, bool owns_session, std::string fetch,
               StreamOptions options, Result first)
      : session_{std::move(session)},
        owns_session_{owns_session},
        fetch_{std::move(fetch)},
        options_{options},
        first_{std::move(first)},
        first_waits_{true} {
    look_at(first_);
  }
  ~CursorSource() override { release(); }

  Task<Result> next_chunk() override {
    if (std::exchange(first_waits_, false)) co_return std::move(first_);
    Result chunk;
    if (done_) co_return chunk;
    const Turn turn{*session_};
    CallKind kind;
    kind.in_transaction = true;
    kind.one_time = true;
    kind.binary = binary_;
    const Statement fetch{fetch_};
    Call call{session_->link(), fetch, {}, kind, session_->core()->deadline(options_)};
    co_await call;
    chunk = call.take_result();
    look_at(chunk);
    co_return chunk;
  }

 private:
  void look_at(const Result& chunk) {
    binary_ = static_cast<const Rows*>(chunk.storage())->known_types();
    if (chunk.row_count() >= options_.chunk_rows) return;
    done_ = true;
    release();
  }
  /// The cursor, and the transaction when it is ours, end with the session.
  void release() {
    if (owns_session_) session_->give_back();
    owns_session_ = false;
  }

  std::shared_ptr<Session> session_;
  bool owns_session_;
  std::string fetch_;
  StreamOptions options_;
  Result first_;
  bool first_waits_;
  bool binary_ = false;
  bool done_ = false;
};

/// A connection's transaction that was destroyed without an end.
Task<void> roll_back_forgotten(Session& session) {
  if (!session.link().in_transaction()) co_return;
  CallKind kind;
  kind.in_transaction = true;
  kind.one_time = true;
  kind.allowed = Allowed::anything;
  const Statement rollback{"rollback"};
  const ExecuteOptions options;
  Call call{session.link(), rollback, {}, kind, session.core()->deadline(options)};
  co_await call;
}

class PostgresConnection final : public Connection {
 public:
  explicit PostgresConnection(std::shared_ptr<Session> session)
      : session_{std::move(session)}, core_{session_->core()} {
    session_->leave_behind(Leftover::settings);
  }
  ~PostgresConnection() override { session_->give_back(); }

  [[nodiscard]] const Dialect& dialect() const override { return Dialect::postgresql(); }
  [[nodiscard]] StatementRegistry& statements() override { return core_->statements; }

  Task<Owned<Transaction>> begin(TransactionOptions options) override {
    co_await roll_back_forgotten(*session_);
    Owned<Transaction> transaction = make_transaction(session_, false, options);
    co_return transaction;
  }

 protected:
  Task<Result> run_statement(const Statement& statement, std::span<const ValueView> parameters,
                             ExecuteOptions options) override {
    const Turn turn{*session_};
    co_await roll_back_forgotten(*session_);
    co_return co_await run_on(*session_, statement, parameters, kind(), options, {}, 0);
  }

  Task<std::vector<Result>> run_batch(const Batch& batch, ExecuteOptions options) override {
    core_->executed.fetch_add(batch.size(), std::memory_order_relaxed);
    const TimePoint started = Clock::now();
    std::vector<Result> results;
    if (batch.empty()) co_return results;
    std::exception_ptr error;
    std::uint64_t connection = 0;
    {
      const Turn turn{*session_};
      co_await roll_back_forgotten(*session_);
      Call call{session_->link(), batch, kind(), core_->deadline(options)};
      try {
        co_await call;
        results = call.take_results();
      } catch (...) {
        error = std::current_exception();
      }
      connection = call.connection();
    }
    if (core_->options.log.wants_any()) {
      core_->log_batch(batch, options, started, results, error, core_->next_unit(), connection);
    }
    if (error != nullptr) std::rethrow_exception(error);
    co_return results;
  }

  Task<std::vector<Result>> run_reads(const Batch& reads, ExecuteOptions options) override {
    return run_batch(reads, options);
  }

  Task<RowStream> open_stream(const Statement& statement, std::span<const ValueView> parameters,
                              StreamOptions options) override {
    co_await roll_back_forgotten(*session_);
    co_return co_await open_cursor(session_, false, "begin read only", statement, parameters,
                                   options);
  }

  Task<void> run_script_text(std::string_view script, ScriptOptions options) override {
    co_await roll_back_forgotten(*session_);
    co_await run_script_on(session_, script, options, false, {});
  }

 private:
  [[nodiscard]] static CallKind kind() {
    CallKind kind;
    kind.allowed = Allowed::session;
    return kind;
  }

  std::shared_ptr<Session> session_;
  std::shared_ptr<Core> core_;
};

}  // namespace

Task<RowStream> open_cursor(std::shared_ptr<Session> session, bool owns_session,
                            std::string_view opening, Statement statement,
                            std::span<const ValueView> parameters, StreamOptions options) {
  const std::shared_ptr<Core> core = session->core();
  core->executed.fetch_add(1, std::memory_order_relaxed);
  options.chunk_rows = std::max<std::size_t>(options.chunk_rows, 1);
  const std::string name = "roost_c" + std::to_string(core->next_unit());
  const std::string declare =
      "declare " + name + " no scroll cursor for " + std::string{statement.text};
  const std::string fetch = "fetch forward " + std::to_string(options.chunk_rows) + " from " + name;
  Batch batch;
  const Statement opens{declare, statement.parameters};
  const Statement fetches{fetch};
  batch.add(opens, parameters);
  batch.add(fetches, {});
  const TimePoint started = Clock::now();
  std::vector<Result> results;
  std::exception_ptr error;
  std::uint64_t connection = 0;
  {
    const Turn turn{*session};
    CallKind kind;
    kind.in_transaction = true;
    kind.one_time = true;
    Call call{session->link(), batch, kind, core->deadline(options)};
    if (!opening.empty()) {
      call.send_before(std::span{&opening, 1});
      if (owns_session) session->leave_behind(Leftover::transaction);
    }
    try {
      co_await call;
      results = call.take_results();
    } catch (...) {
      error = std::current_exception();
    }
    connection = call.connection();
  }
  if (core->options.log.wants_any()) {
    const Result* first = error == nullptr ? &results[1] : nullptr;
    core->log(statement, parameters, options, started, first, error, 0, connection);
  }
  if (error != nullptr) std::rethrow_exception(error);
  auto source = std::make_unique<CursorSource>(std::move(session), owns_session, fetch, options,
                                               std::move(results[1]));
  RowStream stream{std::move(source)};
  co_return stream;
}

Task<Owned<Connection>> connect_session(std::shared_ptr<Core> core) {
  std::shared_ptr<Session> session = co_await Session::open(std::move(core));
  Owned<Connection> connection = std::make_unique<PostgresConnection>(std::move(session));
  co_return connection;
}

Task<Result> run_on(Session& session, const Statement& statement,
                    std::span<const ValueView> parameters, CallKind kind, ExecuteOptions options,
                    std::span<const std::string_view> before, std::uint64_t unit) {
  const std::shared_ptr<Core> core = session.core();
  core->executed.fetch_add(1, std::memory_order_relaxed);
  const TimePoint started = Clock::now();
  Call call{session.link(), statement, parameters, kind, core->deadline(options)};
  call.send_before(before);
  Result result;
  std::exception_ptr error;
  try {
    co_await call;
    result = call.take_result();
  } catch (...) {
    error = std::current_exception();
  }
  if (core->options.log.wants_any()) {
    core->log(statement, parameters, options, started, &result, error, unit, call.connection());
  }
  if (error != nullptr) std::rethrow_exception(error);
  co_return result;
}

Task<void> run_script_on(std::shared_ptr<Session> session, std::string_view script,
                         ScriptOptions options, bool within,
                         std::span<const std::string_view> before) {
  const std::vector<std::string_view> texts = Dialect::postgresql().split_script(script);
  for (const std::string_view text : texts) check_statement(text, Allowed::session);
  const Turn turn{*session};
  CallKind kind;
  kind.in_transaction = within;
  kind.one_time = true;
  kind.allowed = Allowed::session;
  const std::shared_ptr<Core> core = session->core();
  core->executed.fetch_add(texts.size(), std::memory_order_relaxed);
  if (within || options.transactional) {
    Batch batch;
    for (const std::string_view text : texts) batch.add(Statement{text}, {});
    if (batch.empty()) co_return;
    Call call{session->link(), batch, kind, core->deadline(options)};
    call.send_before(before);
    co_await call;
    co_return;
  }
  for (const std::string_view text : texts) {
    const Statement statement{text};
    Call call{session->link(), statement, {}, kind, core->deadline(options)};
    co_await call;
  }
}

}  // namespace roost::db::postgres::detail
