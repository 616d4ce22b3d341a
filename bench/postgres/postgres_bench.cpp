// PostgreSQL through Roost against libpq in pipeline mode by hand, and against pgbench: one row,
// twenty rows, twenty updates, on a private server.
//
//   build/release/bench/roost_postgres_bench [seconds per row of the table]
//
// Both sides use one connection and one thread; "together" units are under way at a time. By hand
// they share one Sync (reads) or have one each (updates), as Roost does.
#include <roost/async/event_loop.hpp>
#include <roost/async/when_all.hpp>
#include <roost/sql/batch.hpp>
#include <roost/sql/driver.hpp>
#include <roost/sql/postgres/postgres.hpp>
#include <roost/sql/postgres/testing/private_postgres.hpp>
#include <roost/sql/raw_sql.hpp>

#include <libpq-fe.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <poll.h>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace {

using roost::EventLoop;
using roost::Task;
namespace db = roost::db;
using Clock = std::chrono::steady_clock;

constexpr int rows = 10'000;
constexpr const char* read_text = "select id, n from w where id = $1";
constexpr const char* update_text = "update w set n = $2 where id = $1";

/// A cheap sequence of row numbers.
struct Rows {
  unsigned state = 1;
  std::int32_t next() {
    state = state * 1664525U + 1013904223U;
    return static_cast<std::int32_t>((state >> 8U) % rows) + 1;
  }
};

double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Figures {
  double per_second = 0;
  double microseconds = 0;  // of our own processor time per unit
};

/// Counts units until the time is over.
class Watch {
 public:
  explicit Watch(double seconds)
      : end_{Clock::now() +
             std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))} {}
  [[nodiscard]] bool over() const { return Clock::now() >= end_; }
  void count(int units) { units_ += units; }
  [[nodiscard]] Figures figures() const {
    const double wall = std::chrono::duration<double>(Clock::now() - start_).count();
    const double cpu = processor_seconds() - cpu_;
    return {units_ / wall, cpu / units_ * 1e6};
  }

 private:
  Clock::time_point start_ = Clock::now();
  Clock::time_point end_;
  double cpu_ = processor_seconds();
  double units_ = 0;
};

void wait_for(PGconn* connection) {
  pollfd about{::PQsocket(connection), POLLIN, 0};
  ::poll(&about, 1, -1);
  ::PQconsumeInput(connection);
}

/// `together` units of `size` statements; with one Sync for all or one each.
Figures by_hand(const std::string& url, bool updates, int size, int together, double seconds) {
  PGconn* connection = ::PQconnectdb(url.c_str());
  ::PQclear(::PQprepare(connection, "s", updates ? update_text : read_text, 0, nullptr));
  ::PQsetnonblocking(connection, 1);
  ::PQenterPipelineMode(connection);
  Watch watch{seconds};
  Rows next;
  while (!watch.over()) {
    int syncs = 0;
    for (int unit = 0; unit < together; ++unit) {
      for (int i = 0; i < size; ++i) {
        std::array<std::uint32_t, 2> numbers{htonl(static_cast<std::uint32_t>(next.next())),
                                             htonl(static_cast<std::uint32_t>(next.next()))};
        const std::array<const char*, 2> values{reinterpret_cast<const char*>(numbers.data()),
                                                reinterpret_cast<const char*>(&numbers[1])};
        constexpr std::array<int, 2> lengths{4, 4};
        constexpr std::array<int, 2> formats{1, 1};
        ::PQsendQueryPrepared(connection, "s", updates ? 2 : 1, values.data(), lengths.data(),
                              formats.data(), 1);
      }
      if (updates || unit + 1 == together) {
        ::PQpipelineSync(connection);
        ++syncs;
      }
    }
    while (syncs > 0) {
      if (::PQisBusy(connection) != 0) {
        wait_for(connection);
        continue;
      }
      PGresult* result = ::PQgetResult(connection);
      if (::PQresultStatus(result) == PGRES_PIPELINE_SYNC) --syncs;
      ::PQclear(result);
    }
    watch.count(together);
  }
  const Figures figures = watch.figures();
  ::PQfinish(connection);
  return figures;
}

Task<void> read_one(db::Database& database, const db::Statement& statement, Watch& watch) {
  Rows next;
  next.state = static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(&next));
  while (!watch.over()) {
    const db::ValueView id = db::ValueView::int32(next.next());
    const db::Result result = co_await database.execute(statement, std::span{&id, 1});
    if (result.value(0, 0).integer() != id.integer()) std::abort();
    watch.count(1);
  }
}

Task<void> run_batch(db::Database& database, const db::Statement& statement, bool updates,
                     Watch& watch) {
  Rows next;
  next.state = static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(&next));
  db::Batch batch;
  std::array<std::int32_t, 20> ids{};
  while (!watch.over()) {
    batch.clear();
    for (std::int32_t& id : ids) id = next.next();
    // Units that run side by side would else lock their rows crosswise.
    if (updates) std::sort(ids.begin(), ids.end());
    for (const std::int32_t id : ids) {
      batch.begin(statement);
      batch.bind(db::ValueView::int32(id));
      if (updates) batch.bind(db::ValueView::int32(next.next()));
    }
    std::vector<db::Result> results;
    if (updates) {
      results = co_await database.execute(batch);
    } else {
      results = co_await database.read_all(batch, db::ExecuteOptions{});
    }
    if (results.size() != 20) std::abort();
    watch.count(1);
  }
}

