// Reading: the connection of each event loop, and the sessions beside it.
#pragma once

#include <roost/async/event_loop.hpp>
#include <roost/async/semaphore.hpp>
#include <roost/async/task.hpp>
#include <roost/sql/sqlite/detail/core.hpp>
#include <roost/sql/sqlite/detail/handle.hpp>
#include <roost/sql/sqlite/detail/outbox.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace roost::db::sqlite::detail {

enum class ReadOutcome {
  done,
  writes,  // the statement is no read: it belongs to the writer
  slow,    // it takes too long, or has to wait: it belongs to a worker
};

/// Runs a read for at most the inline limit on a connection that no other thread uses.
[[nodiscard]] ReadOutcome try_read(Handle& handle, Prepared& prepared,
                                   std::span<const ValueView> parameters, ExecutionLimits limits,
                                   std::chrono::microseconds inline_limit, Result& result);

/// What one event loop has of one database. Lives in the loop's context.
class LoopReader {
 public:
  LoopReader(EventLoop& loop, std::shared_ptr<Core> core);
  LoopReader(const LoopReader&) = delete;
  LoopReader& operator=(const LoopReader&) = delete;
  ~LoopReader();

  [[nodiscard]] Core& core() { return *core_; }
  /// The way to the writer.
  [[nodiscard]] Outbox& outbox() { return outbox_; }

  /// Runs the statement now if it is a quick read. Several reads in one turn of the loop share one
  /// read transaction, which makes each of them several times cheaper; a commit of this database
  /// meanwhile begins a new one, so that everybody sees what was acknowledged.
  [[nodiscard]] ReadOutcome read(const Statement& statement, std::span<const ValueView> parameters,
                                 const ExecutionLimits& limits, Result& result);
  /// All entries of the batch if every one is a read; they see one snapshot.
  [[nodiscard]] ReadOutcome read_all(const Batch& batch, const ExecutionLimits& limits,
                                     std::vector<Result>& results);
  /// The loop's own connection, outside of any transaction.
  Handle& handle();

  /// A connection for a stream, a snapshot or a slow read: at most `session_connections` per loop.
  class Lease {
   public:
    Lease() = default;
    Lease(LoopReader& reader, AsyncSemaphore::Permit permit, std::unique_ptr<Handle> handle)
        : reader_{&reader}, permit_{std::move(permit)}, handle_{std::move(handle)} {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&& other) noexcept {
      if (this != &other) {
        give_back();
        reader_ = other.reader_;
        permit_ = std::move(other.permit_);
        handle_ = std::move(other.handle_);
      }
      return *this;
    }
    ~Lease() { give_back(); }
    [[nodiscard]] Handle& handle() const { return *handle_; }
    [[nodiscard]] explicit operator bool() const { return handle_ != nullptr; }
    /// Ends any transaction and gives the connection back.
    void give_back() noexcept;

   private:
    LoopReader* reader_ = nullptr;
    AsyncSemaphore::Permit permit_;
    std::unique_ptr<Handle> handle_;
  };
  /// Waits for one; throws PoolTimeout.
  [[nodiscard]] Task<Lease> lease();

  /// The reader of this thread's loop for this database, made at its first use.
  [[nodiscard]] static LoopReader& of_this_loop(const std::shared_ptr<Core>& core);

 private:
  void enter_turn();
  void leave_turn() noexcept;

  const std::shared_ptr<Core> core_;
  std::unique_ptr<Handle> handle_;
  Outbox outbox_;
  EndOfTurn end_of_turn_;
  bool armed_ = false;
  bool in_transaction_ = false;
  bool several_last_turn_ = false;
  unsigned reads_of_turn_ = 0;
  std::uint64_t snapshot_sequence_ = 0;
  std::vector<std::unique_ptr<Handle>> spare_;
  AsyncSemaphore sessions_;
};

}  // namespace roost::db::sqlite::detail
