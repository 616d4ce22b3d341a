// Reading what the server answers.
#include <roost/sql/dialect.hpp>
#include <roost/sql/postgres/detail/link.hpp>
#include <roost/sql/postgres/detail/row_check.hpp>
#include <roost/sql/postgres/detail/rows.hpp>

#include <libpq-fe.h>

#include <algorithm>

namespace roost::db::postgres::detail {

namespace {

/// How often the server may tell a call that it must run again before that is an error.
constexpr std::uint8_t most_runs = 5;

class ResultGuard {
 public:
  explicit ResultGuard(PGresult* result) : result_{result} {}
  ~ResultGuard() { ::PQclear(result_); }
  ResultGuard(const ResultGuard&) = delete;
  ResultGuard& operator=(const ResultGuard&) = delete;

 private:
  PGresult* result_;
};

Failure row_count_failure(const Batch::Entry& entry, std::uint64_t rows) {
  Failure failure;
  failure.kind = ErrorKind::row_count_mismatch;
  failure.details.message = "the statement affected " + std::to_string(rows) + " rows instead of " +
                            std::to_string(entry.expected_rows);
  failure.details.hint = "somebody else has changed or deleted the row: load it again";
  failure.details.statement = entry.statement.text;
  return failure;
}

}  // namespace

void Link::read() {
  if (::PQconsumeInput(wire_->native()) != 1) {
    // What came before the end counts; it may explain the end.
    read_results();
    if (wire_ != nullptr) lose(::PQerrorMessage(wire_->native()));
    return;
  }
  read_results();
}

void Link::read_results() {
  const std::uint64_t number = incarnation_;
  int nothing = 0;
  while (incarnation_ == number && ::PQisBusy(wire_->native()) == 0) {
    PGresult* result = ::PQgetResult(wire_->native());
    if (result != nullptr) {
      nothing = 0;
      handle(result);
      continue;
    }
    if (!steps_.empty() && steps_.front().answered) {
      Step& step = steps_.front();
      if (step.prepared != nullptr) --step.prepared->in_flight;
      steps_.pop_front();
      nothing = 0;
      continue;
    }
    if (++nothing > 1) break;
  }
  if (incarnation_ != number) return;
  if (::PQstatus(wire_->native()) == CONNECTION_BAD) {
    lose(::PQerrorMessage(wire_->native()));
    return;
  }
  if (held_ == nullptr) return;
  if (held_->answered == held_->sent || held_->failed() || held_->skipped) resume_held();
}

void Link::handle(PGresult* result) {
  const ExecStatusType status = ::PQresultStatus(result);
  if (steps_.empty()) {
    // Nobody asked: the server says why it is about to go.
    const std::string reason = ::PQresultErrorMessage(result);
    ::PQclear(result);
    if (status == PGRES_FATAL_ERROR) lose(reason);
    return;
  }
  Step& step = steps_.front();
  if (status == PGRES_PIPELINE_SYNC) {
    ::PQclear(result);
    const std::uint32_t segment = step.index;
    steps_.pop_front();
    finish_segment(segment);
    return;
  }
  if (step.kind != StepKind::sync) step.answered = true;
  if ((status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY) &&
      step.kind == StepKind::statement) {
    handle_statement(step, result);
    return;
  }
  const ResultGuard guard{result};
  if (status == PGRES_FATAL_ERROR) {
    handle_failure(step, result);
  } else if (status == PGRES_PIPELINE_ABORTED) {
    if (step.kind == StepKind::prepare) step.prepared->on_server = false;
    step.flight->skipped = true;
  } else if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
             status != PGRES_EMPTY_QUERY) {
    lose("PostgreSQL answered with something that this driver has not asked for");
  }
}

void Link::handle_statement(Step& step, PGresult* result) {
  Flight& flight = *step.flight;
  auto rows = std::make_unique<Rows>(result);
  if (step.prepared == nullptr) {
    // Sent once: whoever reads on looks at the types of the rows itself.
  } else if (!step.prepared->described || (step.prepared->binary && !rows->known_types())) {
    step.prepared->described = true;
    step.prepared->binary = rows->known_types();
  }
  if (step.checks_rows) rows->count_only();
  ++flight.answered;
  if (flight.call == nullptr) return;
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

void Link::handle_failure(Step& step, PGresult* result) {
  if (::PQresultErrorField(result, PG_DIAG_SQLSTATE) == nullptr) {
    lose(::PQresultErrorMessage(result));  // libpq's own: the connection is gone
    return;
  }
  Flight& flight = *step.flight;
  if (step.kind == StepKind::prepare) step.prepared->on_server = false;
  const bool is_statement = step.kind == StepKind::statement || step.kind == StepKind::prepare;
  const Call* call = flight.call;
  std::string_view text;
  if (call != nullptr && is_statement) text = call->entries_[step.index].statement.text;
  Failure failure = failure_of(result, text);
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
  if (step.kind == StepKind::sync && !ends_connection(result)) {
    // The commit failed: a deferred constraint, a serialization failure. Of all that share it.
    const std::uint32_t segment = step.index;
    for (Flight& one : flights_) {
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
