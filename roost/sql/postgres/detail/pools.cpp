// Handing out connections.
#include <roost/async/deadline.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/detail/pools.hpp>

#include <algorithm>
#include <thread>

namespace roost::db::postgres::detail {

namespace {

/// Of the whole process when nobody says how many a loop has, as long as each has one: PostgreSQL
/// takes 100 by default.
constexpr std::size_t most_together = 16;
constexpr std::size_t most_each = 4;

std::size_t connections_of_a_loop(std::size_t chosen) {
  if (chosen != 0) return chosen;
  const std::size_t loops = std::max(std::thread::hardware_concurrency(), 1U);
  return std::clamp<std::size_t>(most_together / loops, 1, most_each);
}

/// All pools of one loop; usually one.
struct PoolsOfLoop {
  explicit PoolsOfLoop(EventLoop& owner) : loop{owner} {}
  PoolsOfLoop(const PoolsOfLoop&) = delete;
  PoolsOfLoop& operator=(const PoolsOfLoop&) = delete;
  ~PoolsOfLoop() {
    for (const std::shared_ptr<LoopPool>& pool : pools) pool->core()->loops->remove(pool.get());
  }
  EventLoop& loop;
  std::vector<std::shared_ptr<LoopPool>> pools;
};

}  // namespace

LoopPool::LoopPool(EventLoop& loop, std::shared_ptr<Core> core)
    : loop_{loop}, core_{std::move(core)} {
  const std::size_t count = connections_of_a_loop(core_->options.connections_per_loop);
  for (std::size_t i = 0; i < count; ++i) {
    readers_.push_back(std::make_shared<Link>(loop_, core_, Link::Role::reader));
    writers_.push_back(std::make_shared<Link>(loop_, core_, Link::Role::writer));
  }
}

LoopPool::~LoopPool() { close(); }

LoopPool& LoopPool::of_this_loop(const std::shared_ptr<Core>& core) {
  EventLoop& loop = EventLoop::current();
  PoolsOfLoop& all = loop.context<PoolsOfLoop>();
  for (const std::shared_ptr<LoopPool>& pool : all.pools) {
    if (pool->core() == core) return *pool;
  }
  std::erase_if(all.pools, [](const std::shared_ptr<LoopPool>& pool) {
    if (!pool->core()->closed.load(std::memory_order_relaxed) || !pool->idle()) return false;
    pool->core()->loops->remove(pool.get());
    return true;
  });
  auto made = std::make_shared<LoopPool>(loop, core);
  core->loops->add(loop, made);
  all.pools.push_back(std::move(made));
  return *all.pools.back();
}

Link& LoopPool::reader() {
  for (const std::shared_ptr<Link>& link : readers_) {
    if (link->collects_reads()) return *link;
  }
  return least_loaded(readers_);
}

/// Of those that are connected. When all have something to do the next one is connected, for later.
Link& LoopPool::least_loaded(const Links& links) {
  Link* best = links.front().get();
  Link* next = nullptr;
  for (const std::shared_ptr<Link>& link : links) {
    if (!link->connected()) {
      if (next == nullptr) next = link.get();
    } else if (!best->connected() || link->load() < best->load()) {
      best = link.get();
    }
  }
  if (next != nullptr && best->connected() && best->load() > 0) next->warm_up();
  return *best;
}

bool LoopPool::idle() const {
  const auto is_idle = [](const std::shared_ptr<Link>& link) { return link->idle(); };
  return std::all_of(readers_.begin(), readers_.end(), is_idle) &&
         std::all_of(writers_.begin(), writers_.end(), is_idle);
}

void LoopPool::close() noexcept {
  for (const std::shared_ptr<Link>& link : readers_) link->close("the database was closed");
  for (const std::shared_ptr<Link>& link : writers_) link->close("the database was closed");
}

void LoopPools::add(EventLoop& loop, const std::shared_ptr<LoopPool>& pool) {
  const std::lock_guard lock{mutex_};
  entries_.push_back(Entry{&loop, pool.get(), pool});
}

void LoopPools::remove(const LoopPool* pool) noexcept {
  const std::lock_guard lock{mutex_};
  std::erase_if(entries_, [pool](const Entry& entry) { return entry.key == pool; });
}

void LoopPools::close_all() noexcept {
  const std::lock_guard lock{mutex_};
  for (const Entry& entry : entries_) {
    const auto close = [weak = entry.pool] {
      if (const std::shared_ptr<LoopPool> pool = weak.lock()) pool->close();
    };
    if (EventLoop::current_or_null() == entry.loop) {
      close();
    } else {
      entry.loop->post(close);
    }
  }
}

std::vector<std::pair<EventLoop*, std::weak_ptr<LoopPool>>> LoopPools::all() {
  const std::lock_guard lock{mutex_};
  std::vector<std::pair<EventLoop*, std::weak_ptr<LoopPool>>> found;
  for (const Entry& entry : entries_) found.emplace_back(entry.loop, entry.pool);
  return found;
}

// Sessions.

SessionSlot::~SessionSlot() {
  if (core_ == nullptr) return;
  SessionPool& pool = *core_->sessions;
  pool.give_back(std::move(core_), std::move(wire));
}

/// Takes the waiter out of the queue, also when its coroutine is destroyed.
class SessionPool::Waiting {
 public:
  Waiting(SessionPool& pool, std::shared_ptr<Waiter> waiter)
      : pool_{pool}, waiter_{std::move(waiter)} {}
  ~Waiting() {
    waiter_->gone = true;
    const std::lock_guard lock{pool_.mutex_};
    std::erase(pool_.waiters_, waiter_);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  SessionPool& pool_;
  std::shared_ptr<Waiter> waiter_;
};

Task<SessionSlot> SessionPool::acquire(std::shared_ptr<Core> core) {
  SessionPool& pool = *core->sessions;
  std::shared_ptr<Waiter> waiter;
  SessionSlot slot;
  {
    const std::lock_guard lock{pool.mutex_};
    if (pool.in_use_ < pool.limit_) {
      ++pool.in_use_;
      std::unique_ptr<Wire> wire;
      if (!pool.idle_.empty()) {
        wire = std::move(pool.idle_.back());
        pool.idle_.pop_back();
      }
      slot = SessionSlot{core, std::move(wire)};
    } else {
      waiter = std::make_shared<Waiter>(EventLoop::current());
      pool.waiters_.push_back(waiter);
    }
  }
  if (waiter == nullptr) co_return slot;
  const Waiting waiting{pool, waiter};
  bool too_late = false;
  try {
    Task<SessionSlot> turn = waiter->slot.wait();
    slot = co_await with_timeout(std::move(turn), core->options.acquire_timeout);
  } catch (const TimeoutError&) {
    too_late = true;
  }
  if (!too_late) co_return slot;
  ErrorDetails details;
  details.message = "all " + std::to_string(pool.limit_) +
                    " connections for transactions, streams and sessions were in use for " +
                    std::to_string(core->options.acquire_timeout.count()) + " ms";
  details.hint =
      "keep interactive transactions short, prefer batches, or raise session_connections";
  throw PoolTimeout(std::move(details));
}

void SessionPool::give_back(std::shared_ptr<Core> core, std::unique_ptr<Wire> wire) noexcept {
  std::unique_ptr<Wire> unwanted;  // closed after the lock is gone
  const std::lock_guard lock{mutex_};
  if (closed_) unwanted = std::move(wire);
  if (waiters_.empty()) {
    --in_use_;
    if (wire != nullptr) idle_.push_back(std::move(wire));
    return;
  }
  const std::shared_ptr<Waiter> next = waiters_.front();
  waiters_.pop_front();
  next->loop.post(
      [next, slot = std::make_unique<SessionSlot>(std::move(core), std::move(wire))]() mutable {
        if (!next->gone) next->slot.set_value(std::move(*slot));
      });
}

std::size_t SessionPool::waiting() {
  const std::lock_guard lock{mutex_};
  return waiters_.size();
}

std::size_t SessionPool::in_use() {
  const std::lock_guard lock{mutex_};
  return in_use_;
}

void SessionPool::close() noexcept {
  std::vector<std::unique_ptr<Wire>> closing;
  const std::lock_guard lock{mutex_};
  closed_ = true;
  closing.swap(idle_);
}

Session::Session(SessionSlot slot, std::shared_ptr<Core> core)
    : core_{std::move(core)},
      slot_{std::move(slot)},
      link_{std::make_shared<Link>(EventLoop::current(), core_, Link::Role::session)} {
  if (slot_.wire != nullptr && slot_.wire->stale()) slot_.wire.reset();
  if (slot_.wire != nullptr) link_->attach(std::move(slot_.wire));
}

Task<std::shared_ptr<Session>> Session::open(std::shared_ptr<Core> core) {
  SessionSlot slot = co_await SessionPool::acquire(core);
  co_return std::make_shared<Session>(std::move(slot), std::move(core));
}

void Session::give_back() noexcept {
  if (link_ == nullptr) return;
  const std::shared_ptr<Link> link = std::exchange(link_, nullptr);
  SessionSlot slot = std::move(slot_);
  if (EventLoop::current_or_null() != &link->loop()) {
    link->close("the event loop of the session does not run");
    return;
  }
  if (link->idle() && leftover_ == Leftover::nothing) {
    slot.wire = link->detach();
    return;
  }
  if (link->lost()) return;
  link->loop().spawn(tidy(link, std::move(slot), leftover_));
}

Task<void> Session::tidy(std::shared_ptr<Link> link, SessionSlot slot, Leftover leftover) {
  CallKind kind;
  kind.in_transaction = true;
  kind.one_time = true;
  kind.allowed = Allowed::anything;
  const TimePoint deadline = Clock::now() + std::chrono::seconds{5};
  try {
    const Statement rollback{"rollback"};
    Call undo{*link, rollback, {}, kind, deadline};
    co_await undo;
    if (leftover == Leftover::settings) {
      const Statement discard{"discard all"};
      Call reset{*link, discard, {}, kind, deadline};
      co_await reset;
    }
  } catch (const DatabaseError&) {
    // Then the connection is not given back; the slot is.
  }
  std::unique_ptr<Wire> wire = link->detach();
  if (wire != nullptr && leftover == Leftover::settings) {
    wire->statements = StatementCache{link->core()->options.statement_cache};
    wire->set_up = false;
  }
  slot.wire = std::move(wire);
}

Turn::Turn(Session& session) : session_{session} {
  if (session.busy) {
    throw UsageError(
        "a transaction or connection runs one statement at a time, and this one still waits for "
        "another; use a Batch to send several together");
  }
  session.busy = true;
}

}  // namespace roost::db::postgres::detail
