// Texts and construction of the database errors.
#include <roost/sql/errors.hpp>

#include <utility>

namespace roost::db {

namespace {

constexpr std::size_t longest_statement = 1000;

void append_part(std::string& text, std::string_view label, std::string_view part) {
  if (part.empty()) return;
  text += label;
  text += part;
}

std::string describe(ErrorKind kind, const ErrorDetails& details) {
  std::string text{name_of(kind)};
  append_part(text, ": ", details.message);
  append_part(text, "; ", details.detail);
  append_part(text, " [table ", details.table);
  if (!details.table.empty()) text += ']';
  append_part(text, " [column ", details.column);
  if (!details.column.empty()) text += ']';
  append_part(text, " [constraint ", details.constraint);
  if (!details.constraint.empty()) text += ']';
  if (details.outcome == Outcome::unknown) {
    text += "; whether it was committed is unknown: look before you run it again";
  }
  append_part(text, "; hint: ", details.hint);
  if (details.batch_index != UINT32_MAX) {
    text += "; statement " + std::to_string(details.batch_index) + " of the batch";
  }
  if (!details.statement.empty()) {
    text += "; in: ";
    text += std::string_view{details.statement}.substr(0, longest_statement);
    if (details.statement.size() > longest_statement) text += "…";
    if (details.position != 0) text += " (at character " + std::to_string(details.position) + ")";
  }
  append_part(text, " (code ", details.code);
  if (!details.code.empty()) text += ')';
  return text;
}

template <class E>
std::exception_ptr make(ErrorDetails&& details) {
  return std::make_exception_ptr(E{std::move(details)});
}

}  // namespace

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::unique_violation:
      return "unique constraint violated";
    case ErrorKind::foreign_key_violation:
      return "foreign key violated";
    case ErrorKind::not_null_violation:
      return "NULL where none is allowed";
    case ErrorKind::check_violation:
      return "check constraint violated";
    case ErrorKind::exclusion_violation:
      return "exclusion constraint violated";
    case ErrorKind::serialization_failure:
      return "serialization failure";
    case ErrorKind::deadlock_detected:
      return "deadlock";
    case ErrorKind::lock_timeout:
      return "lock not available";
    case ErrorKind::row_count_mismatch:
      return "unexpected number of rows";
    case ErrorKind::statement_timeout:
      return "statement timeout";
    case ErrorKind::cancelled:
      return "statement cancelled";
    case ErrorKind::transaction_timeout:
      return "transaction timeout";
    case ErrorKind::pool_timeout:
      return "no connection became free";
    case ErrorKind::cannot_connect:
      return "cannot connect";
    case ErrorKind::authentication_failed:
      return "authentication failed";
    case ErrorKind::too_many_connections:
      return "too many connections";
    case ErrorKind::connection_lost:
      return "connection lost";
    case ErrorKind::read_only:
      return "read-only";
    case ErrorKind::disk_full:
      return "disk full";
    case ErrorKind::storage_failure:
      return "storage failure";
    case ErrorKind::corrupt:
      return "database is damaged";
    case ErrorKind::out_of_memory:
      return "out of memory";
    case ErrorKind::syntax_error:
      return "SQL syntax error";
    case ErrorKind::undefined_table:
      return "no such table";
    case ErrorKind::undefined_column:
      return "no such column";
    case ErrorKind::undefined_function:
      return "no such function";
    case ErrorKind::ambiguous_column:
      return "ambiguous column";
    case ErrorKind::duplicate_object:
      return "exists already";
    case ErrorKind::insufficient_privilege:
      return "permission denied";
    case ErrorKind::invalid_value:
      return "invalid value";
    case ErrorKind::unstorable_text:
      return "text that cannot be stored";
    case ErrorKind::transaction_aborted:
      return "transaction is aborted";
    case ErrorKind::conversion:
      return "value does not fit its type";
    case ErrorKind::unsupported:
      return "unsupported";
    case ErrorKind::usage:
      return "wrong use";
    case ErrorKind::other:
      return "database error";
  }
  return "database error";
}

DatabaseError::DatabaseError(ErrorKind kind, ErrorDetails details)
    : Error{describe(kind, details)},
      kind_{kind},
      details_{std::make_shared<const ErrorDetails>(std::move(details))} {}

bool DatabaseError::is_transient() const noexcept {
  return kind_ == ErrorKind::serialization_failure || kind_ == ErrorKind::deadlock_detected ||
         kind_ == ErrorKind::lock_timeout;
}

