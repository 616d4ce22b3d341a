// What one event loop has for the writer, handed over once per turn.
#pragma once

#include <roost/async/event_loop.hpp>
#include <roost/sql/sqlite/detail/writer.hpp>

namespace roost::db::sqlite::detail {

/// Units that begin in one turn of a loop reach the writer together: it takes its lock and wakes
/// up once, and they share a commit. Lives on the loop's thread.
class Outbox {
 public:
  Outbox(EventLoop& loop, Writer& writer);
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;
  /// What has not been handed over fails: the database is closed.
  ~Outbox();

  [[nodiscard]] Writer& writer() const noexcept { return writer_; }
  /// Throws UsageError when the database is closed.
  void add(WriterCall& call);

 private:
  void hand_over();
  void refuse_all();

  Writer& writer_;
  async::LoopList calls_;
  EndOfTurn end_of_turn_;
};

}  // namespace roost::db::sqlite::detail
