// What all parts of one SQLite database share.
#pragma once

#include <roost/sql/options.hpp>
#include <roost/sql/sqlite/detail/location.hpp>
#include <roost/sql/sqlite/detail/memory_file.hpp>
#include <roost/sql/sqlite/detail/writer.hpp>
#include <roost/sql/statement.hpp>

#include <atomic>
#include <cstdint>
#include <utility>

namespace roost::db::sqlite::detail {

/// Kept by the database, its loops' readers and everything that they opened.
struct Core {
  explicit Core(DatabaseOptions given)
      : options{std::move(given)},
        location{parse_url(options.url)},
        writer{location, options.statement_cache} {
    if (location.memory) location.path = memory_file.create();
  }

  /// The earliest of what the caller, the database and the ambient context say.
  [[nodiscard]] TimePoint deadline(const ExecuteOptions& execution, TimePoint ambient) const;
  /// What the caller and the database say, for what begins at once; looks at no clock.
  [[nodiscard]] ExecutionLimits limits(const ExecuteOptions& execution) const;
  void log(const Statement& statement, std::span<const ValueView> parameters,
           const ExecuteOptions& execution, TimePoint started, const Result* result,
           const std::exception_ptr& error, std::uint64_t unit) const;
  void log_batch(const Batch& batch, const ExecuteOptions& execution, TimePoint started,
                 const std::vector<Result>* results, const std::exception_ptr& error,
                 std::uint64_t unit) const;

  const DatabaseOptions options;
  Location location;  // does not change any more
  MemoryFile memory_file;
  StatementRegistry statements;
  Writer writer;
  std::atomic<bool> closed{false};
  std::atomic<std::uint64_t> executed{0};
  std::atomic<std::uint64_t> errors{0};
  std::atomic<std::uint64_t> transactions{0};
  std::atomic<std::uint64_t> units{0};  // numbers for the log
  std::atomic<std::size_t> readers{0};
};

/// Rethrows a StatementTimeout, as roost::TimeoutError when it was the ambient deadline that
/// passed: the same error, whether the driver notices it first or the event loop.
[[noreturn]] void rethrow_timeout(const std::exception_ptr& error, TimePoint ambient);

}  // namespace roost::db::sqlite::detail
