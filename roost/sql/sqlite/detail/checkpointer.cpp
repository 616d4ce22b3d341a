// When pages are moved from the log, and by whom.
#include <roost/sql/sqlite/detail/checkpointer.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

namespace roost::db::sqlite::detail {

namespace {

constexpr std::chrono::milliseconds short_wait{4};
constexpr std::chrono::milliseconds long_wait{20};

}  // namespace

Checkpointer::Checkpointer(const Location& location, LogLimits limits)
    : location_{location}, limits_{limits}, due_{limits.due} {}

Checkpointer::~Checkpointer() { close(); }

void Checkpointer::close() noexcept {
  {
    const std::lock_guard lock{mutex_};
    closing_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

int Checkpointer::passes() const {
  const std::lock_guard lock{mutex_};
  return passes_;
}

void Checkpointer::after_commit(Handle& writer) {
  const int pages = writer.log_pages();
  if (pages < seen_) {  // the log has begun anew
    due_ = limits_.due;
    moved_ = 0;
    const std::lock_guard lock{mutex_};
    result_ = -1;
  }
  seen_ = pages;
  if (pages < due_) return;
  // In memory a checkpoint only copies.
  if (location_.memory) return move_tail(writer, pages);
  if (!pass_is_over(pages)) return;
  if (pages < due_) return;
  if (pages - moved_ > limits_.tail) return start_pass(pages);
  move_tail(writer, pages);
}

/// Also when there was none; learns what the last one did.
bool Checkpointer::pass_is_over(int pages) {
  std::unique_lock lock{mutex_};
  const int since = pages - began_;
  if (running_ && since >= limits_.pace) {
    changed_.wait_for(lock, since < limits_.patience ? short_wait : long_wait,
                      [this] { return !running_; });
  }
  if (running_) return false;
  const int moved = std::exchange(result_, -1);
  if (moved < 0 || moved > pages) return true;  // none, or one of an earlier log
  // Readers, or a disk that fails, are in the way: not again with every group.
  if (moved - moved_ < limits_.tail && pages - moved > limits_.tail) due_ = pages + limits_.due;
  moved_ = std::max(moved_, moved);
  return true;
}

void Checkpointer::start_pass(int pages) {
  began_ = pages;
  {
    const std::lock_guard lock{mutex_};
    running_ = true;
  }
  if (thread_.joinable()) {
    changed_.notify_all();
  } else {
    thread_ = std::thread{[this] { run(); }};
  }
}

void Checkpointer::move_tail(Handle& writer, int pages) {
  moved_ = std::max(moved_, writer.checkpoint(pages >= limits_.most));
  due_ = pages + limits_.tail;  // if the log does not begin anew, since readers are in the way
}

void Checkpointer::run() {
  std::unique_ptr<Handle> handle;
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return running_ || closing_; });
    if (closing_) break;
    lock.unlock();
    int moved = 0;
    try {
      if (handle == nullptr) {
        handle = std::make_unique<Handle>(location_, Role::reader, 1);
        // Only a connection that has read knows that there is a log.
        handle->execute_own("pragma schema_version");
      }
      moved = handle->checkpoint(false);
    } catch (const std::exception&) {
      handle.reset();  // what the log holds is safe there; the next pass tries again
    }
    lock.lock();
    result_ = moved;
    ++passes_;
    running_ = false;
    changed_.notify_all();
  }
}

}  // namespace roost::db::sqlite::detail
