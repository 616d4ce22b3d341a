// Deadlines, log events, session settings.
#include <roost/async/event_loop.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/detail/core.hpp>
#include <roost/sql/postgres/detail/pools.hpp>

#include <algorithm>

namespace roost::db::postgres::detail {

namespace {

/// What every session needs, whatever the server is configured for: texts of times in a form that
/// is read back, and no zone but UTC. Behind a pooler only what that carries along.
std::string setup_of(const DatabaseOptions& options, const Settings& settings, bool reader) {
  std::string text =
      "select set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO, MDY', false)";
  if (settings.pooler) return text;
  text +=
      ", set_config('IntervalStyle', 'postgres', false), set_config('bytea_output', 'hex', false)"
      ", set_config('extra_float_digits', '3', false), set_config('statement_timeout', '" +
      std::to_string(std::max<std::int64_t>(options.statement_timeout.count(), 0)) + "', false)";
  if (reader) text += ", set_config('default_transaction_read_only', 'on', false)";
  return text;
}

}  // namespace

Core::Core(DatabaseOptions given)
    : options{std::move(given)},
      settings{parse_url(options.url, options.name)},
      session_setup{setup_of(options, settings, false)},
      reader_setup{setup_of(options, settings, true)},
      sessions{std::make_unique<SessionPool>(options.session_connections)},
      loops{std::make_unique<LoopPools>()} {}

Core::~Core() = default;

TimePoint Core::deadline(const ExecuteOptions& execution) const {
  TimePoint earliest = TimePoint::max();
  // The server watches the timeout of all; ours is for a server that does not answer, and need not
  // be exact.
  const bool is_rough = !settings.pooler && execution.timeout.count() <= 0;
  const TimePoint now = is_rough ? EventLoop::current().now() : Clock::now();
  if (options.statement_timeout.count() > 0) {
    const std::chrono::milliseconds grace{settings.pooler ? 0 : 500};
    earliest = now + options.statement_timeout + grace;
  }
  if (execution.timeout.count() > 0) earliest = std::min(earliest, now + execution.timeout);
  return earliest;
}

void Core::log(const Statement& statement, std::span<const ValueView> parameters,
               const ExecuteOptions& execution, TimePoint started, const Result* result,
               const std::exception_ptr& error, std::uint64_t unit,
               std::uint64_t connection) const {
  StatementEvent event;
  event.database = options.name;
  event.text = statement.text;
  event.parameters = parameters;
  event.label = execution.label;
  event.duration = Clock::now() - started;
  event.unit = unit;
  event.connection = connection;
  event.error = database_error(error);
  if (result != nullptr) {
    event.rows = result->row_count();
    event.affected_rows = result->affected_rows();
  }
  options.log.record(event);
}

void Core::log_batch(const Batch& batch, const ExecuteOptions& execution, TimePoint started,
                     const std::vector<Result>& results, const std::exception_ptr& error,
                     std::uint64_t unit, std::uint64_t connection) const {
  const DatabaseError* failure = database_error(error);
  const std::size_t culprit = failure == nullptr ? batch.size() : failure->details().batch_index;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Batch::Entry& entry = batch.entries()[i];
    const Result* result = i < results.size() ? &results[i] : nullptr;
    // An error of the unit as a whole, as at its commit, belongs to its last statement.
    const bool failed =
        i == culprit || (error != nullptr && culprit >= batch.size() && i + 1 == batch.size());
    log(entry.statement, batch.parameters(entry), execution, started, result,
        failed ? error : nullptr, unit, connection);
    if (i == culprit) return;
  }
}

}  // namespace roost::db::postgres::detail
