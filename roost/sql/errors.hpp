// Every way in which a database can say no, as one exception class each, whatever the database.
#pragma once

#include <roost/base/error.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

namespace roost::db {

/// The class of an error as a value: for `switch`, metrics, and drivers, which pass errors on as
/// data until somebody awaits them.
enum class ErrorKind : std::uint8_t {
  // Constraints: the statement was wrong for these data.
  unique_violation,
  foreign_key_violation,
  not_null_violation,
  check_violation,
  exclusion_violation,
  // Concurrency: the same transaction, run again from its start, may succeed.
  serialization_failure,
  deadlock_detected,
  lock_timeout,        // another transaction or process held the lock for too long
  row_count_mismatch,  // Batch::Entry::expected_rows: somebody else changed or deleted the row
  // Time.
  statement_timeout,
  cancelled,
  transaction_timeout,  // an interactive transaction outlived its deadline and was rolled back
  pool_timeout,         // no connection became free in time
  // The way to the server.
  cannot_connect,
  authentication_failed,
  too_many_connections,
  connection_lost,
  // The database cannot do it now.
  read_only,
  disk_full,
  storage_failure,  // an I/O error
  corrupt,          // the file is damaged, or is no database at all
  out_of_memory,
  // The statement is wrong.
  syntax_error,
  undefined_table,
  undefined_column,
  undefined_function,
  ambiguous_column,
  duplicate_object,  // the table, column, index … exists already
  insufficient_privilege,
  invalid_value,        // out of range, not of this form, too long, division by zero …
  unstorable_text,      // a text with U+0000 in it, or one that is not UTF-8
  transaction_aborted,  // an earlier statement of this transaction failed; only rollback is left
  // The program is wrong.
  conversion,   // a column does not fit the C++ type that should hold it
  unsupported,  // this dialect cannot say that
  usage,        // the API was used against its rules
  other,
};

[[nodiscard]] std::string_view name_of(ErrorKind kind);

/// What became of the statement, batch or commit that failed.
enum class Outcome : std::uint8_t {
  not_executed,  // nothing of it was, or will be, written
  unknown,       // it may have been committed: the connection broke before the answer came
};

/// What the database said, as far as it said it; unknown parts are empty.
struct ErrorDetails {
  std::string message;  // the database's own words
  std::string code;     // SQLSTATE ("23505"), or SQLite's extended code ("2067")
  std::string detail;
  std::string hint;
  std::string schema;
  std::string table;
  std::string column;                      // or columns, separated by ", "
  std::string constraint;                  // name of the constraint or index
  std::string statement;                   // its text
  std::uint32_t position = 0;              // character in the statement, from 1; 0: unknown
  std::uint32_t batch_index = UINT32_MAX;  // position of the statement in its Batch
  Outcome outcome = Outcome::not_executed;
};

/// Base of all errors of databases. `what()` has everything in one text for logs: what was wrong,
/// in which statement, table and constraint, what to do. It never contains bound values, except
/// those which the database itself quotes in `detail()`.
class DatabaseError : public Error {
 public:
  DatabaseError(ErrorKind kind, ErrorDetails details);

  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
  [[nodiscard]] const ErrorDetails& details() const noexcept { return *details_; }
  [[nodiscard]] const std::string& message() const noexcept { return details_->message; }
  [[nodiscard]] const std::string& code() const noexcept { return details_->code; }
  [[nodiscard]] const std::string& table() const noexcept { return details_->table; }
  [[nodiscard]] const std::string& column() const noexcept { return details_->column; }
  [[nodiscard]] const std::string& constraint() const noexcept { return details_->constraint; }
  [[nodiscard]] Outcome outcome() const noexcept { return details_->outcome; }

  /// The whole transaction may succeed when it is run again from its start.
  [[nodiscard]] bool is_transient() const noexcept;

