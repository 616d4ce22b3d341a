// Reads on the loop's thread, within limits.
#include <roost/async/deadline.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/sqlite/detail/reader.hpp>

#include <sqlite3.h>

#include <algorithm>

namespace roost::db::sqlite::detail {

namespace {

/// After one slow run a statement goes to a worker at once this many times.
constexpr std::uint8_t slow_penalty = 16;

/// All readers of one loop; usually one.
struct LoopReaders {
  explicit LoopReaders(EventLoop& owner) : loop{owner} {}
  EventLoop& loop;
  std::vector<std::unique_ptr<LoopReader>> readers;
};

bool is_closed(const std::unique_ptr<LoopReader>& reader) {
  return reader->core().closed.load(std::memory_order_relaxed);
}

}  // namespace

ReadOutcome try_read(Handle& handle, Prepared& prepared, std::span<const ValueView> parameters,
                     ExecutionLimits limits, std::chrono::microseconds inline_limit,
                     Result& result) {
  if (prepared.slow > 0) {
    --prepared.slow;
    return ReadOutcome::slow;
  }
  const bool may_be_slow = limits.budget > inline_limit;
  if (may_be_slow) limits.budget = inline_limit;
  try {
    result = handle.run(prepared, parameters, {}, limits);
    return ReadOutcome::done;
  } catch (const StatementTimeout&) {
    if (!may_be_slow || std::chrono::steady_clock::now() >= limits.deadline) throw;
    prepared.slow = slow_penalty;
  } catch (const LockTimeout&) {
  }
  return ReadOutcome::slow;
}

LoopReader::LoopReader(EventLoop& loop, std::shared_ptr<Core> core)
    : core_{std::move(core)},
      outbox_{loop, core_->writer},
      end_of_turn_{loop, [this] { leave_turn(); }},
      sessions_{std::max<std::size_t>(core_->options.session_connections, 1)} {}

LoopReader::~LoopReader() {
  if (handle_ != nullptr) core_->readers.fetch_sub(1, std::memory_order_relaxed);
}

Handle& LoopReader::handle() {
  if (handle_ == nullptr) {
    handle_ =
        std::make_unique<Handle>(core_->location, Role::reader, core_->options.statement_cache);
    // A loop does not sleep for a lock: the read then moves to a worker, which may.
    sqlite3_busy_timeout(handle_->native(), 0);
    core_->readers.fetch_add(1, std::memory_order_relaxed);
  }
  return *handle_;
}

void LoopReader::enter_turn() {
  if (!armed_) {
    armed_ = true;
    end_of_turn_.arm();
    reads_of_turn_ = 0;
  }
  ++reads_of_turn_;
  const std::uint64_t sequence = core_->writer.commit_sequence();
  if (in_transaction_) {
    if (sequence == snapshot_sequence_) return;
    in_transaction_ = false;
    handle_->commit();
  } else if (reads_of_turn_ == 1 && !several_last_turn_) {
    return;  // likely the only one, as in the turn before: it commits by itself
  }
  handle_->begin();
  in_transaction_ = true;
  snapshot_sequence_ = sequence;
}

void LoopReader::leave_turn() noexcept {
  armed_ = false;
  several_last_turn_ = reads_of_turn_ > 1;
  if (!in_transaction_) return;
  in_transaction_ = false;
  try {
    handle_->commit();
  } catch (...) {
    handle_->rollback();
  }
}

ReadOutcome LoopReader::read(const Statement& statement, std::span<const ValueView> parameters,
                             const ExecutionLimits& limits, Result& result) {
  if (statement.kind == StatementKind::write) return ReadOutcome::writes;
  Handle& connection = handle();
  Prepared* prepared = nullptr;
  try {
    prepared = &connection.prepare(statement);
  } catch (const LockTimeout&) {
    return ReadOutcome::slow;
  }
  if (!prepared->reads) {
    if (statement.kind == StatementKind::unknown) return ReadOutcome::writes;
    throw UsageError("the statement is marked as a read, but it writes: " +
                     std::string{statement.text});
  }
  enter_turn();
  return try_read(connection, *prepared, parameters, limits, core_->location.inline_limit, result);
}

ReadOutcome LoopReader::read_all(const Batch& batch, const ExecutionLimits& limits,
                                 std::vector<Result>& results) {
  Handle& connection = handle();
  for (const Batch::Entry& entry : batch.entries()) {
    if (entry.statement.kind == StatementKind::write) return ReadOutcome::writes;
    if (entry.expected_rows != Batch::any_row_count) return ReadOutcome::writes;
    for (const ValueView& parameter : batch.parameters(entry)) {
      if (parameter.type() == ValueType::result_cell) return ReadOutcome::writes;
    }
    try {
      if (!connection.prepare(entry.statement).reads) return ReadOutcome::writes;
    } catch (const LockTimeout&) {
      return ReadOutcome::slow;
    }
  }
  several_last_turn_ = true;  // so that the first one begins a transaction, too
  enter_turn();
  for (const Batch::Entry& entry : batch.entries()) {
    Result result;
    const ReadOutcome outcome =
        try_read(connection, connection.prepare(entry.statement), batch.parameters(entry), limits,
                 core_->location.inline_limit, result);
    if (outcome != ReadOutcome::done) return outcome;
    results.push_back(std::move(result));
  }
  return ReadOutcome::done;
}

void LoopReader::Lease::give_back() noexcept {
  if (handle_ == nullptr) return;
  handle_->rollback();
  if (!reader_->core_->closed.load(std::memory_order_relaxed)) {
    reader_->spare_.push_back(std::move(handle_));
  }
  handle_ = nullptr;
  permit_.release();
}

namespace {
Task<AsyncSemaphore::Permit> acquire(AsyncSemaphore& sessions) {
  AsyncSemaphore::Permit permit = co_await sessions.acquire();
  co_return permit;
}
}  // namespace

Task<LoopReader::Lease> LoopReader::lease() {
  AsyncSemaphore::Permit permit = sessions_.try_acquire();
  if (!permit) {
    bool timed_out = false;
    try {
      Task<AsyncSemaphore::Permit> waiting = acquire(sessions_);
      permit = co_await with_timeout(std::move(waiting), core_->options.acquire_timeout);
    } catch (const TimeoutError&) {
      timed_out = true;
    }
    if (timed_out) {
      ErrorDetails details;
      details.message = "all " + std::to_string(core_->options.session_connections) +
                        " session connections of this event loop are in use";
      details.hint = "end streams and read-only transactions early, or raise session_connections";
      throw PoolTimeout(std::move(details));
    }
  }
  std::unique_ptr<Handle> connection;
  if (spare_.empty()) {
    connection =
        std::make_unique<Handle>(core_->location, Role::reader, core_->options.statement_cache);
  } else {
    connection = std::move(spare_.back());
    spare_.pop_back();
  }
  Lease made{*this, std::move(permit), std::move(connection)};
  co_return made;
}

LoopReader& LoopReader::of_this_loop(const std::shared_ptr<Core>& core) {
  EventLoop& loop = EventLoop::current();
  auto& readers = loop.context<LoopReaders>().readers;
  for (const auto& reader : readers) {
    if (&reader->core() == core.get()) return *reader;
  }
  readers.erase(std::remove_if(readers.begin(), readers.end(), &is_closed), readers.end());
  return *readers.emplace_back(std::make_unique<LoopReader>(loop, core));
}

}  // namespace roost::db::sqlite::detail
