// SQLite through Roost against sqlite3 in C: point reads, and durable transactions of 64 clients.
// What the disk gives is measured just before each of these: commits/s are at most the mean group
// times the syncs/s of the disk.
//
//   build/release/bench/roost_sqlite_bench [folder for the database files] [seconds per row]
//   [reads|many]
#include <roost/async/event_loop.hpp>
#include <roost/async/when_all.hpp>
#include <roost/sql/driver.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/raw_sql.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using roost::EventLoop;
using roost::Task;
namespace db = roost::db;
using Clock = std::chrono::steady_clock;

constexpr unsigned few_rows = 10'000;      // less than a megabyte
constexpr unsigned many_rows = 1'000'000;  // about 140 MB

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A cheap sequence of row numbers.
struct Rows {
  unsigned state = 1;
  unsigned rows = few_rows;
  std::int64_t next() {
    state = state * 1664525U + 1013904223U;
    return (state >> 8U) % rows + 1;
  }
};

void prepare(db::Database& database, unsigned rows, const std::string& text) {
  EventLoop loop;
  loop.block_on(database.run_script(
      "drop table if exists w; create table w (id integer primary key, n integer, t text);"
      "insert into w with recursive i(k) as (select 1 union all select k + 1 from i where k < " +
      std::to_string(rows) + ") select k, k * 7, '" + text + "' from i"));
}

double reads_in_c(const std::string& file, double seconds, bool in_transaction) {
  sqlite3* handle = nullptr;
  sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v3(handle, "select id, n, t from w where id = ?1", -1, SQLITE_PREPARE_PERSISTENT,
                     &statement, nullptr);
  if (in_transaction) sqlite3_exec(handle, "begin", nullptr, nullptr, nullptr);
  Rows sequence;
  std::int64_t sum = 0;
  long count = 0;
  const Clock::time_point start = Clock::now();
  while (seconds_since(start) < seconds) {
    for (int i = 0; i < 1000; ++i, ++count) {
      sqlite3_bind_int64(statement, 1, sequence.next());
      if (sqlite3_step(statement) != SQLITE_ROW) std::abort();
      sum += sqlite3_column_int64(statement, 1);
      sum += sqlite3_column_bytes(statement, 2);
      if (sqlite3_step(statement) != SQLITE_DONE) std::abort();
      sqlite3_reset(statement);
    }
  }
  const double rate = static_cast<double>(count) / seconds_since(start);
  sqlite3_finalize(statement);
  sqlite3_close(handle);
  return sum == 0 ? 0 : rate;
}

Task<long> read_for(db::Database& database, double seconds, unsigned seed, int per_look) {
  const db::Statement& statement =
      database.statements().add("select id, n, t from w where id = ?1",
                                std::array{db::ValueType::int64}, db::StatementKind::read);
  Rows sequence{seed};
  std::int64_t sum = 0;
  long count = 0;
  const Clock::time_point start = Clock::now();
  while (seconds_since(start) < seconds) {
    for (int i = 0; i < per_look; ++i, ++count) {
      const db::ValueView id = db::ValueView::int64(sequence.next());
      const db::Result result = co_await database.execute(statement, std::span{&id, 1});
      sum += result.value(0, 1).integer();
      sum += static_cast<std::int64_t>(result.value(0, 2).characters().size());
    }
    co_await roost::yield();
  }
  co_return sum == 0 ? 0 : count;
}

/// Lets the loop go on after every `per_turn` reads; reads of one turn share a read transaction.
double reads_with_roost(db::Database& database, double seconds, int per_turn) {
  EventLoop loop;
  const Clock::time_point start = Clock::now();
  const long count = loop.block_on(read_for(database, seconds, 1, per_turn));
  return static_cast<double>(count) / seconds_since(start);
}

struct Commits {
  double rate = 0;
  double p50 = 0;
  double p99 = 0;
  double worst = 0;
  double group = 1;  // units that shared a commit
};

Commits summary(std::vector<double>& milliseconds, double seconds) {
  std::sort(milliseconds.begin(), milliseconds.end());
  Commits commits;
  commits.rate = static_cast<double>(milliseconds.size()) / seconds;
  commits.p50 = milliseconds[milliseconds.size() / 2];
  commits.p99 = milliseconds[milliseconds.size() * 99 / 100];
  commits.worst = milliseconds.back();
  return commits;
}

Task<void> commit_for(db::Database& database, double seconds, Rows sequence,
                      std::vector<double>& milliseconds) {
  const db::Statement& statement = database.statements().add(
      "update w set n = ?1 where id = ?2", std::array{db::ValueType::int64, db::ValueType::int64},
      db::StatementKind::write);
  const Clock::time_point start = Clock::now();
  while (seconds_since(start) < seconds) {
    const std::int64_t row = sequence.next();
    const std::array parameters{db::ValueView::int64(sequence.next()), db::ValueView::int64(row)};
    const Clock::time_point before = Clock::now();
    co_await database.execute(statement, parameters);
    milliseconds.push_back(seconds_since(before) * 1000);
  }
}

