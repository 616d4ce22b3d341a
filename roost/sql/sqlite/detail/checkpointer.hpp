// Moves committed pages from the log to the database beside the writer, so that no unit waits for
// the disk to take thousands of pages.
//
// A log can begin anew, instead of growing, only at a moment at which all of it has been moved. So
// passes run on a thread and a connection of their own while the writer goes on; each pass leaves
// what was committed meanwhile. Once that is little the writer moves it itself, between two groups.
// When the log grows faster than passes move it, groups wait a little for the pass that runs.
// Readers of old snapshots keep pages in the log: then it grows until they end.
#pragma once

#include <roost/base/chrono.hpp>
#include <roost/sql/sqlite/detail/handle.hpp>
#include <roost/sql/sqlite/detail/location.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace roost::db::sqlite::detail {

/// Numbers of pages in the log, of 4 KiB each. Short passes: while a disk takes the pages of one, a
/// commit waits behind them.
struct LogLimits {
  int due = 500;         // a pass begins
  int tail = 128;        // that few the writer moves itself
  int pace = 500;        // committed since a pass began: groups wait a little for its end
  int patience = 3'000;  // or longer
  int most = 12'000;     // readers are waited for
};

class Checkpointer {
 public:
  explicit Checkpointer(const Location& location, LogLimits limits = {});
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;
  ~Checkpointer();

  /// On the writer's thread, outside of a transaction.
  void after_commit(Handle& writer);
  /// On the writer's thread: waits for the pass that runs and ends the thread.
  void close() noexcept;
  /// Passes of the thread that have ended. Thread-safe.
  [[nodiscard]] int passes() const;

 private:
  void run();
  bool pass_is_over(int pages);
  void start_pass(int pages);
  void move_tail(Handle& writer, int pages);

  const Location& location_;
  const LogLimits limits_;
  // The writer's own.
  int seen_ = 0;   // pages in the log at the last look
  int due_;        // nothing is done before the log has that many
  int moved_ = 0;  // pages of the log that are known to be in the database
  int began_ = 0;  // pages in the log when the last pass began
  std::thread thread_;
  // Guarded by the mutex.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool running_ = false;
  bool closing_ = false;
  int passes_ = 0;
  int result_ = -1;  // pages of the log that the last pass left in the database; -1: was looked at
};

}  // namespace roost::db::sqlite::detail
