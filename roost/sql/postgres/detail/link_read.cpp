// Reading what the server answers.
#include <roost/sql/dialect.hpp>
#include <roost/sql/postgres/detail/link.hpp>
#include <roost/sql/postgres/detail/row_check.hpp>
#include <roost/sql/postgres/detail/rows.hpp>

#include <algorithm>

namespace roost::db::postgres::detail {

namespace {

/// How often the server may tell a call that it must run again before that is an error.
constexpr std::uint8_t most_runs = 5;

Failure row_count_failure(const Batch::Entry& entry, std::uint64_t rows) {
  Failure failure;
  failure.kind = ErrorKind::row_count_mismatch;
  failure.details.message = "the statement affected " + std::to_string(rows) + " rows instead of " +
                            std::to_string(entry.expected_rows);
  failure.details.hint = "somebody else has changed or deleted the row: load it again";
  failure.details.statement = entry.statement.text;
  return failure;
}

Failure too_large_failure(const Batch::Entry& entry) {
  Failure failure;
  failure.kind = ErrorKind::out_of_memory;
  failure.details.message = "the result is larger than 4 GiB";
  failure.details.hint = "read it as a stream, or ask for less";
  failure.details.statement = entry.statement.text;
  return failure;
}

}  // namespace

void Link::read() {
  const std::uint64_t number = incarnation_;
  Wire::Transfer transfer = Wire::Transfer::more;
  while (transfer == Wire::Transfer::more) {
    transfer = wire_->receive();
    // What came before the end counts; it may explain the end.
    read_messages();
    if (incarnation_ != number) return;
  }
  if (transfer == Wire::Transfer::failed) lose(wire_->problem());
}

void Link::read_messages() {
  const std::uint64_t number = incarnation_;
  try {
    while (incarnation_ == number) {
      const std::optional<Message> message = wire_->in.next();
      if (!message) break;
      handle(*message);
    }
  } catch (const ProtocolError& error) {
    if (incarnation_ == number) lose(error.what());
    return;
  }
  if (incarnation_ != number || held_ == nullptr) return;
  if (held_->answered == held_->sent || held_->failed() || held_->skipped) resume_held();
}

void Link::handle(const Message& message) {
  switch (message.type) {
    case '1':  // parsed
    case '2':  // bound
    case 'N':  // a notice
    case 'A':  // a notification
    case 'S':  // a setting
      return;
    case 'E':
      return handle_error(message.body);
    case 'Z':
      return handle_ready(message.body);
    default:
      break;
  }
  if (steps_.empty() || steps_.front().kind == StepKind::sync) {
    throw ProtocolError{"an answer that nobody asked for"};
  }
  switch (message.type) {
    case 'T':
      return handle_shape(read_shape(message.body));
    case 'n':
      return handle_shape(no_columns());
    case 't':
      return handle_parameters(message.body);
    case 'D':
      return handle_row(message.body);
    case 'C':
      return handle_end(read_affected_rows(message.body));
    case 'I':
      return handle_end(0);
    default:
      throw ProtocolError{"an answer of an unknown kind"};
  }
}

void Link::handle_shape(std::shared_ptr<const RowShape> shape) {
  const Step& step = steps_.front();
  if (step.prepared != nullptr) {
    step.prepared->binary = shape->known_types();
    step.prepared->shape = shape;
  }
  if (step.kind == StepKind::prepare) return end_step();
  shape_ = std::move(shape);
}

void Link::handle_parameters(std::string_view body) {
  const Step& step = steps_.front();
  if (step.kind != StepKind::prepare) throw ProtocolError{"an answer that nobody asked for"};
  const std::vector<ValueType>& types = step.prepared->types;
  if (std::find(types.begin(), types.end(), ValueType::array) == types.end()) return;
  step.prepared->arrays = read_parameter_types(body);
}

/// What the rows of the statement look like.
const std::shared_ptr<const RowShape>& Link::shape_of(const Step& step) const {
  if (shape_ != nullptr) return shape_;
  if (step.prepared == nullptr || step.prepared->shape == nullptr) {
    throw ProtocolError{"an answer before its description"};
  }
  return step.prepared->shape;
}

void Link::handle_row(std::string_view body) {
  const Step& step = steps_.front();
  if (step.kind != StepKind::statement) return;  // of the driver's own commands nobody reads rows
  rows_.append(body, shape_of(step)->columns().size());
}

void Link::handle_end(std::uint64_t affected_rows) {
  Step& step = steps_.front();
  if (step.kind == StepKind::prepare) throw ProtocolError{"an answer before its description"};
  if (step.kind == StepKind::statement) handle_statement(step, affected_rows);
  end_step();
}

/// The server has answered the first step.
void Link::end_step() {
  const Step& step = steps_.front();
  if (step.prepared != nullptr) --step.prepared->in_flight;
  steps_.pop_front();
  if (!rows_.empty()) rows_.clear();
  shape_ = nullptr;
}

/// The server will not answer the first step.
void Link::skip_step() {
  const Step& step = steps_.front();
  if (step.kind == StepKind::prepare) step.prepared->on_server = false;
  step.flight->skipped = true;
  end_step();
}

void Link::handle_statement(Step& step, std::uint64_t affected_rows) {
  Flight& flight = *step.flight;
  ++flight.answered;
  if (flight.call == nullptr) return;
  if (rows_.too_large()) {
    if (!flight.failed()) flight.fail(too_large_failure(flight.call->entries_[step.index]));
    return;
  }
  auto rows = std::make_unique<Rows>(shape_of(step), step.binary, affected_rows, rows_);
  if (step.checks_rows) rows->count_only();
  flight.call->result(step.index) = Result{std::move(rows)};
  if (!flight.failed()) check_row_count(flight, step.index);
}

void Link::check_row_count(Flight& flight, std::size_t index) {
  const std::uint32_t expected = flight.call->entries_[index].expected_rows;
  if (expected == Batch::any_row_count) return;
  const Result& result = flight.call->result(index);
  const std::uint64_t rows = std::max<std::uint64_t>(result.affected_rows(), result.row_count());
  if (rows == expected) return;
  flight.fail(row_count_failure(flight.call->entries_[index], rows));
  flight.failure->details.batch_index = static_cast<std::uint32_t>(index);
}

void Link::handle_error(std::string_view body) {
  const ErrorFields error = read_error(body);
  if (steps_.empty()) {
    // Nobody asked: the server says why it is about to go.
    if (ends_connection(error)) lose(error.message);
    return;
  }
  Step& step = steps_.front();
  handle_failure(step, error);
  if (step.kind == StepKind::sync) return;
  end_step();
  skipping_ = true;
  while (!steps_.empty() && steps_.front().kind != StepKind::sync) skip_step();
}

void Link::handle_ready(std::string_view body) {
  MessageParser parser{body};
  wire_->in_transaction = parser.take_uint8() != 'I';
  // What was sent after an error had been noticed.
  while (skipping_ && !steps_.empty() && steps_.front().kind != StepKind::sync) skip_step();
  if (steps_.empty() || steps_.front().kind != StepKind::sync) {
    throw ProtocolError{"it is ready before it has answered"};
  }
  skipping_ = false;
  const std::uint32_t segment = steps_.front().index;
  end_step();
  finish_segment(segment);
}

void Link::handle_failure(Step& step, const ErrorFields& error) {
  Flight& flight = *step.flight;
  if (step.kind == StepKind::prepare) step.prepared->on_server = false;
  const bool is_statement = step.kind == StepKind::statement || step.kind == StepKind::prepare;
  const Call* call = flight.call;
  std::string_view text;
  if (call != nullptr && is_statement) text = call->entries_[step.index].statement.text;
  Failure failure = failure_of(error, text);
  if (step.kind == StepKind::drop) {
    flight.skipped = true;
    return;
  }
  if (step.checks_rows && call != nullptr) {
    std::uint32_t& position = failure.details.position;
    position -= std::min(position, static_cast<std::uint32_t>(characters_before_checked()));
    const auto rows = rows_in_failed_check(failure.details.message);
    if (rows) failure = row_count_failure(call->entries_[step.index], *rows);
  }
  if (is_outdated_statement(failure) && step.kind == StepKind::statement &&
      step.prepared != nullptr) {
    flight.outdated = true;
    wire_->statements.renew(*step.prepared, failure.details.code != "26000");
  }
  if (failure.kind == ErrorKind::syntax_error && !text.empty() &&
      Dialect::postgresql().split_script(text).size() > 1) {
    failure.kind = ErrorKind::usage;
    failure.details.hint = "one statement at a time, or run_script()";
  }
  if (is_statement && call != nullptr && !call->results_.empty())
    failure.details.batch_index = step.index;
  if (step.kind == StepKind::sync && !ends_connection(error)) {
    // The commit failed: a deferred constraint, a serialization failure. Of all that share it.
    const std::uint32_t segment = step.index;
    for (std::size_t i = 0; i < flights_.size(); ++i) {
      Flight& one = flights_[i];
      if (one.segment == segment && !one.failed()) one.fail(failure);
    }
    return;
  }
  // After the last statement a dying server leaves open whether it has committed.
  if (step.kind == StepKind::sync) return;
  if (failure.kind == ErrorKind::connection_lost) {
    failure = connection_lost(failure.details.message, Outcome::not_executed);
  }
  if (!flight.failed()) flight.fail(std::move(failure));
}

void Link::finish_segment(std::uint32_t segment) {
  while (!flights_.empty() && flights_.front().segment == segment) {
    finish_flight(flights_.front());
    if (flights_.empty()) return;  // lost meanwhile
    flights_.pop_front();
  }
  if (!queue_.empty()) send_queued();
}

/// An innocent call: the server has said that nothing of it was executed, and why.
bool Link::should_run_again(const Flight& flight) const {
  if (flight.kind.in_transaction || flight.exception != nullptr) return false;
  if (flight.call->runs_ >= most_runs) return false;
  if (!flight.failure) return flight.skipped;  // somebody else's error in a shared segment
  if (flight.outdated) return true;
  const bool cancelled_by_mistake = flight.failure->details.code == "57014" &&
                                    flight.failure->kind == ErrorKind::cancelled &&
                                    !flight.cancel_sent && flight.at_risk;
  return cancelled_by_mistake;
}

void Link::finish_flight(Flight& flight) {
  if (flight.setup) {
    setting_up_ = false;
    if (!flight.failure) return;
    const Failure failure = *flight.failure;
    lose(failure.details.message);
    fail_queue(failure);
    return;
  }
  if (flight.call == nullptr) return;
  if (should_run_again(flight)) return run_again(flight);
  std::exception_ptr error = flight.exception;
  if (error == nullptr && flight.failure) {
    if (flight.failure->details.code == "57014" && flight.timed_out) {
      flight.failure->kind = ErrorKind::statement_timeout;
      flight.failure->details.message = "the statement did not end in time";
    }
    error = flight.failure->exception();
  }
  std::exchange(flight.call, nullptr)->end(std::move(error));
}

void Link::run_again(Flight& flight) {
  Call& call = *std::exchange(flight.call, nullptr);
  call.start_over();
  async::LoopList rest;
  rest.append(queue_);
  queue_.push_back(call);
  queue_.append(rest);
  ++queued_;
}

}  // namespace roost::db::postgres::detail