 private:
  ErrorKind kind_;
  std::shared_ptr<const ErrorDetails> details_;  // shared: copying an exception must not throw
};

namespace detail {
template <ErrorKind Kind, class Base = DatabaseError>
class ErrorOf : public Base {
 public:
  static constexpr ErrorKind error_kind = Kind;
  explicit ErrorOf(ErrorDetails details) : Base{Kind, static_cast<ErrorDetails&&>(details)} {}
};
}  // namespace detail

/// A constraint of the schema was violated; `constraint()`, `table()` and `column()` say which.
class ConstraintViolation : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};
class UniqueViolation final
    : public detail::ErrorOf<ErrorKind::unique_violation, ConstraintViolation> {
 public:
  using ErrorOf::ErrorOf;
};
class ForeignKeyViolation final
    : public detail::ErrorOf<ErrorKind::foreign_key_violation, ConstraintViolation> {
 public:
  using ErrorOf::ErrorOf;
};
class NotNullViolation final
    : public detail::ErrorOf<ErrorKind::not_null_violation, ConstraintViolation> {
 public:
  using ErrorOf::ErrorOf;
};
class CheckViolation final
    : public detail::ErrorOf<ErrorKind::check_violation, ConstraintViolation> {
 public:
  using ErrorOf::ErrorOf;
};
class ExclusionViolation final
    : public detail::ErrorOf<ErrorKind::exclusion_violation, ConstraintViolation> {
 public:
  using ErrorOf::ErrorOf;
};

/// Two transactions were in each other's way; nothing of this one was written. Running it again
/// from its start may succeed.
class ConcurrencyError : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};
class SerializationFailure final
    : public detail::ErrorOf<ErrorKind::serialization_failure, ConcurrencyError> {
 public:
  using ErrorOf::ErrorOf;
};
class DeadlockDetected final
    : public detail::ErrorOf<ErrorKind::deadlock_detected, ConcurrencyError> {
 public:
  using ErrorOf::ErrorOf;
};
class LockTimeout final : public detail::ErrorOf<ErrorKind::lock_timeout, ConcurrencyError> {
 public:
  using ErrorOf::ErrorOf;
};
/// A statement of a Batch affected more or fewer rows than it said; the batch was rolled back.
/// `details().batch_index` says which.
class RowCountMismatch final
    : public detail::ErrorOf<ErrorKind::row_count_mismatch, ConcurrencyError> {
 public:
  using ErrorOf::ErrorOf;
};

/// Something took too long or was called off.
class InterruptedError : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};
class StatementTimeout final
    : public detail::ErrorOf<ErrorKind::statement_timeout, InterruptedError> {
 public:
  using ErrorOf::ErrorOf;
};
class StatementCancelled final : public detail::ErrorOf<ErrorKind::cancelled, InterruptedError> {
 public:
  using ErrorOf::ErrorOf;
};
class TransactionTimeout final
    : public detail::ErrorOf<ErrorKind::transaction_timeout, InterruptedError> {
 public:
  using ErrorOf::ErrorOf;
};
class PoolTimeout final : public detail::ErrorOf<ErrorKind::pool_timeout, InterruptedError> {
 public:
  using ErrorOf::ErrorOf;
};

/// The server cannot be reached, or not any more.
class ConnectionError : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};
class CannotConnect final : public detail::ErrorOf<ErrorKind::cannot_connect, ConnectionError> {
 public:
  using ErrorOf::ErrorOf;
};
class AuthenticationFailed final
    : public detail::ErrorOf<ErrorKind::authentication_failed, ConnectionError> {
 public:
  using ErrorOf::ErrorOf;
};
class TooManyConnections final
    : public detail::ErrorOf<ErrorKind::too_many_connections, ConnectionError> {
 public:
  using ErrorOf::ErrorOf;
};
/// The connection broke while something was under way. `outcome()`: `not_executed` when it had not
/// been sent or a later commit was needed for it; `unknown` when it may have been committed. Roost
/// never runs a write a second time by itself.
class ConnectionLost final : public detail::ErrorOf<ErrorKind::connection_lost, ConnectionError> {
 public:
  using ErrorOf::ErrorOf;
};

/// The database is there and cannot do it.
class ResourceError : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};
class ReadOnly final : public detail::ErrorOf<ErrorKind::read_only, ResourceError> {
 public:
  using ErrorOf::ErrorOf;
};
class DiskFull final : public detail::ErrorOf<ErrorKind::disk_full, ResourceError> {
 public:
  using ErrorOf::ErrorOf;
};
class StorageFailure final : public detail::ErrorOf<ErrorKind::storage_failure, ResourceError> {
 public:
  using ErrorOf::ErrorOf;
};
class CorruptDatabase final : public detail::ErrorOf<ErrorKind::corrupt, ResourceError> {
 public:
  using ErrorOf::ErrorOf;
};
class OutOfMemory final : public detail::ErrorOf<ErrorKind::out_of_memory, ResourceError> {
 public:
  using ErrorOf::ErrorOf;
};

