// PRIVATE: which connections there are: shared ones of each loop, exclusive ones of the process.
#pragma once

#include <roost/async/event_loop.hpp>
#include <roost/async/one_shot.hpp>
#include <roost/async/task.hpp>
#include <roost/sql/postgres/detail/core.hpp>
#include <roost/sql/postgres/detail/link.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace roost::db::postgres::detail {

/// The shared connections of one loop. Belongs to its thread.
class LoopPool {
 public:
  LoopPool(EventLoop& loop, std::shared_ptr<Core> core);
  LoopPool(const LoopPool&) = delete;
  LoopPool& operator=(const LoopPool&) = delete;
  ~LoopPool();

  /// The pool of the loop that runs on this thread.
  [[nodiscard]] static LoopPool& of_this_loop(const std::shared_ptr<Core>& core);

  /// Reads of one turn travel together as far as they may.
  [[nodiscard]] Link& reader();
  /// Commits wait for the disk side by side.
  [[nodiscard]] Link& writer() { return least_loaded(writers_); }
  [[nodiscard]] const std::shared_ptr<Core>& core() const { return core_; }
  [[nodiscard]] bool idle() const;
  void close() noexcept;

 private:
  using Links = std::vector<std::shared_ptr<Link>>;
  [[nodiscard]] static Link& least_loaded(const Links& links);

  EventLoop& loop_;
  std::shared_ptr<Core> core_;
  Links readers_;
  Links writers_;
};

/// The loops that use a database. Thread-safe.
class LoopPools {
 public:
  void add(EventLoop& loop, const std::shared_ptr<LoopPool>& pool);
  void remove(const LoopPool* pool) noexcept;
  /// Closes every pool on its own loop; those of loops that do not run stay until these go.
  void close_all() noexcept;
  [[nodiscard]] std::vector<std::pair<EventLoop*, std::weak_ptr<LoopPool>>> all();

 private:
  struct Entry {
    EventLoop* loop;
    const LoopPool* key;
    std::weak_ptr<LoopPool> pool;
  };
  std::mutex mutex_;
  std::vector<Entry> entries_;
};

/// A place in the SessionPool, perhaps with a connection in it. Gives both back when destroyed.
class SessionSlot {
 public:
  SessionSlot() noexcept = default;
  SessionSlot(std::shared_ptr<Core> core, std::unique_ptr<Wire> idle) noexcept
      : core_{std::move(core)}, wire{std::move(idle)} {}
  SessionSlot(SessionSlot&& other) noexcept
      : core_{std::move(other.core_)}, wire{std::move(other.wire)} {}
  SessionSlot& operator=(SessionSlot&& other) noexcept {
    core_.swap(other.core_);
    wire.swap(other.wire);
    return *this;
  }
  SessionSlot(const SessionSlot&) = delete;
  SessionSlot& operator=(const SessionSlot&) = delete;
  ~SessionSlot();

 private:
  std::shared_ptr<Core> core_;  // null: no place

 public:
  std::unique_ptr<Wire> wire;  // null: make one
};

/// The connections for transactions, streams and connections, at most `limit` in the process.
/// Thread-safe.
class SessionPool {
 public:
  explicit SessionPool(std::size_t limit) : limit_{limit == 0 ? 1 : limit} {}

  /// First come, first served. Throws PoolTimeout.
  [[nodiscard]] static Task<SessionSlot> acquire(std::shared_ptr<Core> core);
  void give_back(std::shared_ptr<Core> core, std::unique_ptr<Wire> wire) noexcept;
  [[nodiscard]] std::size_t waiting();
  [[nodiscard]] std::size_t in_use();
  /// Closes those that are idle, and from now on those that come back.
  void close() noexcept;

 private:
  struct Waiter {
    explicit Waiter(EventLoop& home) : loop{home} {}
    EventLoop& loop;
    OneShot<SessionSlot> slot;
    bool gone = false;
  };
  class Waiting;

  std::mutex mutex_;
  const std::size_t limit_;
  std::size_t in_use_ = 0;
  bool closed_ = false;
  std::vector<std::unique_ptr<Wire>> idle_;
  std::deque<std::shared_ptr<Waiter>> waiters_;
};

/// What is open on an exclusive connection when its owner lets it go.
enum class Leftover : std::uint8_t {
  nothing,
  transaction,  // rolled back
  settings,     // DISCARD ALL
};

/// An exclusive connection in use; one owner, and one statement at a time.
class Session {
 public:
  Session(SessionSlot slot, std::shared_ptr<Core> core);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { give_back(); }

  [[nodiscard]] static Task<std::shared_ptr<Session>> open(std::shared_ptr<Core> core);

  [[nodiscard]] Link& link() { return *link_; }
  [[nodiscard]] const std::shared_ptr<Core>& core() const { return core_; }
  void leave_behind(Leftover leftover) { leftover_ = leftover; }
  [[nodiscard]] Leftover leftover() const { return leftover_; }
  /// No further calls. What is left open is tidied up in the background.
  void give_back() noexcept;

  bool busy = false;

 private:
  static Task<void> tidy(std::shared_ptr<Link> link, SessionSlot slot, Leftover leftover);

  std::shared_ptr<Core> core_;
  SessionSlot slot_;
  std::shared_ptr<Link> link_;
  Leftover leftover_ = Leftover::nothing;
};

/// Marks a session as busy while a statement of it is under way.
class Turn {
 public:
  explicit Turn(Session& session);
  ~Turn() { session_.busy = false; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Session& session_;
};

}  // namespace roost::db::postgres::detail
