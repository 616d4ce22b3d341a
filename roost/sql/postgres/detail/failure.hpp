// PRIVATE: from what the server and libpq say to the error classes.
#pragma once

#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/detail/messages.hpp>

#include <exception>
#include <string>
#include <string_view>

using PGconn = struct pg_conn;

namespace roost::db::postgres::detail {

/// A failure on its way to whoever waits; becomes an exception there.
struct Failure {
  ErrorKind kind = ErrorKind::other;
  ErrorDetails details;

  [[nodiscard]] std::exception_ptr exception() const { return make_error(kind, details); }
};

[[nodiscard]] Failure failure_of(const ErrorFields& error, std::string_view statement);
/// Will the server close the connection after this error?
[[nodiscard]] bool ends_connection(const ErrorFields& error);
/// Why a connection could not be made.
[[nodiscard]] Failure connect_failure(PGconn* connection);
[[nodiscard]] Failure connection_lost(std::string_view reason, Outcome outcome);

/// The statement's prepared form is missing on the server, or outdated: prepare it again.
[[nodiscard]] bool is_outdated_statement(const Failure& failure);

}  // namespace roost::db::postgres::detail
