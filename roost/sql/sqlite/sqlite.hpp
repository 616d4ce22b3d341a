// The SQLite driver: readers on each event loop, one writer with group commit.
//
// Reads run at once on the loop's own connection; one that takes longer than some milliseconds is
// moved to a worker thread and run again there. Writes go to the writer, one thread per database:
// whatever has queued while the last commit ran becomes one transaction, each unit (a batch, or a
// single statement) a savepoint in it. A unit is answered when the commit is on the disk
// (`synchronous=FULL`); a unit that fails is rolled back alone. An interactive transaction, and a
// Connection, has the writer to itself until it ends or its deadline passes. A third thread moves
// committed pages from the log to the database meanwhile.
//
// URLs: `sqlite:app.db`, `sqlite:/var/lib/app/app.db`, `sqlite::memory:` (a file in the kernel's
// memory that is removed with the Database: it behaves as one on a disk does). Parameters:
//   mode=rwc|rw|ro         create if missing (default), must exist, read-only
//   busy_timeout=5000      milliseconds to wait for a lock of another process
//   synchronous=full|normal  normal: a power failure may lose the last commits, never more
//   cache_kib=16384        page cache of the writer; readers have a quarter of it each
//   inline_limit_ms=3      longest time of a read on the event loop
//
// How values are stored:
//   boolean            INTEGER 0 or 1
//   integers           INTEGER
//   float32, float64   REAL; NaN is refused, since SQLite would store NULL
//   decimal            TEXT, exact: '12.50'. Sorting and arithmetic need cast(… as real)
//   text, enumeration  TEXT (UTF-8); NUL inside is refused, as PostgreSQL does
//   bytes              BLOB
//   date               TEXT '2026-11-22'
//   time               TEXT '10:29:39.123456', always six digits of fraction
//   timestamp          TEXT '2026-11-22T10:29:39.123Z', UTC, three digits (six only for a value
//                      with microseconds): indexes sort it by time, date functions and people read
//                      it, JSON says the same. Years 0000 to 9999. As a default in DDL:
//                      strftime('%Y-%m-%dT%H:%M:%fZ','now')
//   uuid               TEXT, 36 lower-case characters
//   json               TEXT
//   array              TEXT, a JSON array; as a parameter: `in (select value from json_each(?1))`
// Reading a timestamp also takes 'YYYY-MM-DD HH:MM:SS' (CURRENT_TIMESTAMP) and a date alone.
#pragma once

#include <roost/sql/driver.hpp>

#include <memory>

namespace roost::db::sqlite {

/// For db::open. Lives until the program ends.
[[nodiscard]] const Driver& driver();

/// Opens a database without connecting yet. Throws UsageError for a wrong URL.
///
/// Limits beside those of the interfaces: `session_connections` counts per event loop; a stream
/// inside a read-write transaction, or on a Connection, holds all its rows.
[[nodiscard]] Owned<Database> open(DatabaseOptions options);

}  // namespace roost::db::sqlite
