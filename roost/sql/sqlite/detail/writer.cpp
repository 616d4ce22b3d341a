// The writer's thread: groups, sessions, answers.
#include <roost/sql/errors.hpp>
#include <roost/sql/sqlite/detail/outbox.hpp>
#include <roost/sql/sqlite/detail/writer.hpp>

#include <algorithm>
#include <utility>

namespace roost::db::sqlite::detail {

namespace {

constexpr std::size_t most_units_per_group = 1'000;
/// A group commits once it has run for this long, whatever else is queued.
constexpr std::chrono::milliseconds longest_group{4};
/// How often a session's thread looks for queued units whose time is up.
constexpr std::chrono::milliseconds expiry_interval{50};

std::exception_ptr timeout_in_queue() {
  ErrorDetails details;
  details.message = "the time was up before the writer came to it; nothing was written";
  details.hint = "is an interactive transaction open for long?";
  return make_error(ErrorKind::statement_timeout, std::move(details));
}

std::exception_ptr session_over() {
  ErrorDetails details;
  details.message =
      "the transaction or connection had the writer for longer than its timeout; it "
      "was rolled back";
  details.hint = "keep interactive transactions short, or give them a longer timeout";
  return make_error(ErrorKind::transaction_timeout, std::move(details));
}

bool is_storage_failure(const std::exception_ptr& error) {
  const DatabaseError* found = database_error(error);
  return found != nullptr && found->kind() == ErrorKind::storage_failure;
}

/// After an I/O error in a commit the log may, or may not, hold it when the machine fails next.
std::exception_ptr with_unknown_outcome(const std::exception_ptr& error) {
  const DatabaseError* found = database_error(error);
  if (found == nullptr) return error;
  ErrorDetails details = found->details();
  details.outcome = Outcome::unknown;
  return make_error(found->kind(), std::move(details));
}

}  // namespace

/// Outlives the call, so that an answer which comes after its coroutine's end finds nobody.
struct WriterCall::Delivery {
  std::atomic<bool> ended{false};
  WriterCall* waiter = nullptr;  // the loop's thread only