Commits commits_with_roost(db::Database& database, double seconds, int clients, unsigned rows) {
  EventLoop loop;
  std::vector<double> milliseconds;
  std::vector<Task<void>> tasks;
  for (int i = 0; i < clients; ++i) {
    const Rows sequence{static_cast<unsigned>(i) * 7919U + 1U, rows};
    tasks.push_back(commit_for(database, seconds, sequence, milliseconds));
  }
  const db::DatabaseStatistics before = database.statistics();
  const Clock::time_point start = Clock::now();
  loop.block_on(roost::when_all(std::move(tasks)));
  Commits commits = summary(milliseconds, seconds_since(start));
  const db::DatabaseStatistics after = database.statistics();
  commits.group = static_cast<double>(after.units - before.units) /
                  static_cast<double>(after.commits - before.commits);
  return commits;
}

/// Syncs a second of a file like SQLite's log: a frame each time, over and over the same 8 MB.
double syncs_of_disk(const std::string& file, double seconds) {
  constexpr off_t frame = 4120;
  constexpr off_t size = 2'000 * frame;
  const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  const std::vector<char> bytes(static_cast<std::size_t>(frame), 'x');
  for (off_t at = 0; at < size; at += frame) {
    if (pwrite(descriptor, bytes.data(), bytes.size(), at) < 0) std::abort();
  }
  fsync(descriptor);
  long count = 0;
  const Clock::time_point start = Clock::now();
  for (; seconds_since(start) < seconds; ++count) {
    if (pwrite(descriptor, bytes.data(), bytes.size(), count * frame % size) < 0) std::abort();
    if (fdatasync(descriptor) != 0) std::abort();
  }
  const double rate = static_cast<double>(count) / seconds_since(start);
  close(descriptor);
  std::filesystem::remove(file);
  return rate;
}

/// The usual way: a connection per thread, one transaction per write.
Commits commits_in_c(const std::string& file, double seconds, int clients) {
  std::vector<std::vector<double>> latencies(static_cast<std::size_t>(clients));
  std::vector<std::thread> threads;
  const Clock::time_point start = Clock::now();
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] {
      sqlite3* handle = nullptr;
      sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
      sqlite3_busy_timeout(handle, 60'000);
      sqlite3_exec(handle, "pragma synchronous = full", nullptr, nullptr, nullptr);
      sqlite3_stmt* statement = nullptr;
      sqlite3_prepare_v3(handle, "update w set n = ?1 where id = ?2", -1, SQLITE_PREPARE_PERSISTENT,
                         &statement, nullptr);
      Rows sequence{static_cast<unsigned>(i) * 7919U + 1U};
      while (seconds_since(start) < seconds) {
        sqlite3_bind_int64(statement, 1, sequence.next());
        sqlite3_bind_int64(statement, 2, sequence.next());
        const Clock::time_point before = Clock::now();
        const bool done = sqlite3_step(statement) == SQLITE_DONE;
        sqlite3_reset(statement);
        const double milliseconds = seconds_since(before) * 1000;
        if (done) latencies[static_cast<std::size_t>(i)].push_back(milliseconds);
      }
      sqlite3_finalize(statement);
      sqlite3_close(handle);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<double> all;
  for (const std::vector<double>& one : latencies) all.insert(all.end(), one.begin(), one.end());
  return summary(all, seconds_since(start));
}

void print(const char* name, const Commits& commits) {
  std::printf("%-44s %9.0f/s   p50 %6.2f  p99 %6.2f  worst %7.1f ms  group %5.1f\n", name,
              commits.rate, commits.p50, commits.p99, commits.worst, commits.group);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : std::filesystem::temp_directory_path().string();
  const double seconds = argc > 2 ? std::atof(argv[2]) : 3;
  const std::string file = folder + "/roost-bench-" + std::to_string(getpid()) + ".db";
  const std::string only = argc > 3 ? argv[3] : "";
  {
    const auto database = db::sqlite::open(db::DatabaseOptions{"sqlite:" + file});
    prepare(*database, few_rows, "hello world");
    for (const int per_turn : {1, 100}) {
      if (only == "many") break;
      const double ours = reads_with_roost(*database, seconds, per_turn);
      const double theirs = reads_in_c(file, seconds, per_turn > 1);
      std::printf(
          "point reads, yielding after every %3d: %9.0f/s   sqlite3 in C %9.0f/s (%s)  "
          "ratio %.2f\n",
          per_turn, ours, theirs, per_turn > 1 ? "one transaction" : "autocommit", ours / theirs);
      std::fflush(stdout);
    }
    for (const int clients : {1, 8, 64, 256}) {
      if (!only.empty()) break;
      const std::string name =
          "durable updates, " + std::to_string(clients) + " clients, group commit";
      std::printf("%-44s %9.0f/s\n", "syncs of the disk",
                  syncs_of_disk(file + ".sync", seconds / 3));
      print(name.c_str(), commits_with_roost(*database, seconds, clients, few_rows));
    }
    for (const int clients : {8, 64}) {
      if (!only.empty()) break;
      const std::string name =
          "durable updates, " + std::to_string(clients) + " threads, sqlite3 in C";
      print(name.c_str(), commits_in_c(file, seconds, clients));
    }
  }
  if (only != "reads") {
    {
      const auto database = db::sqlite::open(db::DatabaseOptions{"sqlite:" + file});
      prepare(*database, many_rows, std::string(100, 'x'));
    }
    const auto database = db::sqlite::open(db::DatabaseOptions{"sqlite:" + file});
    print("durable updates, 64 clients, 1,000,000 rows",
          commits_with_roost(*database, seconds, 64, many_rows));
  }
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file + suffix);
  return 0;
}
