// The writer: one thread that owns the only writing connection, and commits in groups.
//
// Calls queue in the order of their arrival; those of one turn of an event loop arrive together.
// Units at the head of the queue become one transaction: each runs in a savepoint, units that
// arrive meanwhile, or are about to (`Gathering`), join, then one COMMIT makes all of them durable,
// and only then are they answered, with one wake-up per event loop. A unit that fails is rolled
// back to its savepoint. Where SQLite rolls back the whole transaction (disk full, out of memory,
// an interrupted write), the others are run again without the culprit: nothing of them had been
// committed, nobody had been answered. Where the COMMIT itself fails, each is run alone.
//
// A session (an interactive transaction, a Connection) is a call that keeps the thread: it then
// serves that session's commands only, until it is released or its deadline passes.
#pragma once

#include <roost/async/event_loop.hpp>
#include <roost/async/suspension.hpp>
#include <roost/base/chrono.hpp>
#include <roost/base/unique_function.hpp>
#include <roost/sql/sqlite/detail/checkpointer.hpp>
#include <roost/sql/sqlite/detail/gathering.hpp>
#include <roost/sql/sqlite/detail/handle.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace roost::db::sqlite::detail {

using TimePoint = std::chrono::steady_clock::time_point;

class Outbox;
class Writer;
class WriterSession;

/// One call on the writer's thread and the coroutine that waits for it, in whose frame it lives.
/// Destroying the frame takes a queued call back; it waits for one that runs.
class WriterCall : public async::Suspension, public async::LoopNode {
 public:
  bool await_ready() const noexcept { return false; }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> coroutine) {
    if (!begin_wait(coroutine)) return false;
    submit();
    submitted_ = true;
    return true;
  }
  void await_resume() {
    finish_wait();
    if (error_ != nullptr) std::rethrow_exception(std::move(error_));
  }

 protected:
  explicit WriterCall(Writer& writer, TimePoint deadline);
  ~WriterCall();
  /// In the destructor of the derived class, while its members live.
  void leave() noexcept;

  /// On the writer's thread; may be called again after an exception or a lost transaction.
  virtual void execute(Handle& handle) = 0;
  virtual void submit() = 0;
  /// The session that begins once this call has succeeded; null: the call is a unit or command.
  [[nodiscard]] virtual std::shared_ptr<WriterSession> opened_session() const { return nullptr; }

  Writer& writer_;
  TimePoint deadline_;

 private:
  friend class Writer;
  struct Delivery;

  std::shared_ptr<Delivery> delivery_;
  std::exception_ptr error_;
  bool submitted_ = false;
};

/// A unit of work: shares its commit with others.
class UnitCall final : public WriterCall {
 public:
  UnitCall(Outbox& outbox, const Batch& batch, TimePoint deadline);
  UnitCall(Outbox& outbox, const Statement& statement, std::span<const ValueView> parameters,
           TimePoint deadline);
  ~UnitCall() { leave(); }

  [[nodiscard]] std::vector<Result> take_results() { return std::move(results_); }
  [[nodiscard]] Result take_result() { return std::move(result_); }

 private:
  void execute(Handle& handle) override;
  void submit() override;
  bool abandon() noexcept override;

  Outbox& outbox_;
  const Batch* batch_ = nullptr;
  const Statement* statement_ = nullptr;
  std::span<const ValueView> parameters_;
  std::vector<Result> results_;
  Result result_;
};

/// What a session's owner and the writer's thread share; guarded by the writer's mutex.
class WriterSession {
 public:
  enum class Mode { transaction, connection };
  /// `timeout` counts from the moment at which the session has the writer; zero or less: no limit.
  WriterSession(Mode mode, std::chrono::milliseconds timeout) : mode_{mode}, timeout_{timeout} {}
  [[nodiscard]] Mode mode() const { return mode_; }

 private:
  friend class Writer;
  const Mode mode_;
  const std::chrono::milliseconds timeout_;
  TimePoint deadline_ = TimePoint::max();  // the thread's own
  WriterCall* command_ = nullptr;
  bool released_ = false;  // its owner is gone, or it has committed
  bool ended_ = false;     // the thread serves it no more
};

/// Gets the writer for a session.
class OpenSessionCall final : public WriterCall {
 public:
  OpenSessionCall(Outbox& outbox, std::shared_ptr<WriterSession> session, TimePoint deadline);
  ~OpenSessionCall() { leave(); }

