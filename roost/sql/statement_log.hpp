// What was executed, for how long and with which values: the hook for logs, metrics and tests.
#pragma once

#include <roost/base/chrono.hpp>
#include <roost/base/memory_fwd.hpp>
#include <roost/base/shared.hpp>
#include <roost/sql/value.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace roost::db {

class DatabaseError;

/// One statement that came to its end. Everything in it is valid during the call only.
struct StatementEvent {
  std::string_view database;  // DatabaseOptions::name
  std::string_view text;
  std::span<const ValueView> parameters;  // secret ones are marked; append_readable hides them
  std::string_view label;                 // ExecuteOptions::label
  /// From the moment it was given to the driver until its answer was complete; waiting for a
  /// connection or for the writer counts.
  std::chrono::nanoseconds duration{};
  std::uint64_t rows = 0;  // returned
  std::uint64_t affected_rows = 0;
  const DatabaseError* error = nullptr;  // null: it succeeded
  std::uint64_t unit = 0;  // the same for all statements of one batch or transaction; 0: alone
  std::uint64_t connection = 0;  // number of the connection within the database
  bool slow = false;             // took at least DatabaseOptions::slow_statement
};

/// Receives events from every loop and from the writer of SQLite: thread-safe, quick, never throws.
class StatementLog {
 public:
  StatementLog() = default;
  StatementLog(const StatementLog&) = delete;
  StatementLog& operator=(const StatementLog&) = delete;
  virtual ~StatementLog() = default;

  virtual void record(const StatementEvent& event) noexcept = 0;
};

/// "[1.23 ms, 2 rows] select … ['x', 42]" in one line; long texts are cut, secrets "<redacted>".
[[nodiscard]] std::string to_readable(const StatementEvent& event);

/// Which events a database reports. A driver reads the clock only if `wants_any`.
class StatementLogSettings {
 public:
  StatementLogSettings() = default;
  /// Everything goes to `log`, or only errors and statements of at least `slow_statement` when
  /// `slow_only`. A negative `slow_statement` marks none as slow.
  explicit StatementLogSettings(std::shared_ptr<StatementLog> log,
                                std::chrono::nanoseconds slow_statement = -std::chrono::seconds{1},
                                bool slow_only = false);

  [[nodiscard]] bool wants_any() const { return log_ != nullptr; }
  /// Sets `event.slow` and passes the event on if it is wanted.
  void record(StatementEvent& event) const noexcept;

 private:
  Shared<StatementLog> log_;
  std::chrono::nanoseconds slow_statement_ = -std::chrono::seconds{1};
  bool slow_only_ = false;
};

}  // namespace roost::db
