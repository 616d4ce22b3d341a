// The life of a link: connecting, breaking, timing out.
#include <roost/async/blocking.hpp>
#include <roost/async/deadline.hpp>
#include <roost/sql/postgres/detail/link.hpp>

#include <libpq-fe.h>

#include <algorithm>
#include <array>

namespace roost::db::postgres::detail {

namespace {

constexpr std::chrono::milliseconds first_delay{25};
constexpr std::chrono::milliseconds longest_delay{1'000};
/// How long the server may take to react to a cancel request before it counts as gone.
constexpr std::chrono::seconds cancel_grace{2};

Failure timeout_failure(Outcome outcome) {
  Failure failure;
  failure.kind = ErrorKind::statement_timeout;
  failure.details.message = "the statement did not end in time";
  failure.details.outcome = outcome;
  return failure;
}

}  // namespace

Link::Link(EventLoop& loop, std::shared_ptr<Core> core, Role role)
    : loop_{loop},
      core_{std::move(core)},
      role_{role},
      end_of_turn_{loop, [this] { send_queued(); }},
      timer_{loop, [this] { on_timer(); }} {}

Link::~Link() { watch_.reset(); }

void Link::submit(Call& call) {
  if (closed_ || (role_ == Role::session && lost_)) {
    const std::string_view reason =
        closed_ ? "the database is closed" : "the connection of this session is gone";
    call.end(connection_lost(reason, Outcome::not_executed).exception());
    return;
  }
  queue_.push_back(call);
  ++queued_;
  arm_timer(call.deadline_);
  if (wire_ == nullptr) {
    start_connecting();
  } else {
    end_of_turn_.arm();
  }
}

void Link::abandon(Call& call) noexcept {
  if (!call.in_flight_) {
    if (call.linked()) --queued_;
    call.unlink();
    return;
  }
  for (std::size_t i = 0; i < flights_.size(); ++i) {
    Flight& flight = flights_[i];
    if (flight.call != &call) continue;
    flight.call = nullptr;
    call.in_flight_ = false;
    if (i != 0) return;
    if (held_ == &flight && flight.answered == flight.sent) {
      // The server waits for us; what it did so far is undone.
      resume_held();
    } else {
      flight.cancel_sent = true;
      request_cancel();
    }
    return;
  }
}

void Link::attach(std::unique_ptr<Wire> wire) {
  wire_ = std::move(wire);
  was_connected_ = true;
  reconnect_delay_ = std::chrono::milliseconds{0};
  ++incarnation_;
  watch_.emplace(loop_, wire_->socket());
  loop_.spawn(keep_reading(shared_from_this(), incarnation_));
  send_queued();
}

std::unique_ptr<Wire> Link::detach() {
  closed_ = true;
  if (!idle() || wire_ == nullptr || !wire_->works() || in_transaction()) {
    close("the session was given back");
    return nullptr;
  }
  ++incarnation_;
  watch_.reset();
  return std::move(wire_);
}

bool Link::in_transaction() const {
  return wire_ != nullptr && (wire_->in_transaction || !steps_.empty());
}

void Link::close(std::string_view reason) noexcept {
  closed_ = true;
  lose(reason);
  fail_queue(connection_lost(reason, Outcome::not_executed));
}

/// The connection is gone: everything that was on it ends with what is known about it.
void Link::lose(std::string_view reason) {
  if (wire_ == nullptr) return;
  std::string why{reason};  // it may be the wire's
  RecycledQueue<Flight> flights = std::exchange(flights_, RecycledQueue<Flight>{});
  for (; !steps_.empty(); steps_.pop_front()) {
    const Step& step = steps_.front();
    if (step.prepared != nullptr) --step.prepared->in_flight;
  }
  rows_.clear();
  shape_ = nullptr;
  skipping_ = false;
  held_ = nullptr;
  segment_open_ = false;
  setting_up_ = false;
  writing_out_ = false;
  ++incarnation_;
  watch_.reset();
  wire_.reset();
  if (role_ == Role::session) lost_ = true;
  for (; !flights.empty(); flights.pop_front()) {
    Flight& flight = flights.front();
    if (flight.call == nullptr) continue;
    Call& call = *flight.call;
    const bool may_be_done =
        flight.synced && (flight.kind.in_transaction ? flight.kind.commits : !flight.kind.reads);
    const Outcome outcome = may_be_done ? Outcome::unknown : Outcome::not_executed;
    std::exception_ptr error;
    if (flight.exception != nullptr) {
      error = flight.exception;
    } else if (flight.failure) {
      error = flight.failure->exception();  // said before the end, so it was rolled back
    } else if (flight.timed_out) {
      error = timeout_failure(outcome).exception();
    } else {
      error = connection_lost(why, outcome).exception();
    }
    call.end(std::move(error));
  }
  if (closed_) return;
  if (role_ == Role::session) {
    fail_queue(connection_lost(why, Outcome::not_executed));
    return;
  }
  if (!queue_.empty()) start_connecting();
}

void Link::fail_queue(const Failure& failure) {
  if (queue_.empty()) return;
  const std::exception_ptr error = failure.exception();
  while (async::LoopNode* node = queue_.pop_front()) {
    --queued_;
    static_cast<Call&>(*node).end(error);
  }
}

void Link::start_connecting() {
  if (connecting_ || closed_) return;
  connecting_ = true;
  loop_.spawn(connect(shared_from_this()));
}

Task<void> Link::connect(std::shared_ptr<Link> self) {
  if (self->reconnect_delay_.count() > 0) co_await sleep_for(self->reconnect_delay_);
  std::unique_ptr<Wire> wire;
  std::optional<Failure> failure;
  const std::chrono::milliseconds limit = self->core_->options.connect_timeout;
  try {
    Task<std::unique_ptr<Wire>> connecting = connect_wire(self->core_);
    wire = co_await with_timeout(std::move(connecting), limit);
  } catch (const DatabaseError& error) {
    failure = Failure{error.kind(), error.details()};
  } catch (const TimeoutError&) {
    failure = Failure{ErrorKind::cannot_connect, ErrorDetails{}};
    failure->details.message =
        "PostgreSQL did not answer within " + std::to_string(limit.count()) + " ms";
  } catch (const Error& error) {
    failure = Failure{ErrorKind::cannot_connect, ErrorDetails{}};
    failure->details.message = error.what();
  }
  self->connecting_ = false;
  if (self->closed_) co_return;
  if (wire != nullptr) {
    if (self->was_connected_) self->core_->reconnects.fetch_add(1, std::memory_order_relaxed);
    self->attach(std::move(wire));
    co_return;
  }
  self->reconnect_delay_ = std::clamp(self->reconnect_delay_ * 2, first_delay, longest_delay);
  self->fail_queue(*failure);
}

Task<void> Link::keep_reading(std::shared_ptr<Link> self, std::uint64_t number) {
  try {
    while (self->incarnation_ == number) {
      co_await self->watch_->readable();
      if (self->incarnation_ == number) self->read();
    }
  } catch (const CancelledError&) {
    // The watch is gone: the connection was closed or given away.
  }
}

Task<void> Link::write_out(std::shared_ptr<Link> self, std::uint64_t number) {
  try {
    while (self->incarnation_ == number) {
      co_await self->watch_->writable();
      if (self->incarnation_ != number) co_return;
      const Wire::Transfer transfer = self->wire_->send();
      if (transfer == Wire::Transfer::blocked) continue;
      self->writing_out_ = false;
      if (transfer == Wire::Transfer::failed) self->lose(self->wire_->problem());
      co_return;
    }
  } catch (const CancelledError&) {
  }
}

void Link::request_cancel() {
  if (cancelling_ || wire_ == nullptr || flights_.empty()) return;
  cancelling_ = true;
  for (std::size_t i = 0; i < flights_.size(); ++i) flights_[i].at_risk = true;
  loop_.spawn(cancel(shared_from_this()));
}

/// Nothing new is sent before the request has arrived: it hits whatever the server runs then.
Task<void> Link::cancel(std::shared_ptr<Link> self) {
  const std::unique_ptr<PGcancel, decltype(&::PQfreeCancel)> handle{
      ::PQgetCancel(self->wire_->native()), &::PQfreeCancel};
  auto send = [&handle] {
    std::array<char, 256> problem{};
    if (handle != nullptr) {
      ::PQcancel(handle.get(), problem.data(), static_cast<int>(problem.size()));
    }
  };
  try {
    co_await run_blocking(send);
  } catch (const Error&) {
    // Too much other blocking work; the statement's deadline comes by again.
  }
  self->cancelling_ = false;
  if (!self->closed_) self->send_queued();
}

void Link::arm_timer(TimePoint deadline) {
  if (deadline >= timer_at_) return;
  timer_at_ = deadline;
  timer_.arm(std::max(deadline - Clock::now(), Duration{0}));
}

void Link::on_timer() {
  const auto self = shared_from_this();
  timer_at_ = TimePoint::max();
  const TimePoint now = Clock::now();
  expire_queue(now);
  expire_flights(now);
  TimePoint next = TimePoint::max();
  for (std::size_t i = 0; i < flights_.size(); ++i) next = std::min(next, flights_[i].deadline);
  async::LoopList looked_at;
  while (async::LoopNode* node = queue_.pop_front()) {
    next = std::min(next, static_cast<Call&>(*node).deadline_);
    looked_at.push_back(*node);
  }
  queue_.append(looked_at);
  if (next != TimePoint::max()) arm_timer(std::max(next, now + std::chrono::milliseconds{10}));
}

void Link::expire_queue(TimePoint now) {
  async::LoopList waiting;
  while (async::LoopNode* node = queue_.pop_front()) {
    Call& call = static_cast<Call&>(*node);
    if (call.deadline_ > now) {
      waiting.push_back(call);
      continue;
    }
    --queued_;
    call.end(timeout_failure(Outcome::not_executed).exception());
  }
  queue_.append(waiting);
}

void Link::expire_flights(TimePoint now) {
  for (std::size_t i = 0; i < flights_.size(); ++i) {
    Flight& flight = flights_[i];
    if (flight.deadline > now) continue;
    if (flight.timed_out && i == 0) {
      lose("PostgreSQL did not react to a cancel request");
      return;
    }
    if (i == 0) {
      flight.timed_out = true;
      flight.cancel_sent = true;
      flight.deadline = now + cancel_grace;
      request_cancel();
    } else if (flight.kind.reads && flight.call != nullptr) {
      flight.deadline = TimePoint::max();
      std::exchange(flight.call, nullptr)->end(timeout_failure(Outcome::not_executed).exception());
    } else {
      // A write behind another one: whether it happens is not known before its turn comes.
      flight.deadline = now + std::chrono::milliseconds{100};
    }
  }
}

// Call.

Call::Call(Link& link, const Batch& batch, CallKind kind, TimePoint deadline)
    : LoopNode{[](LoopNode&) {}},
      link_{link.shared_from_this()},
      entries_{batch.entries()},
      parameters_{batch.parameters(Batch::Entry{}).data()},
      kind_{kind},
      deadline_{deadline} {
  results_.resize(entries_.size());
}

Call::Call(Link& link, const Statement& statement, std::span<const ValueView> parameters,
           CallKind kind, TimePoint deadline)
    : LoopNode{[](LoopNode&) {}},
      link_{link.shared_from_this()},
      single_{statement, 0, static_cast<std::uint32_t>(parameters.size())},
      entries_{&single_, 1},
      parameters_{parameters.data()},
      kind_{kind},
      deadline_{deadline} {}

Call::~Call() { cancel_wait(); }

void Call::submit() { link_->submit(*this); }

bool Call::abandon() noexcept {
  link_->abandon(*this);
  return true;
}

void Call::end(std::exception_ptr error) noexcept {
  error_ = std::move(error);
  in_flight_ = false;
  if (waiting()) complete();
}

void Call::start_over() {
  for (Result& one : results_) one = Result{};
  result_ = Result{};
  in_flight_ = false;
  alone_ = true;
}

}  // namespace roost::db::postgres::detail