namespace {
ErrorDetails with_message(std::string message) {
  ErrorDetails details;
  details.message = std::move(message);
  return details;
}
}  // namespace

std::string_view UnstorableText::input_message() const noexcept {
  return "text must be UTF-8 and must not contain the character U+0000";
}

ConversionError::ConversionError(std::string message) : ErrorOf{with_message(std::move(message))} {}
UnsupportedError::UnsupportedError(std::string message)
    : ErrorOf{with_message(std::move(message))} {}
UsageError::UsageError(std::string message) : ErrorOf{with_message(std::move(message))} {}

std::exception_ptr make_error(ErrorKind kind, ErrorDetails details) {
  switch (kind) {
    case ErrorKind::unique_violation:
      return make<UniqueViolation>(std::move(details));
    case ErrorKind::foreign_key_violation:
      return make<ForeignKeyViolation>(std::move(details));
    case ErrorKind::not_null_violation:
      return make<NotNullViolation>(std::move(details));
    case ErrorKind::check_violation:
      return make<CheckViolation>(std::move(details));
    case ErrorKind::exclusion_violation:
      return make<ExclusionViolation>(std::move(details));
    case ErrorKind::serialization_failure:
      return make<SerializationFailure>(std::move(details));
    case ErrorKind::deadlock_detected:
      return make<DeadlockDetected>(std::move(details));
    case ErrorKind::lock_timeout:
      return make<LockTimeout>(std::move(details));
    case ErrorKind::row_count_mismatch:
      return make<RowCountMismatch>(std::move(details));
    case ErrorKind::statement_timeout:
      return make<StatementTimeout>(std::move(details));
    case ErrorKind::cancelled:
      return make<StatementCancelled>(std::move(details));
    case ErrorKind::transaction_timeout:
      return make<TransactionTimeout>(std::move(details));
    case ErrorKind::pool_timeout:
      return make<PoolTimeout>(std::move(details));
    case ErrorKind::cannot_connect:
      return make<CannotConnect>(std::move(details));
    case ErrorKind::authentication_failed:
      return make<AuthenticationFailed>(std::move(details));
    case ErrorKind::too_many_connections:
      return make<TooManyConnections>(std::move(details));
    case ErrorKind::connection_lost:
      return make<ConnectionLost>(std::move(details));
    case ErrorKind::read_only:
      return make<ReadOnly>(std::move(details));
    case ErrorKind::disk_full:
      return make<DiskFull>(std::move(details));
    case ErrorKind::storage_failure:
      return make<StorageFailure>(std::move(details));
    case ErrorKind::corrupt:
      return make<CorruptDatabase>(std::move(details));
    case ErrorKind::out_of_memory:
      return make<OutOfMemory>(std::move(details));
    case ErrorKind::syntax_error:
      return make<SyntaxError>(std::move(details));
    case ErrorKind::undefined_table:
      return make<UndefinedTable>(std::move(details));
    case ErrorKind::undefined_column:
      return make<UndefinedColumn>(std::move(details));
    case ErrorKind::undefined_function:
      return make<UndefinedFunction>(std::move(details));
    case ErrorKind::ambiguous_column:
      return make<AmbiguousColumn>(std::move(details));
    case ErrorKind::duplicate_object:
      return make<DuplicateObject>(std::move(details));
    case ErrorKind::insufficient_privilege:
      return make<InsufficientPrivilege>(std::move(details));
    case ErrorKind::invalid_value:
      return make<InvalidValue>(std::move(details));
    case ErrorKind::unstorable_text:
      return make<UnstorableText>(std::move(details));
    case ErrorKind::transaction_aborted:
      return make<TransactionAborted>(std::move(details));
    case ErrorKind::conversion:
      return make<ConversionError>(std::move(details));
    case ErrorKind::unsupported:
      return make<UnsupportedError>(std::move(details));
    case ErrorKind::usage:
      return make<UsageError>(std::move(details));
    case ErrorKind::other:
      break;
  }
  return std::make_exception_ptr(DatabaseError{kind, std::move(details)});
}

void throw_error(ErrorKind kind, ErrorDetails details) {
  std::rethrow_exception(make_error(kind, std::move(details)));
}

const DatabaseError* database_error(const std::exception_ptr& error) noexcept {
  if (error == nullptr) return nullptr;
  try {
    std::rethrow_exception(error);
  } catch (const DatabaseError& found) {
    return &found;
  } catch (...) {
    return nullptr;
  }
}

}  // namespace roost::db
