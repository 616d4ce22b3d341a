// The PostgreSQL driver: pipelines on the event loop, shared connections for units of work,
// exclusive ones for interactive transactions. libpq opens the connections.
//
// Each event loop has two kinds of shared connections. Statements of StatementKind::read go to the
// reading ones, where the server itself refuses to write; those of one turn of the loop travel
// together, under one Sync (one that fails is answered, the others run again: they are reads).
// Everything else goes to the writing ones: a batch, or a single statement, is one implicit
// transaction that needs neither BEGIN nor COMMIT and shares the wire with others under way.
// Interactive transactions, connections and streams have a connection to themselves, from a pool
// of the whole process; BEGIN and SAVEPOINT travel with the next statement.
//
// What is known after a failure: an error of the server, a refusal to connect and a connection lost
// before the end of the unit was sent mean that nothing was written (Outcome::not_executed). A
// connection lost after that leaves the outcome unknown, and the error says so. No write is ever
// sent again, except after the server itself has said that it rolled the unit back unexecuted (a
// prepared statement that became outdated; a cancel request that was meant for somebody else).
//
// URLs: `postgres://user:password@host:5432/database?…` with the parameters of libpq (`sslmode`,
// `sslrootcert`, `host=/run/postgresql`, `target_session_attrs`, `options`, …; `postgresql://` is
// the same) and these:
//   pooler=transaction    behind a pooler in transaction mode, as pgbouncer: no session settings,
//                         one unit at a time on each connection, no prepared statements unless
//                         prepared=true
//   prepared=true|false   keep statements prepared; pgbouncer can do so from 1.21 on, with
//                         max_prepared_statements > 0
//   share_reads=true|false  whether reads of one turn share a Sync (default true)
// Encryption is TLS; that of GSSAPI is refused.
//
// Sessions run with TimeZone UTC and a server-side statement_timeout (not behind a pooler). Session
// settings (SET, LISTEN, PREPARE …) belong on a Connection and are refused elsewhere; COPY and
// DO-it-all texts of several statements are refused everywhere (see run_script).
//
// How values travel: declared types as their PostgreSQL types, in binary (boolean, smallint,
// integer, bigint, real, double precision, bytea, date, time, timestamptz, uuid, jsonb) or, where
// the server is to decide from the context, as text without a type (text, arrays, unknown); write
// `$1::text` where there is no context. numeric is text with a type. Results come back in binary,
// except at a statement's first use on a connection, and whenever a column has a type that this
// driver does not know: such values are texts, as the server writes them.
#pragma once

#include <roost/sql/driver.hpp>

#include <memory>

namespace roost::db::postgres {

/// For db::open. Lives until the program ends.
[[nodiscard]] const Driver& driver();

/// Opens a data source without connecting yet. Throws UsageError for a wrong URL.
[[nodiscard]] Owned<Database> open(DatabaseOptions options);

}  // namespace roost::db::postgres