 private:
  void execute(Handle& handle) override;
  void submit() override;
  bool abandon() noexcept override;
  [[nodiscard]] std::shared_ptr<WriterSession> opened_session() const override { return session_; }

  Outbox& outbox_;
  std::shared_ptr<WriterSession> session_;
};

/// One command of a session.
class SessionCall final : public WriterCall {
 public:
  using Body = UniqueFunction<void(Handle&)>;
  SessionCall(Writer& writer, std::shared_ptr<WriterSession> session, Body body, TimePoint deadline)
      : WriterCall{writer, deadline}, session_{std::move(session)}, body_{std::move(body)} {}
  ~SessionCall() { leave(); }

 private:
  void execute(Handle& handle) override { body_(handle); }
  void submit() override;
  bool abandon() noexcept override;

  std::shared_ptr<WriterSession> session_;
  Body body_;
};

/// Numbers that the writer counts and any thread reads.
struct WriterCounters {
  std::atomic<std::uint64_t> units{0};
  std::atomic<std::uint64_t> commits{0};
  std::atomic<std::uint64_t> prepares{0};
  std::atomic<std::size_t> waiting{0};
  std::atomic<bool> connected{false};
};

/// Thread-safe. Destroying it finishes what is queued.
class Writer {
 public:
  Writer(const Location& location, std::size_t cached_statements);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();

  /// A unit, or a call that opens a session, will be submitted at the end of this turn. Throws
  /// UsageError when the database is closed.
  void announce();
  /// Queues all of them; false, and nothing is done, when the database is closed.
  [[nodiscard]] bool submit(async::LoopList& calls);
  /// On its loop's thread: a call that was announced fails, since the database is closed.
  void refuse(WriterCall& call) noexcept;
  /// Throws TransactionTimeout when the session has ended.
  void submit_command(WriterSession& session, WriterCall& call);
  /// Takes back what was announced, submitted or not; false when it runs, or has run.
  [[nodiscard]] bool withdraw(WriterCall& call) noexcept;
  [[nodiscard]] bool withdraw_command(WriterSession& session, WriterCall& call) noexcept;
  /// The session's owner is gone: what is open is rolled back, the writer serves others.
  void release(WriterSession& session) noexcept;

  /// Grows with every commit; read before a snapshot is taken, it tells whether that is current.
  [[nodiscard]] std::uint64_t commit_sequence() const noexcept {
    return commit_sequence_.load(std::memory_order_acquire);
  }
  /// For commands that commit.
  void note_commit() noexcept;
  [[nodiscard]] const WriterCounters& counters() const noexcept { return counters_; }
  /// Finishes what is queued and ends the thread.
  void close() noexcept;

 private:
  void run();
  void run_group();
  bool attempt(std::vector<WriterCall*>& pending, std::vector<WriterCall*>& answered, bool alone);
  bool run_in_savepoint(WriterCall& call, std::vector<WriterCall*>& answered);
  /// The waits of one group.
  struct GroupWait {
    bool begun = false;
    std::size_t units = 0;    // when it began
    std::size_t missing = 0;  // what it waits for
    TimePoint until{};
  };
  void take_units(std::vector<WriterCall*>& into);
  void take_more(std::vector<WriterCall*>& into, GroupWait& wait);
  void serve(WriterCall& call);
  void serve_commands(WriterSession& session);
  void run_command(WriterCall& command, const WriterSession& session);
  void expire_queued();
  Handle& handle();
  void fail_all(std::vector<WriterCall*>& calls, const std::exception_ptr& error,
                std::vector<WriterCall*>& answered);
  void deliver(std::vector<WriterCall*>& calls);

  const Location& location_;
  const std::size_t cached_statements_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  async::LoopList queue_;
  std::size_t wanted_ = 0;  // calls for which the thread sleeps; 0: it need not be woken up
  std::atomic<bool> closing_{false};  // written under the mutex
  std::thread thread_;
  Gathering gathering_;             // the thread's own
  Checkpointer checkpointer_;       // the thread's own
  std::unique_ptr<Handle> handle_;  // the thread's own
  std::atomic<std::uint64_t> commit_sequence_{0};
  WriterCounters counters_;
};

}  // namespace roost::db::sqlite::detail