/// The statement cannot be understood or does not fit the schema.
class StatementError : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};
class SyntaxError final : public detail::ErrorOf<ErrorKind::syntax_error, StatementError> {
 public:
  using ErrorOf::ErrorOf;
};
class UndefinedTable final : public detail::ErrorOf<ErrorKind::undefined_table, StatementError> {
 public:
  using ErrorOf::ErrorOf;
};
class UndefinedColumn final : public detail::ErrorOf<ErrorKind::undefined_column, StatementError> {
 public:
  using ErrorOf::ErrorOf;
};
class UndefinedFunction final
    : public detail::ErrorOf<ErrorKind::undefined_function, StatementError> {
 public:
  using ErrorOf::ErrorOf;
};
class AmbiguousColumn final : public detail::ErrorOf<ErrorKind::ambiguous_column, StatementError> {
 public:
  using ErrorOf::ErrorOf;
};
class DuplicateObject final : public detail::ErrorOf<ErrorKind::duplicate_object, StatementError> {
 public:
  using ErrorOf::ErrorOf;
};
class InsufficientPrivilege final
    : public detail::ErrorOf<ErrorKind::insufficient_privilege, StatementError> {
 public:
  using ErrorOf::ErrorOf;
};
/// A value is out of range, of the wrong form, too long, or an expression has no value.
class InvalidValue : public StatementError {
 public:
  static constexpr ErrorKind error_kind = ErrorKind::invalid_value;
  explicit InvalidValue(ErrorDetails details)
      : InvalidValue{error_kind, static_cast<ErrorDetails&&>(details)} {}

 protected:
  InvalidValue(ErrorKind kind, ErrorDetails details)
      : StatementError{kind, static_cast<ErrorDetails&&>(details)} {}
};
/// A text that no database stores: with the character U+0000 in it, which JSON and addresses can
/// say, or one that is not UTF-8. No validation rule of the application's refused it, so that it
/// usually is what a client sent.
class UnstorableText final : public InvalidValue, public InputFault {
 public:
  static constexpr ErrorKind error_kind = ErrorKind::unstorable_text;
  explicit UnstorableText(ErrorDetails details)
      : InvalidValue{error_kind, static_cast<ErrorDetails&&>(details)} {}

  [[nodiscard]] std::string_view input_message() const noexcept override;
};
/// A statement in a transaction in which an earlier one failed. Only `rollback` or `rollback_to` a
/// savepoint helps. The same on both databases, although SQLite itself would go on.
class TransactionAborted final
    : public detail::ErrorOf<ErrorKind::transaction_aborted, StatementError> {
 public:
  using ErrorOf::ErrorOf;
};

/// A column's value does not fit the C++ type that should hold it.
class ConversionError final : public detail::ErrorOf<ErrorKind::conversion> {
 public:
  using ErrorOf::ErrorOf;
  explicit ConversionError(std::string message);
};
/// The dialect cannot say that; the message names it. Nothing was sent.
class UnsupportedError final : public detail::ErrorOf<ErrorKind::unsupported> {
 public:
  using ErrorOf::ErrorOf;
  explicit UnsupportedError(std::string message);
};
/// The API was used against its rules.
class UsageError final : public detail::ErrorOf<ErrorKind::usage> {
 public:
  using ErrorOf::ErrorOf;
  explicit UsageError(std::string message);
};

/// The exception of the class that belongs to `kind`, ready to be handed to an awaiting task.
[[nodiscard]] std::exception_ptr make_error(ErrorKind kind, ErrorDetails details);
[[noreturn]] void throw_error(ErrorKind kind, ErrorDetails details);

/// The DatabaseError inside, or null. Valid as long as `error`.
[[nodiscard]] const DatabaseError* database_error(const std::exception_ptr& error) noexcept;

}  // namespace roost::db