  void wait_until_ended() const { ended.wait(false, std::memory_order_acquire); }
  void end() {
    ended.store(true, std::memory_order_release);
    ended.notify_all();
  }
};

WriterCall::WriterCall(Writer& writer, TimePoint deadline)
    : LoopNode{[](LoopNode&) {}}, writer_{writer}, deadline_{deadline} {
  delivery_ = std::make_shared<Delivery>();
  delivery_->waiter = this;
}

WriterCall::~WriterCall() = default;

void WriterCall::leave() noexcept {
  if (waiting() && submitted_ && !abandon()) delivery_->wait_until_ended();
  delivery_->waiter = nullptr;
  cancel_wait();
}

UnitCall::UnitCall(Outbox& outbox, const Batch& batch, TimePoint deadline)
    : WriterCall{outbox.writer(), deadline}, outbox_{outbox}, batch_{&batch} {}

UnitCall::UnitCall(Outbox& outbox, const Statement& statement,
                   std::span<const ValueView> parameters, TimePoint deadline)
    : WriterCall{outbox.writer(), deadline},
      outbox_{outbox},
      statement_{&statement},
      parameters_{parameters} {}

void UnitCall::execute(Handle& handle) {
  ExecutionLimits limits;
  limits.deadline = deadline_;
  results_.clear();
  if (batch_ != nullptr) {
    results_ = handle.run_batch(*batch_, limits);
  } else {
    result_ = handle.run(*statement_, parameters_, {}, limits);
  }
}

void UnitCall::submit() { outbox_.add(*this); }
bool UnitCall::abandon() noexcept { return writer_.withdraw(*this); }

OpenSessionCall::OpenSessionCall(Outbox& outbox, std::shared_ptr<WriterSession> session,
                                 TimePoint deadline)
    : WriterCall{outbox.writer(), deadline}, outbox_{outbox}, session_{std::move(session)} {}

void OpenSessionCall::execute(Handle& handle) {
  if (session_->mode() == WriterSession::Mode::transaction) {
    handle.begin_immediate();
  } else {
    handle.allow_settings(true);
  }
}

void OpenSessionCall::submit() { outbox_.add(*this); }
bool OpenSessionCall::abandon() noexcept { return writer_.withdraw(*this); }

void SessionCall::submit() { writer_.submit_command(*session_, *this); }
bool SessionCall::abandon() noexcept { return writer_.withdraw_command(*session_, *this); }

Writer::Writer(const Location& location, std::size_t cached_statements)
    : location_{location}, cached_statements_{cached_statements}, checkpointer_{location} {}

Writer::~Writer() { close(); }

void Writer::announce() {
  if (closing_.load(std::memory_order_relaxed)) throw UsageError("the database is closed");
  counters_.waiting.fetch_add(1, std::memory_order_relaxed);
}

void Writer::refuse(WriterCall& call) noexcept {
  counters_.waiting.fetch_sub(1, std::memory_order_relaxed);
  call.error_ = std::make_exception_ptr(UsageError("the database is closed"));
  call.complete();
}

bool Writer::submit(async::LoopList& calls) {
  std::size_t count = 0;
  bool wake = false;
  {
    const std::lock_guard lock{mutex_};
    if (closing_.load(std::memory_order_relaxed)) return false;
    if (!thread_.joinable()) thread_ = std::thread{[this] { run(); }};
    for (; async::LoopNode* call = calls.pop_front(); ++count) queue_.push_back(*call);
    wake = wanted_ != 0 && count >= wanted_;
    wanted_ -= std::min(count, wanted_);
  }
  if (wake) arrived_.notify_one();
  return true;
}

void Writer::submit_command(WriterSession& session, WriterCall& call) {
  const std::lock_guard lock{mutex_};
  if (session.ended_) std::rethrow_exception(session_over());
  session.command_ = &call;
  arrived_.notify_one();
}

bool Writer::withdraw(WriterCall& call) noexcept {
  const std::lock_guard lock{mutex_};
  if (!call.linked()) return false;
  call.unlink();
  counters_.waiting.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

bool Writer::withdraw_command(WriterSession& session, WriterCall& call) noexcept {
  const std::lock_guard lock{mutex_};
  if (session.command_ != &call) return false;
  session.command_ = nullptr;
  return true;
}

void Writer::release(WriterSession& session) noexcept {
  const std::lock_guard lock{mutex_};
  session.released_ = true;
  arrived_.notify_one();
}

void Writer::note_commit() noexcept {
  commit_sequence_.fetch_add(1, std::memory_order_release);
  counters_.commits.fetch_add(1, std::memory_order_relaxed);
}

void Writer::close() noexcept {
  {
    const std::lock_guard lock{mutex_};
    closing_.store(true, std::memory_order_relaxed);
  }
  arrived_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Writer::run() {
  for (;;) {
    WriterCall* session_call = nullptr;
    {
      std::unique_lock lock{mutex_};
      while (queue_.empty() && !closing_.load(std::memory_order_relaxed)) {
        wanted_ = 1;
        arrived_.wait(lock);
      }
      wanted_ = 0;
      if (queue_.empty()) break;
      auto* first = static_cast<WriterCall*>(queue_.front());
      if (first->opened_session() != nullptr) {
        queue_.pop_front();
        counters_.waiting.fetch_sub(1, std::memory_order_relaxed);
        session_call = first;
      }
    }
    if (session_call != nullptr) {
      serve(*session_call);
    } else {
      run_group();
    }
    if (handle_ != nullptr) checkpointer_.after_commit(*handle_);
  }
  checkpointer_.close();
  handle_.reset();
}

Handle& Writer::handle() {
  if (handle_ == nullptr) {
    handle_ = std::make_unique<Handle>(location_, Role::writer, cached_statements_);
    counters_.connected.store(true, std::memory_order_relaxed);
  }
  return *handle_;
}

void Writer::take_units(std::vector<WriterCall*>& into) {
  const std::lock_guard lock{mutex_};
  while (!queue_.empty() && into.size() < most_units_per_group) {
    auto* call = static_cast<WriterCall*>(queue_.front());
    if (call->opened_session() != nullptr) return;
    queue_.pop_front();
    counters_.waiting.fetch_sub(1, std::memory_order_relaxed);
    into.push_back(call);
  }
}

/// Whatever has arrived, or arrives while the group waits.
void Writer::take_more(std::vector<WriterCall*>& into, GroupWait& wait) {
  const std::size_t before = into.size();
  take_units(into);
  if (into.size() != before) return;
  if (!wait.begun) {
    wait = GroupWait{true, before, gathering_.missing(before),
                     std::chrono::steady_clock::now() + gathering_.patience()};
  }
  if (before >= wait.units + wait.missing) return;
  {
    std::unique_lock lock{mutex_};
    // What stands there but is no unit wants to begin a session.
    if (!queue_.empty()) return;
    wanted_ = wait.units + wait.missing - before;
    arrived_.wait_until(lock, wait.until, [this] {
      return wanted_ == 0 || closing_.load(std::memory_order_relaxed);
    });
    wanted_ = 0;
  }
  take_units(into);
}

void Writer::run_group() {
  std::vector<WriterCall*> pending;
  std::vector<WriterCall*> answered;
  take_units(pending);
  bool alone = false;
  while (!pending.empty()) {
    if (alone) {
      // Units of a group whose commit failed: one transaction each, to find the culprit.
      std::vector<WriterCall*> one{pending.front()};
      pending.erase(pending.begin());
      while (!one.empty()) static_cast<void>(attempt(one, answered, true));
    } else {
      alone = !attempt(pending, answered, false);
    }
    deliver(answered);
  }
}

void Writer::fail_all(std::vector<WriterCall*>& calls, const std::exception_ptr& error,
                      std::vector<WriterCall*>& answered) {
  for (WriterCall* call : calls) {
    call->error_ = error;
    answered.push_back(call);
  }
  calls.clear();
}

bool Writer::run_in_savepoint(WriterCall& call, std::vector<WriterCall*>& answered) {
  Handle& database = *handle_;
  try {
    if (std::chrono::steady_clock::now() >= call.deadline_) {
      std::rethrow_exception(timeout_in_queue());
    }
    database.savepoint();
    call.execute(database);
    if (database.has_open_foreign_keys()) database.throw_open_foreign_keys();
    database.release();
    return true;
  } catch (...) {
    call.error_ = std::current_exception();
  }
  answered.push_back(&call);
  if (!database.in_transaction()) return false;
  try {
    database.rollback_to_savepoint();
    database.release();
  } catch (...) {
    database.rollback();  // the others run again without this one
  }
  return false;
}

/// Runs the pending units as one transaction. Moves those that are answered, well or badly, to
/// `answered`; what must run again stays in `pending`. False: the commit of several failed, so each
/// of `pending` is to be run alone.
bool Writer::attempt(std::vector<WriterCall*>& pending, std::vector<WriterCall*>& answered,
                     bool alone) {
  try {
    handle().begin_immediate();
  } catch (...) {
    fail_all(pending, std::current_exception(), answered);
    return true;
  }
  const TimePoint started = std::chrono::steady_clock::now();
  GroupWait wait;
  std::vector<WriterCall*> executed;
  for (std::size_t i = 0; i < pending.size(); ++i) {
    if (run_in_savepoint(*pending[i], answered)) executed.push_back(pending[i]);
    if (!handle_->in_transaction()) {
      executed.insert(executed.end(), pending.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                      pending.end());
      pending = std::move(executed);
      return true;
    }
    const bool more = !alone && i + 1 == pending.size() && pending.size() < most_units_per_group;
    if (more && std::chrono::steady_clock::now() - started < longest_group) {
      take_more(pending, wait);
    }
  }
  if (wait.missing != 0) gathering_.waited(wait.missing, pending.size() - wait.units);
  pending.clear();
  std::exception_ptr error;
  const TimePoint committing = std::chrono::steady_clock::now();
  try {
    handle_->commit();
  } catch (...) {
    error = std::current_exception();
  }
  if (error == nullptr) {
    note_commit();
    gathering_.answered(executed.size(), counters_.waiting.load(std::memory_order_relaxed),
                        std::chrono::steady_clock::now() - committing);
    counters_.units.fetch_add(executed.size(), std::memory_order_relaxed);
    answered.insert(answered.end(), executed.begin(), executed.end());
    return true;
  }
  handle_->rollback();
  const bool unknown = is_storage_failure(error);
  if (unknown) error = with_unknown_outcome(error);
  if (executed.size() <= 1 || unknown) {
    fail_all(executed, error, answered);
    return true;
  }
  pending = std::move(executed);
  return false;
}

void Writer::deliver(std::vector<WriterCall*>& calls) {
  using Deliveries = std::vector<std::shared_ptr<WriterCall::Delivery>>;
  if (calls.empty()) return;
  std::stable_sort(calls.begin(), calls.end(), [](const WriterCall* a, const WriterCall* b) {
    return std::less<const EventLoop*>{}(&a->loop(), &b->loop());
  });
  for (auto first = calls.begin(); first != calls.end();) {
    EventLoop& loop = (*first)->loop();
    Deliveries deliveries;
    for (; first != calls.end() && &(*first)->loop() == &loop; ++first) {
      deliveries.push_back((*first)->delivery_);
    }
    // As long as one of them has not ended, its coroutine, and so its loop, waits for us.
    const std::shared_ptr<WriterCall::Delivery> last = deliveries.back();
    for (std::size_t i = 0; i + 1 < deliveries.size(); ++i) deliveries[i]->end();
    loop.post([arrived = std::move(deliveries)] {
      for (const auto& delivery : arrived) {
        delivery->wait_until_ended();
        if (delivery->waiter != nullptr) delivery->waiter->complete();
      }
    });
    last->end();
  }
  calls.clear();
  if (handle_ != nullptr) counters_.prepares.store(handle_->prepares(), std::memory_order_relaxed);
}

void Writer::serve(WriterCall& call) {
  const std::shared_ptr<WriterSession> session = call.opened_session();
  std::exception_ptr error;
  try {
    if (std::chrono::steady_clock::now() >= call.deadline_) {
      std::rethrow_exception(timeout_in_queue());
    }
    call.execute(handle());
  } catch (...) {
    error = std::current_exception();
  }
  call.error_ = error;
  std::vector<WriterCall*> answered{&call};
  deliver(answered);
  if (error != nullptr) {
    const std::lock_guard lock{mutex_};
    session->ended_ = true;
    return;
  }
  serve_commands(*session);
  handle_->rollback();
  if (session->mode() == WriterSession::Mode::connection) {
    // Whatever settings were changed: a new connection has the right ones.
    handle_.reset();
    try {
      static_cast<void>(handle());
    } catch (...) {
      handle_ = nullptr;  // the next call tries again and reports it
    }
  }
}

void Writer::serve_commands(WriterSession& session) {
  if (session.timeout_.count() > 0) {
    session.deadline_ = std::chrono::steady_clock::now() + session.timeout_;
  }
  std::unique_lock lock{mutex_};
  for (;;) {
    const TimePoint now = std::chrono::steady_clock::now();
    if (session.command_ == nullptr && !session.released_ && now < session.deadline_) {
      arrived_.wait_until(lock, std::min(session.deadline_, now + expiry_interval));
    }
    if (session.command_ != nullptr && !session.released_) {
      WriterCall& command = *std::exchange(session.command_, nullptr);
      lock.unlock();
      command.deadline_ = std::min(command.deadline_, session.deadline_);
      run_command(command, session);
      lock.lock();
      continue;
    }
    if (session.released_ || std::chrono::steady_clock::now() >= session.deadline_) break;
    lock.unlock();
    expire_queued();
    lock.lock();
  }
  session.ended_ = true;
  if (session.command_ == nullptr) return;
  WriterCall& late = *std::exchange(session.command_, nullptr);
  lock.unlock();
  late.error_ = session_over();
  std::vector<WriterCall*> answered{&late};
  deliver(answered);
}

void Writer::run_command(WriterCall& command, const WriterSession& session) {
  try {
    command.execute(*handle_);
  } catch (...) {
    command.error_ = std::current_exception();
  }
  const DatabaseError* error = database_error(command.error_);
  if (error != nullptr && error->kind() == ErrorKind::statement_timeout &&
      std::chrono::steady_clock::now() >= session.deadline_) {
    command.error_ = session_over();
  }
  std::vector<WriterCall*> answered{&command};
  deliver(answered);
}

void Writer::expire_queued() {
  std::vector<WriterCall*> expired;
  {
    const std::lock_guard lock{mutex_};
    const TimePoint now = std::chrono::steady_clock::now();
    async::LoopList kept;
    while (async::LoopNode* node = queue_.pop_front()) {
      auto* call = static_cast<WriterCall*>(node);
      if (call->deadline_ > now) {
        kept.push_back(*node);
      } else {
        call->error_ = timeout_in_queue();
        expired.push_back(call);
      }
    }
    queue_.append(kept);
    counters_.waiting.fetch_sub(expired.size(), std::memory_order_relaxed);
  }
  deliver(expired);
}

}  // namespace roost::db::sqlite::detail
