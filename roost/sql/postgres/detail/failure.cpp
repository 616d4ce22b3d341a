// SQLSTATEs and their classes.
#include <roost/sql/postgres/detail/failure.hpp>

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace roost::db::postgres::detail {

namespace {

struct State {
  std::string_view code;
  ErrorKind kind;
};

// In order of code; a code of two characters stands for the rest of its class.
constexpr std::array states{
    State{"08", ErrorKind::connection_lost},
    State{"08P01", ErrorKind::usage},
    State{"0A000", ErrorKind::unsupported},
    State{"22", ErrorKind::invalid_value},
    State{"22021", ErrorKind::unstorable_text},
    State{"22P05", ErrorKind::unstorable_text},
    State{"23", ErrorKind::check_violation},
    State{"23001", ErrorKind::foreign_key_violation},
    State{"23502", ErrorKind::not_null_violation},
    State{"23503", ErrorKind::foreign_key_violation},
    State{"23505", ErrorKind::unique_violation},
    State{"23P01", ErrorKind::exclusion_violation},
    State{"25001", ErrorKind::usage},
    State{"25006", ErrorKind::read_only},
    State{"25P02", ErrorKind::transaction_aborted},
    State{"25P03", ErrorKind::connection_lost},
    State{"28", ErrorKind::authentication_failed},
    State{"3D000", ErrorKind::cannot_connect},
    State{"3F000", ErrorKind::undefined_table},
    State{"40", ErrorKind::serialization_failure},
    State{"40P01", ErrorKind::deadlock_detected},
    State{"42501", ErrorKind::insufficient_privilege},
    State{"42601", ErrorKind::syntax_error},
    State{"42701", ErrorKind::duplicate_object},
    State{"42702", ErrorKind::ambiguous_column},
    State{"42703", ErrorKind::undefined_column},
    State{"42710", ErrorKind::duplicate_object},
    State{"42723", ErrorKind::duplicate_object},
    State{"42883", ErrorKind::undefined_function},
    State{"42P01", ErrorKind::undefined_table},
    State{"42P02", ErrorKind::usage},
    State{"42P04", ErrorKind::duplicate_object},
    State{"42P06", ErrorKind::duplicate_object},
    State{"42P07", ErrorKind::duplicate_object},
    State{"44", ErrorKind::check_violation},
    State{"53100", ErrorKind::disk_full},
    State{"53200", ErrorKind::out_of_memory},
    State{"53300", ErrorKind::too_many_connections},
    State{"54", ErrorKind::invalid_value},
    State{"55P03", ErrorKind::lock_timeout},
    State{"57014", ErrorKind::cancelled},
    State{"57P", ErrorKind::connection_lost},
    State{"57P03", ErrorKind::cannot_connect},
    State{"58030", ErrorKind::storage_failure},
    State{"XX001", ErrorKind::corrupt},
    State{"XX002", ErrorKind::corrupt},
};

ErrorKind kind_of(std::string_view code) {
  ErrorKind best = ErrorKind::other;
  for (const State& state : states) {
    if (code.starts_with(state.code)) best = state.kind;  // the longer one comes later
  }
  return best;
}

/// "Key (a, b)=(1, 2) already exists." → "a, b"; empty for expressions.
std::string_view columns_in(std::string_view detail) {
  const std::size_t begin = detail.find('(');
  const std::size_t end = detail.find(")=(");
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
  const std::string_view columns = detail.substr(begin + 1, end - begin - 1);
  return columns.find('(') == std::string_view::npos ? columns : std::string_view{};
}

void add_hint(Failure& failure) {
  ErrorDetails& details = failure.details;
  if (details.code == "26000") {
    details.hint =
        "a prepared statement is gone: behind a pooler in transaction mode, open the database with "
        "pooler=transaction in its URL";
  } else if (details.code == "25001") {
    details.hint = "run it on a Connection (connect()), or in a script with transactional = false";
  } else if (details.code == "08P01" && details.hint.empty()) {
    details.hint = "does the number of values equal the number of placeholders?";
  } else if (details.code == "42P18" && details.hint.empty()) {
    details.hint = "texts and arrays travel without a type: write $1::text or $1::bigint[]";
  } else if (failure.kind == ErrorKind::read_only && details.hint.empty()) {
    details.hint =
        "a statement that is declared StatementKind::read, and a read-only transaction, may not "
        "write";
  }
}

}  // namespace

bool ends_connection(const ErrorFields& error) {
  return error.severity == "FATAL" || error.severity == "PANIC";
}

Failure failure_of(const ErrorFields& error, std::string_view statement) {
  Failure failure;
  ErrorDetails& details = failure.details;
  details.code = error.code;
  details.message = error.message;
  details.detail = error.detail;
  details.hint = error.hint;
  details.schema = error.schema;
  details.table = error.table;
  details.column = error.column;
  details.constraint = error.constraint;
  details.statement = statement;
  const std::string_view position = error.position;
  std::from_chars(position.data(), position.data() + position.size(), details.position);
  failure.kind = kind_of(details.code);
  if (details.column.empty() && details.code.starts_with("23")) {
    details.column = columns_in(details.detail);
  }
  if (details.code == "57014" && details.message.find("statement timeout") != std::string::npos) {
    failure.kind = ErrorKind::statement_timeout;
  }
  if (ends_connection(error)) failure.kind = ErrorKind::connection_lost;
  add_hint(failure);
  return failure;
}

Failure connect_failure(PGconn* connection) {
  Failure failure;
  failure.kind = ErrorKind::cannot_connect;
  std::string message = connection == nullptr ? "out of memory" : ::PQerrorMessage(connection);
  while (!message.empty() && message.back() == '\n') message.pop_back();
  failure.details.message = message;
  // libpq does not give the SQLSTATE of a refused connection; the server's words are in its locale,
  // so these are the cases that can be told apart without them.
  if (connection != nullptr && ::PQconnectionNeedsPassword(connection) == 1) {
    failure.kind = ErrorKind::authentication_failed;
    failure.details.hint = "the server asks for a password, and the URL has none";
  } else if (message.find("password authentication failed") != std::string::npos ||
             message.find("no pg_hba.conf entry") != std::string::npos ||
             message.find("authentication failed") != std::string::npos) {
    failure.kind = ErrorKind::authentication_failed;
  } else if (message.find("too many clients") != std::string::npos ||
             message.find("connection slots are reserved") != std::string::npos ||
             message.find("too many connections") != std::string::npos) {
    failure.kind = ErrorKind::too_many_connections;
    failure.details.hint =
        "each event loop has connections_per_loop shared connections for reads and as many for "
        "writes, and the process session_connections more: lower these, "
        "raise max_connections of the server or use a pooler";
  }
  return failure;
}

Failure connection_lost(std::string_view reason, Outcome outcome) {
  Failure failure;
  failure.kind = ErrorKind::connection_lost;
  failure.details.message = reason.empty() ? "the connection to PostgreSQL broke" : reason;
  while (failure.details.message.ends_with('\n')) failure.details.message.pop_back();
  failure.details.outcome = outcome;
  failure.details.hint =
      outcome == Outcome::unknown
          ? "the answer never came, so it may have been committed: look before doing it again"
          : "nothing of it was written: it may be done again";
  return failure;
}

bool is_outdated_statement(const Failure& failure) {
  if (failure.details.code == "26000") return true;
  // The message, because 0A000 says many other things too. PostgreSQL translates it; then the error
  // reaches the caller, and the next use of the statement prepares it again.
  return failure.details.code == "0A000" &&
         failure.details.message.find("cached plan") != std::string::npos;
}

}  // namespace roost::db::postgres::detail
