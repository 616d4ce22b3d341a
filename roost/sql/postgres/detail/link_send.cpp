// Writing calls into the pipeline.
#include <roost/sql/dialect.hpp>
#include <roost/sql/postgres/detail/link.hpp>

#include <algorithm>

namespace roost::db::postgres::detail {

namespace {

/// Statements that share a Sync: more would only make the first ones wait.
constexpr std::size_t most_shared = 64;

constexpr std::string_view read_only_command =
    "select set_config('transaction_read_only', 'on', true)";

/// What is not kept until the end of the turn: the server may begin.
constexpr std::size_t much_output = 262'144;

/// The connection is gone.
struct SendFailed {};

}  // namespace

void Link::send_queued() {
  if (wire_ == nullptr || held_ != nullptr || cancelling_ || sending_ || setting_up_) return;
  if (queue_.empty() && wire_->set_up) return;
  sending_ = true;
  try {
    if (!wire_->set_up) setup_session();
    std::size_t shared = 0;
    while (held_ == nullptr && !setting_up_ && !queue_.empty() && may_begin_segment()) {
      Call& call = static_cast<Call&>(*queue_.front());
      const bool may_share = role_ == Role::reader && !call.alone_ && core_->settings.share_reads;
      if (segment_open_ && (!may_share || shared >= most_shared)) {
        send_sync();
        shared = 0;
        continue;
      }
      call.unlink();
      --queued_;
      Flight& flight = begin_flight(call);
      if (may_share) {
        shared += flight.size;
        send_flight(flight);
      } else {
        send_flight(flight);
        if (held_ == nullptr) send_sync();
      }
    }
    if (segment_open_ && held_ == nullptr) send_sync();
    flush_output();
    sending_ = false;
  } catch (const SendFailed&) {
    sending_ = false;
    lose(wire_->problem());
  }
}

bool Link::collects_reads() const {
  return connected() && queued_ > 0 && queued_ < most_shared && held_ == nullptr;
}

/// Poolers give the session away at the end of a transaction even when the next one has begun to
/// arrive (pgbouncer before 1.22): there, one segment at a time.
bool Link::may_begin_segment() const {
  return !core_->settings.pooler || segment_open_ || flights_.empty();
}

Link::Flight& Link::begin_flight(Call& call) {
  if (!segment_open_) {
    segment_open_ = true;
    ++segment_;
  }
  Flight& flight = flights_.push_back();
  flight.call = &call;
  flight.kind = call.kind_;
  flight.size = call.size();
  flight.segment = segment_;
  flight.deadline = call.deadline_;
  call.in_flight_ = true;
  call.connection_ = wire_->number;
  ++call.runs_;
  return flight;
}

/// Everything of the call that can be sent now, but its Sync.
void Link::send_flight(Flight& flight) {
  const Call& call = *flight.call;
  if (wire_->statements.has_dropped()) send_dropped(flight);
  if (role_ == Role::reader && core_->settings.pooler) send_own(flight, read_only_command);
  for (const std::string_view command : call.before_) send_own(flight, command);
  if (!send_statements(flight)) {
    hold(flight);
    return;
  }
  if (!flight.failed() && !call.after_.empty()) send_own(flight, call.after_);
}

void Link::send_dropped(Flight& flight) {
  for (const std::string& name : wire_->statements.take_dropped()) {
    send_own(flight, "deallocate " + name, StepKind::drop);
  }
}

/// False when the answers to what was sent are needed first.
bool Link::send_statements(Flight& flight) {
  Call& call = *flight.call;
  try {
    for (; flight.sent < flight.size; ++flight.sent) {
      const Batch::Entry& entry = call.entries_[flight.sent];
      const auto last = last_cell(call.parameters(entry));
      if (last) {
        if (*last >= flight.sent) {
          throw UsageError("a result cell names a statement that does not stand before its own");
        }
        if (*last >= flight.answered) return false;
      }
      send_statement(flight, entry, last.has_value());
      flush_when_much();
    }
  } catch (const Error&) {
    flight.exception = std::current_exception();
    if (flight.kind.in_transaction || flight.kind.reads) return true;
    // What was sent of it must not be committed.
    if (flight.sent > 0) send_own(flight, "rollback");
    return true;
  }
  if (flight.kind.in_transaction && call.after_.empty()) return true;
  if (flight.answered == flight.size) return true;
  return !flight.counts_rows;
}

/// The statement with its check in it; null when the server is not asked to check. It is only where
/// the commit follows in the same trip: else the caller's side checks in time.
const Statement* Link::checked_form(const Flight& flight, const Batch::Entry& entry) {
  if (flight.kind.one_time || (flight.kind.in_transaction && !flight.kind.commits)) return nullptr;
  if (entry.parameter_count >= Dialect::postgresql().max_parameters()) return nullptr;
  return checked_.find(entry.statement, entry.parameter_count);
}

void Link::send_statement(Flight& flight, const Batch::Entry& entry, bool has_cells) {
  std::span<const ValueView> parameters = flight.call->parameters(entry);
  if (has_cells) parameters = resolve_cells(flight, parameters);
  if (parameters.size() > Dialect::postgresql().max_parameters()) {
    throw UsageError("a statement has " + std::to_string(parameters.size()) +
                     " parameters; PostgreSQL takes " +
                     std::to_string(Dialect::postgresql().max_parameters()));
  }
  const bool counts = entry.expected_rows != Batch::any_row_count;
  const Statement* checked = counts ? checked_form(flight, entry) : nullptr;
  if (counts && checked == nullptr) flight.counts_rows = true;
  if (checked != nullptr) {
    send_checked(flight, entry, *checked, parameters);
  } else if (flight.kind.one_time) {
    send_once(flight, entry.statement, parameters);
  } else {
    send_kept(flight, entry.statement, parameters);
  }
}

void Link::send_checked(Flight& flight, const Batch::Entry& entry, const Statement& checked,
                        std::span<const ValueView> parameters) {
  if (parameters.data() != resolved_.data()) resolved_.assign(parameters.begin(), parameters.end());
  resolved_.push_back(ValueView::int64(entry.expected_rows));
  send_kept(flight, checked, resolved_);
  Step& sent = steps_.back();
  sent.checks_rows = true;
  if (steps_.size() < 2) return;
  Step& before = steps_[steps_.size() - 2];
  if (before.kind == StepKind::prepare && before.prepared == sent.prepared) {
    before.checks_rows = true;
  }
}

void Link::send_kept(Flight& flight, const Statement& statement,
                     std::span<const ValueView> parameters) {
  MessageWriter& out = wire_->out;
  const auto index = static_cast<std::uint32_t>(flight.sent);
  Prepared& prepared = wire_->statements.find(statement, parameters, flight.kind.allowed);
  const bool binary = prepared.binary;
  if (!core_->settings.prepared) {
    send_text(statement.text, parameters, prepared.types, prepared.arrays, binary);
  } else {
    if (!prepared.on_server) {
      out.parse(prepared.name, statement.text, prepared.types);
      out.describe_statement(prepared.name);
      prepared.on_server = true;
      ++prepared.in_flight;
      core_->prepares.fetch_add(1, std::memory_order_relaxed);
      steps_.push_back(Step{&flight, &prepared, index, StepKind::prepare});
    }
    out.bind(prepared.name, parameters, prepared.types, prepared.arrays, binary);
    if (prepared.describes_each_time) out.describe_portal();
    out.execute();
  }
  ++prepared.in_flight;
  steps_.push_back(Step{&flight, &prepared, index, StepKind::statement, binary});
}

void Link::send_once(Flight& flight, const Statement& statement,
                     std::span<const ValueView> parameters) {
  check_statement(statement.text, flight.kind.allowed);
  types_.assign(statement.parameters.begin(), statement.parameters.end());
  if (types_.empty()) {
    for (const ValueView& parameter : parameters) types_.push_back(parameter.type());
  }
  send_text(statement.text, parameters, types_, {}, flight.kind.binary);
  steps_.push_back(Step{&flight, nullptr, static_cast<std::uint32_t>(flight.sent),
                        StepKind::statement, flight.kind.binary});
}

/// Without a name.
void Link::send_text(std::string_view text, std::span<const ValueView> parameters,
                     std::span<const ValueType> types, std::span<const Oid> arrays, bool binary) {
  MessageWriter& out = wire_->out;
  const std::size_t before = out.pending().size();
  out.parse({}, text, types);
  try {
    out.bind({}, parameters, types, arrays, binary);
  } catch (...) {
    out.take_back(before);  // to what the server would say about the text alone nobody listens
    throw;
  }
  out.describe_portal();
  out.execute();
}

/// The last statement from whose result a value is taken, also by elements of arrays.
std::optional<std::uint32_t> last_cell(std::span<const ValueView> parameters) {
  const bool may_have = std::any_of(parameters.begin(), parameters.end(), [](const ValueView& one) {
    return one.type() == ValueType::result_cell || one.type() == ValueType::array;
  });
  if (!may_have) return std::nullopt;
  std::optional<std::uint32_t> last;
  const auto take = [&last](std::uint32_t statement) {
    if (!last || *last < statement) last = statement;
  };
  for (const ValueView& parameter : parameters) {
    if (parameter.type() == ValueType::result_cell) {
      take(parameter.cell().statement);
    } else if (parameter.type() == ValueType::array && !parameter.is_null()) {
      if (const auto inside = last_cell(parameter.elements())) take(*inside);
    }
  }
  return last;
}

ValueView Link::resolve_cell(Flight& flight, const ValueView& parameter) {
  if (parameter.type() == ValueType::array && !parameter.is_null() &&
      last_cell(parameter.elements())) {
    const std::span<ValueView> elements =
        resolved_elements_.allocate_values(parameter.elements().size());
    for (std::size_t i = 0; i < elements.size(); ++i) {
      elements[i] = resolve_cell(flight, parameter.elements()[i]);
    }
    return ValueView::array(parameter.element_type(), elements);
  }
  if (parameter.type() != ValueType::result_cell) return parameter;
  const ResultCell cell = parameter.cell();
  const Result& result = flight.call->result(cell.statement);
  if (cell.row >= result.row_count() || cell.column >= result.column_count()) {
    throw UsageError("statement " + std::to_string(cell.statement) +
                     " of the batch returned no row " + std::to_string(cell.row) +
                     " with a column " + std::to_string(cell.column) +
                     ", from which a later statement takes a value");
  }
  return result.value(cell.row, cell.column);
}

std::span<const ValueView> Link::resolve_cells(Flight& flight,
                                               std::span<const ValueView> parameters) {
  resolved_elements_.clear();
  resolved_.clear();
  for (const ValueView& parameter : parameters) {
    resolved_.push_back(resolve_cell(flight, parameter));
  }
  return resolved_;
}

void Link::send_own(Flight& flight, std::string_view text, StepKind kind) {
  MessageWriter& out = wire_->out;
  out.parse({}, text, {});
  out.bind({}, {}, {}, {}, false);
  out.execute();
  steps_.push_back(Step{&flight, nullptr, 0, kind});
}

void Link::send_sync() {
  wire_->out.sync();
  core_->syncs.fetch_add(1, std::memory_order_relaxed);
  for (std::size_t i = flights_.size(); i > 0 && flights_[i - 1].segment == segment_; --i) {
    flights_[i - 1].synced = true;
  }
  steps_.push_back(Step{&flights_.back(), nullptr, segment_, StepKind::sync});
  segment_open_ = false;
}

void Link::hold(Flight& flight) {
  held_ = &flight;
  core_->extra_round_trips.fetch_add(1, std::memory_order_relaxed);
  wire_->out.flush();
}

/// The answers that a held call needed are there, or it has failed.
void Link::resume_held() {
  if (held_ == nullptr || sending_) return;
  Flight& flight = *held_;
  held_ = nullptr;
  sending_ = true;
  try {
    if (flight.call == nullptr || flight.failed() || flight.skipped) {
      // Where the server has failed, it skips this; where it has not, this undoes.
      if (!flight.kind.in_transaction) send_own(flight, "rollback");
    } else if (!send_statements(flight)) {
      hold(flight);
    } else if (!flight.failed() && !flight.call->after_.empty()) {
      send_own(flight, flight.call->after_);
    }
    if (held_ == nullptr) send_sync();
    flush_output();
    sending_ = false;
  } catch (const SendFailed&) {
    sending_ = false;
    lose(wire_->problem());
    return;
  }
  if (held_ == nullptr) send_queued();
}

/// Once per connection, before the first call: nothing may run on a session that has not got its
/// settings.
void Link::setup_session() {
  wire_->set_up = true;
  setting_up_ = true;
  segment_open_ = true;
  ++segment_;
  Flight& flight = flights_.push_back();
  flight.segment = segment_;
  flight.setup = true;
  flight.deadline = Clock::now() + core_->options.connect_timeout;
  arm_timer(flight.deadline);
  send_own(flight, role_ == Role::reader ? core_->reader_setup : core_->session_setup);
  send_sync();
}

void Link::flush_output() {
  if (writing_out_) return;
  const Wire::Transfer transfer = wire_->send();
  if (transfer == Wire::Transfer::failed) throw SendFailed{};
  if (transfer == Wire::Transfer::done) return;
  writing_out_ = true;
  loop_.spawn(write_out(shared_from_this(), incarnation_));
}

void Link::flush_when_much() {
  if (wire_->out.pending().size() >= much_output) flush_output();
}

}  // namespace roost::db::postgres::detail
