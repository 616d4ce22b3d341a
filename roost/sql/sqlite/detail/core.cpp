// Deadlines and log events.
#include <roost/async/errors.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/sqlite/detail/core.hpp>

#include <algorithm>

namespace roost::db::sqlite::detail {

TimePoint Core::deadline(const ExecuteOptions& execution, TimePoint ambient) const {
  TimePoint earliest = ambient;
  const TimePoint now = std::chrono::steady_clock::now();
  if (options.statement_timeout.count() > 0) {
    earliest = std::min(earliest, now + options.statement_timeout);
  }
  if (execution.timeout.count() > 0) earliest = std::min(earliest, now + execution.timeout);
  return earliest;
}

ExecutionLimits Core::limits(const ExecuteOptions& execution) const {
  ExecutionLimits limits;
  for (const std::chrono::milliseconds timeout : {options.statement_timeout, execution.timeout}) {
    if (timeout.count() > 0) {
      limits.budget = std::min<std::chrono::nanoseconds>(limits.budget, timeout);
    }
  }
  return limits;
}

void Core::log(const Statement& statement, std::span<const ValueView> parameters,
               const ExecuteOptions& execution, TimePoint started, const Result* result,
               const std::exception_ptr& error, std::uint64_t unit) const {
  StatementEvent event;
  event.database = options.name;
  event.text = statement.text;
  event.parameters = parameters;
  event.label = execution.label;
  event.duration = std::chrono::steady_clock::now() - started;
  event.unit = unit;
  event.error = database_error(error);
  if (result != nullptr) {
    event.rows = result->row_count();
    event.affected_rows = result->affected_rows();
  }
  options.log.record(event);
}

void Core::log_batch(const Batch& batch, const ExecuteOptions& execution, TimePoint started,
                     const std::vector<Result>* results, const std::exception_ptr& error,
                     std::uint64_t unit) const {
  const DatabaseError* failure = database_error(error);
  const std::size_t culprit = failure == nullptr ? batch.size() : failure->details().batch_index;
  for (std::size_t i = 0; i < batch.size() && i <= culprit; ++i) {
    const Batch::Entry& entry = batch.entries()[i];
    const Result* result = results == nullptr || i >= results->size() ? nullptr : &(*results)[i];
    log(entry.statement, batch.parameters(entry), execution, started, result,
        i == culprit ? error : nullptr, unit);
  }
}

void rethrow_timeout(const std::exception_ptr& error, TimePoint ambient) {
  if (std::chrono::steady_clock::now() < ambient) std::rethrow_exception(error);
  throw TimeoutError("an SQL statement did not end before the deadline of its caller");
}

}  // namespace roost::db::sqlite::detail