Figures through_roost(const std::string& url, bool updates, int size, int together,
                      double seconds) {
  EventLoop loop;
  const auto database = db::postgres::open(db::DatabaseOptions{url});
  const std::array one{db::ValueType::int32};
  const std::array two{db::ValueType::int32, db::ValueType::int32};
  const db::Statement& statement =
      updates ? database->statements().add(update_text, two, db::StatementKind::write)
              : database->statements().add(read_text, one, db::StatementKind::read);
  loop.block_on(database->ping());
  Watch watch{seconds};
  std::vector<Task<void>> tasks;
  for (int i = 0; i < together; ++i) {
    tasks.push_back(size == 1 ? read_one(*database, statement, watch)
                              : run_batch(*database, statement, updates, watch));
  }
  loop.block_on(roost::when_all(std::move(tasks)));
  return watch.figures();
}

/// Units a second of pgbench with prepared statements, one thread and that many connections; a unit
/// of several statements is one pipeline. 0 when there is no pgbench.
double pgbench(const db::postgres::PrivatePostgres& server, bool updates, int size, int connections,
               double seconds) {
  const std::string script = server.folder() + "/pgbench.sql";
  std::ofstream file{script};
  for (int i = 0; i < size; ++i) {
    file << "\\set id" << i << " random(1, " << rows << ")\n";
  }
  if (size > 1) file << "\\startpipeline\n";
  for (int i = 0; i < size; ++i) {
    file << (updates ? "update w set n = n + 1 where id = :id"
                     : "select id, n from w where id = :id")
         << i << ";\n";
  }
  if (size > 1) file << "\\endpipeline\n";
  file.close();
  const std::string command =
      "PATH=$PATH:/usr/lib/postgresql/15/bin pgbench -n -M prepared -j 1 -c " +
      std::to_string(connections) + " -T " +
      std::to_string(std::max(1, static_cast<int>(seconds))) + " -f " + script + " '" +
      server.url() + "' 2>/dev/null";
  FILE* const output = ::popen(command.c_str(), "r");
  double rate = 0;
  std::array<char, 256> line{};
  while (std::fgets(line.data(), line.size(), output) != nullptr) {
    static_cast<void>(std::sscanf(line.data(), "tps = %lf", &rate));
  }
  ::pclose(output);
  return rate;
}

void compare_with_pgbench(const db::postgres::PrivatePostgres& server, const char* name,
                          bool updates, int size, int together, double seconds) {
  const double theirs = pgbench(server, updates, size, together, seconds);
  const Figures roost = through_roost(server.url(), updates, size, together, seconds);
  std::printf("%-32s %10.0f %10.0f  %5.2f\n", name, theirs, roost.per_second,
              roost.per_second / theirs);
}

void compare(const std::string& url, const char* name, bool updates, int size, int together,
             double seconds) {
  const Figures hand = by_hand(url, updates, size, together, seconds);
  const Figures roost = through_roost(url, updates, size, together, seconds);
  std::printf("%-32s %10.0f %10.0f  %5.2f   %8.2f %8.2f  %5.2f\n", name, hand.per_second,
              roost.per_second, roost.per_second / hand.per_second, hand.microseconds,
              roost.microseconds, hand.microseconds / roost.microseconds);
}

}  // namespace

int main(int count, char** arguments) {
  const double seconds = count > 1 ? std::atof(arguments[1]) : 2.0;
  db::postgres::PrivatePostgres server;
  server.execute("create table w (id integer primary key, n integer)");
  server.execute("insert into w select i, i * 7 from generate_series(1, 10000) i");
  server.execute("vacuum analyze w");
  const std::string url = server.url();
  std::printf("%-32s %10s %10s  %5s   %8s %8s  %5s\n", "units per second; own us per unit", "libpq",
              "Roost", "ratio", "libpq", "Roost", "ratio");
  compare(url, "one row, 1 together", false, 1, 1, seconds);
  compare(url, "one row, 32 together", false, 1, 32, seconds);
  compare(url, "twenty rows, 8 together", false, 20, 8, seconds);
  compare(url, "twenty updates, 1 together", true, 20, 1, seconds);
  compare(url, "twenty updates, 8 together", true, 20, 8, seconds);
  std::printf("%-32s %10s %10s  %5s\n", "as many connections of pgbench", "pgbench", "Roost",
              "ratio");
  compare_with_pgbench(server, "one row, 1", false, 1, 1, seconds);
  compare_with_pgbench(server, "one row, 32", false, 1, 32, seconds);
  compare_with_pgbench(server, "twenty rows, 8", false, 20, 8, seconds);
  // One only: rows in random order would be locked crosswise.
  compare_with_pgbench(server, "twenty updates, 1", true, 20, 1, seconds);
}
