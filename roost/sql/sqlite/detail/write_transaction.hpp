// Interactive transactions and connections that have the writer to themselves.
#pragma once

#include <roost/sql/driver.hpp>
#include <roost/sql/sqlite/detail/core.hpp>

#include <memory>

namespace roost::db::sqlite::detail {

/// The session of a transaction or connection; releases the writer when destroyed.
class SessionOwner {
 public:
  SessionOwner(std::shared_ptr<Core> core, std::shared_ptr<WriterSession> session)
      : core_{std::move(core)}, session_{std::move(session)} {}
  SessionOwner(const SessionOwner&) = delete;
  SessionOwner& operator=(const SessionOwner&) = delete;
  ~SessionOwner() { release(); }

  /// Waits for the writer.
  Task<void> open(ExecuteOptions options);
  /// Runs `body` on the writer's thread.
  Task<void> call(SessionCall::Body body, ExecuteOptions options);
  void release() noexcept;
  [[nodiscard]] const std::shared_ptr<Core>& core() const { return core_; }

 private:
  std::shared_ptr<Core> core_;
  std::shared_ptr<WriterSession> session_;
  bool released_ = false;
  bool busy_ = false;
};

/// Opens a read-write transaction.
[[nodiscard]] Task<Owned<Transaction>> begin_writing(std::shared_ptr<Core> core,
                                                     TransactionOptions options);
/// Opens a connection.
[[nodiscard]] Task<Owned<Connection>> connect(std::shared_ptr<Core> core, ExecuteOptions options);

/// What a script's statements need: no transaction control; split at semicolons.
void run_script_on(Handle& handle, std::string_view script, bool transactional,
                   const ExecutionLimits& limits);

/// Rows that are in memory already, given out in chunks.
[[nodiscard]] RowStream stream_of(Result rows, std::size_t chunk_rows);

}  // namespace roost::db::sqlite::detail
