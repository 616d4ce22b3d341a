// PRIVATE: what all parts of one PostgreSQL data source share.
#pragma once

#include <roost/async/context.hpp>
#include <roost/sql/batch.hpp>
#include <roost/sql/options.hpp>
#include <roost/sql/postgres/detail/settings.hpp>
#include <roost/sql/result.hpp>
#include <roost/sql/statement.hpp>

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace roost::db::postgres::detail {

class SessionPool;
class LoopPools;

/// Kept by the database, its pools and everything that they opened. Thread-safe.
struct Core {
  explicit Core(DatabaseOptions given);
  ~Core();

  /// The earliest of what the caller and the database say; the ambient deadline comes as
  /// cancellation.
  [[nodiscard]] TimePoint deadline(const ExecuteOptions& execution) const;
  void log(const Statement& statement, std::span<const ValueView> parameters,
           const ExecuteOptions& execution, TimePoint started, const Result* result,
           const std::exception_ptr& error, std::uint64_t unit, std::uint64_t connection) const;
  void log_batch(const Batch& batch, const ExecuteOptions& execution, TimePoint started,
                 const std::vector<Result>& results, const std::exception_ptr& error,
                 std::uint64_t unit, std::uint64_t connection) const;
  [[nodiscard]] std::uint64_t next_unit() {
    return units_logged.fetch_add(1, std::memory_order_relaxed) + 1;
  }

  const DatabaseOptions options;
  const Settings settings;
  const std::string session_setup;  // the statement that every new session begins with
  const std::string reader_setup;
  StatementRegistry statements;
  std::unique_ptr<SessionPool> sessions;
  std::unique_ptr<LoopPools> loops;
  std::atomic<bool> closed{false};
  std::atomic<std::uint64_t> executed{0};
  std::atomic<std::uint64_t> errors{0};
  std::atomic<std::uint64_t> transactions{0};
  std::atomic<std::uint64_t> units{0};
  std::atomic<std::uint64_t> syncs{0};
  std::atomic<std::uint64_t> extra_round_trips{0};
  std::atomic<std::uint64_t> prepares{0};
  std::atomic<std::uint64_t> reconnects{0};
  std::atomic<std::uint64_t> wires{0};
  std::atomic<std::uint64_t> units_logged{0};
  std::atomic<std::size_t> open_wires{0};
};

}  // namespace roost::db::postgres::detail
