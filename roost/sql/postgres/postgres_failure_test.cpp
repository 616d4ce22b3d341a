// What goes wrong around PostgreSQL: broken connections, crashes, poolers, TLS, passwords.
#include <roost/async/blocking.hpp>
#include <roost/async/deadline.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/async/timers.hpp>
#include <roost/async/when_all.hpp>
#include <roost/sql/conformance/driver_fixture.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/postgres.hpp>
#include <roost/sql/postgres/testing/breaking_proxy.hpp>
#include <roost/sql/postgres/testing/private_pgbouncer.hpp>
#include <roost/sql/postgres/testing/private_postgres.hpp>
#include <roost/sql/raw_sql.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <thread>

namespace roost::db {
namespace {

using namespace std::chrono_literals;
using conformance::error_of;
using conformance::run;
using postgres::BreakingProxy;
using postgres::PrivatePgbouncer;
using postgres::PrivatePostgres;
using postgres::PrivatePostgresOptions;
using ::testing::HasSubstr;
using Break = BreakingProxy::Break;
using Direction = BreakingProxy::Direction;

// A conversation that breaks at any byte.

constexpr std::string_view conversation_schema =
    "drop table if exists children; drop table if exists parents; drop table if exists singles;"
    "create table parents (id bigint generated always as identity primary key, tag integer);"
    "create table children (parent bigint references parents (id), tag integer);"
    "create table singles (tag integer)";

/// What a caller was told about a piece of work.
enum class Told { done, not_done, unknown };

Told told_by(const std::exception_ptr& error) {
  if (error == nullptr) return Told::done;
  const DatabaseError* found = database_error(error);
  if (found == nullptr) {
    ADD_FAILURE() << "an error that is no DatabaseError";
    return Told::unknown;
  }
  return found->outcome() == Outcome::unknown ? Told::unknown : Told::not_done;
}

struct Conversation {
  Told unit = Told::not_done;
  Told transaction = Told::not_done;
  Told read = Told::not_done;
};

/// Parents and children in one unit, whose keys need a second trip.
Task<void> write_family(Database& database, int tag) {
  const Statement& parent = database.statements().add(
      "insert into parents (tag) values ($1) returning id", std::array{ValueType::int32});
  const Statement& child =
      database.statements().add("insert into children (parent, tag) values ($1, $2)",
                                std::array{ValueType::int64, ValueType::int32});
  Batch batch;
  const ValueView value = ValueView::int32(tag);
  batch.add(parent, std::span{&value, 1});
  batch.begin(child, 1);
  batch.bind(ValueView::result_cell(ResultCell{0, 0, 0}));
  batch.bind(value);
  static_cast<void>(co_await database.execute(batch));
}

Task<void> write_single(Database& database, int tag) {
  const std::unique_ptr<Transaction> transaction = co_await database.begin();
  co_await transaction->execute(sql("insert into singles values ({})", tag));
  co_await transaction->commit();
}

Task<void> read_something(Database& database, int tag) {
  const Statement& read = database.statements().add("select $1::int", std::array{ValueType::int32},
                                                    StatementKind::read);
  const ValueView value = ValueView::int32(tag);
  const Result result = co_await database.execute(read, std::span{&value, 1});
  EXPECT_EQ(result.value(0, 0).integer(), tag);
}

Task<Told> tell(Task<void> work, std::string* message = nullptr) {
  std::exception_ptr error;
  try {
    co_await std::move(work);
  } catch (...) {
    error = std::current_exception();
  }
  const DatabaseError* found = database_error(error);
  if (message != nullptr && found != nullptr) *message = found->what();
  co_return told_by(error);
}

/// Is given up after a minute and forty attempts: where others take the processor, a minute may be
/// too short for the server to accept one connection.
class Patience {
 public:
  [[nodiscard]] bool left() { return ++attempts_ <= 40 || Clock::now() < end_; }

 private:
  TimePoint end_ = Clock::now() + 60s;
  int attempts_ = 0;
};

DatabaseOptions options_for(const BreakingProxy& proxy, const std::string& url) {
  std::string through = url;
  const std::size_t colon = through.rfind(':');
  const std::size_t slash = through.find('/', colon);
  through.replace(colon + 1, slash - colon - 1, std::to_string(proxy.port()));
  DatabaseOptions options{through + "?sslmode=disable&gssencmode=disable"};
  options.connect_timeout = 4'000ms;  // a machine under load takes its time
  options.statement_timeout = 10'000ms;
  return options;
}

/// One conversation through a proxy that breaks it; afterwards the same database must work.
Task<void> converse(const std::string& url, int server_port, Break kind, int connection,
                    Direction direction, std::uint64_t bytes, int tag, Conversation& told,
                    ExecuteOptions limits) {
  const BreakingProxy proxy{server_port, kind, connection, direction, bytes};
  DatabaseOptions options = options_for(proxy, url);
  if (limits.timeout.count() > 0) options.statement_timeout = limits.timeout;
  const std::unique_ptr<Database> database = postgres::open(std::move(options));
  told.unit = co_await tell(write_family(*database, tag));
  told.read = co_await tell(read_something(*database, tag));
  told.transaction = co_await tell(write_single(*database, tag));
  // A refused connection delays the next attempt; then all is well again.
  Told works = Told::not_done;
  std::string why;
  for (Patience patience; works != Told::done && patience.left();) {
    works = co_await tell(database->ping(), &why);
  }
  EXPECT_EQ(works, Told::done) << "after byte " << bytes << ": " << why;
  Told again = Told::not_done;  // slow machines meet the brief limits of these tests more than once
  for (Patience patience; again != Told::done && patience.left();) {
    again = co_await tell(write_single(*database, -1), &why);
  }
  EXPECT_EQ(again, Told::done) << "after byte " << bytes << ": " << why;
}

Task<void> check_truth(Database& database, int tag, const Conversation& told) {
  const auto counts = co_await database.query_one<std::tuple<int, int, int>>(
      sql("select (select count(*) from parents where tag = {}), (select count(*) from children "
          "where tag = {}), (select count(*) from singles where tag = {})",
          tag, tag, tag));
  const auto [parents, children, singles] = counts;
  EXPECT_EQ(parents, children) << tag;
  if (told.unit == Told::done) {
    EXPECT_EQ(parents, 1) << tag;
  }
  if (told.unit == Told::not_done) {
    EXPECT_EQ(parents, 0) << tag;
  }
  EXPECT_LE(parents, 1) << tag;
  if (told.transaction == Told::done) {
    EXPECT_EQ(singles, 1) << tag;
  }
  if (told.transaction == Told::not_done) {
    EXPECT_EQ(singles, 0) << tag;
  }
  EXPECT_LE(singles, 1) << tag;
}

struct BreakCase {
  Break kind;
  int connection;  // 0: units, 1: reads, 2: sessions
  Direction direction;
  std::uint64_t step;
};

std::string name_of_case(const BreakCase& one) {
  std::string name = one.kind == Break::cut ? "Cut" : one.kind == Break::reset ? "Reset" : "Stall";
  name += one.connection == 0 ? "Units" : one.connection == 1 ? "Reads" : "Sessions";
  name += one.direction == Direction::to_server ? "ToServer" : "ToClient";
  return name;
}

class PostgresBreaks : public ::testing::TestWithParam<BreakCase> {};
INSTANTIATE_TEST_SUITE_P(All, PostgresBreaks,
                         ::testing::Values(BreakCase{Break::cut, 0, Direction::to_server, 1},
                                           BreakCase{Break::cut, 0, Direction::to_client, 1},
                                           BreakCase{Break::reset, 0, Direction::to_client, 3},
                                           BreakCase{Break::cut, 1, Direction::to_server, 3},
                                           BreakCase{Break::cut, 1, Direction::to_client, 3},
                                           BreakCase{Break::cut, 2, Direction::to_server, 1},
                                           BreakCase{Break::reset, 2, Direction::to_client, 1},
                                           BreakCase{Break::stall, 0, Direction::to_server, 9},
                                           BreakCase{Break::stall, 0, Direction::to_client, 9},
                                           BreakCase{Break::stall, 2, Direction::to_client, 9}),
                         [](const auto& one) { return name_of_case(one.param); });

TEST_P(PostgresBreaks, EveryOutcomeIsAsItWasTold) {
  const BreakCase& one = GetParam();
  PrivatePostgres& server = PrivatePostgres::shared();
  const std::string url = server.fresh_database();
  const int port = server.port();
  std::uint64_t length = 0;
  {
    const BreakingProxy whole{port, Break::never};
    run([&]() -> Task<void> {
      const auto database = postgres::open(options_for(whole, url));
      co_await database->run_script(conversation_schema);
    });
  }
  {
    const BreakingProxy whole{port, Break::never};
    run([&]() -> Task<void> {
      const auto database = postgres::open(options_for(whole, url));
      co_await write_family(*database, 0);
      co_await read_something(*database, 0);
      co_await write_single(*database, 0);
      length = whole.passed(one.connection, one.direction);
    });
  }
  EXPECT_GT(length, 300U);
  RecordProperty("bytes", static_cast<int>(length));
  // Every byte takes a minute or two: then it is every third one, unless somebody asks for all.
  const std::uint64_t step = std::getenv("ROOST_EVERY_BYTE") != nullptr ? 1 : 3 * one.step;
  const std::size_t together = one.kind == Break::stall ? 30 : 8;
  ExecuteOptions limits;
  if (one.kind == Break::stall) limits.timeout = 200ms;
  std::array<int, 3> told_counts{};
  run([&]() -> Task<void> {
    const auto direct = postgres::open(DatabaseOptions{url});
    for (std::uint64_t byte = 0; byte < length;) {
      std::vector<Task<void>> tasks;
      std::vector<int> tags;
      std::vector<Conversation> told(together);
      for (; byte < length && tasks.size() < together; byte += step) {
        const int tag = static_cast<int>(byte) + 1;
        tags.push_back(tag);
        tasks.push_back(converse(url, port, one.kind, one.connection, one.direction, byte, tag,
                                 told[tasks.size()], limits));
      }
      co_await when_all(std::move(tasks));
      for (std::size_t i = 0; i < tags.size(); ++i) {
        co_await check_truth(*direct, tags[i], told[i]);
        const Told what = one.connection == 2 ? told[i].transaction : told[i].unit;
        ++told_counts[static_cast<std::size_t>(what)];
      }
    }
  });
  // All three happen, except that a connection which only reads knows everything.
  if (one.connection != 1) {
    EXPECT_GT(told_counts[1], 0);
    if (one.connection == 0 && one.direction == Direction::to_server) {
      // Only while the message with the Sync is on its way: the child, its check and the Sync.
      EXPECT_LT(static_cast<std::uint64_t>(told_counts[2]) * step, 400U);
    } else {
      EXPECT_LT(told_counts[2], told_counts[1]);
    }
  }
  RecordProperty("done", told_counts[0]);
  RecordProperty("not_done", told_counts[1]);
  RecordProperty("unknown", told_counts[2]);
}

// A server that dies under load.

TEST(PostgresCrash, NothingAcknowledgedIsLost) {
  const char* asked = std::getenv("ROOST_CRASH_ROUNDS");
  const int rounds = asked == nullptr ? 3 : std::atoi(asked);
  PrivatePostgres server;
  server.execute("create table acknowledged (id bigint primary key)");
  std::chrono::milliseconds longest{0};
  std::int64_t next = 0;
  std::set<std::int64_t> acknowledged;
  std::set<std::int64_t> refused;
  run([&]() -> Task<void> {
    DatabaseOptions options{server.url()};
    options.session_connections = 4;
    const auto database = postgres::open(std::move(options));
    bool stopping = false;
    auto writer = [&](bool interactive) -> Task<void> {
      while (!stopping) {
        const std::int64_t id = ++next;
        std::exception_ptr error;
        try {
          if (interactive) {
            const auto transaction = co_await database->begin();
            co_await transaction->execute(sql("insert into acknowledged values ({})", id));
            co_await transaction->commit();
          } else {
            co_await database->execute(sql("insert into acknowledged values ({})", id));
          }
        } catch (...) {
          error = std::current_exception();
        }
        const Told told = told_by(error);
        if (told == Told::done) acknowledged.insert(id);
        if (told == Told::not_done) refused.insert(id);
        if (error != nullptr) co_await sleep_for(5ms);
      }
    };
    auto killer = [&]() -> Task<void> {
      for (int round = 0; round < rounds; ++round) {
        co_await sleep_for(std::chrono::milliseconds{100 + 37 * (round % 7)});
        auto crash = [&server] {
          server.kill();
          server.start();
        };
        co_await run_blocking(crash);
        const TimePoint up = Clock::now();
        const std::size_t before = acknowledged.size();
        while (acknowledged.size() == before && Clock::now() - up < 20s) co_await sleep_for(1ms);
        const auto waited =
            std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - up);
        longest = std::max(longest, waited);
      }
      stopping = true;
    };
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 8; ++i) tasks.push_back(writer(i % 2 == 1));
    tasks.push_back(killer());
    co_await when_all(std::move(tasks));
    const auto rows =
        co_await database->query<std::int64_t>(sql("select id from acknowledged order by id"));
    const std::set<std::int64_t> there{rows.begin(), rows.end()};
    for (const std::int64_t id : acknowledged) EXPECT_TRUE(there.contains(id)) << id;
    for (const std::int64_t id : refused) EXPECT_FALSE(there.contains(id)) << id;
  });
  // A figure of the machine, where it has nothing else to do: only in the long run by hand.
  if (asked != nullptr) {
    EXPECT_LT(longest, 2s);
  }
  std::printf("%d crashes: %zu writes acknowledged, %zu refused, back after at most %d ms\n",
              rounds, acknowledged.size(), refused.size(), static_cast<int>(longest.count()));
}

TEST(PostgresCrash, IdleConnectionsThatBrokeAreReplaced) {
  PrivatePostgres& server = PrivatePostgres::shared();
  const std::string url = server.fresh_database();
  run([&]() -> Task<void> {
    const auto database = postgres::open(DatabaseOptions{url});
    co_await database->run_script("create table t (id integer)");
    co_await database->ping();
    co_await database->transactional([&](Transaction& transaction) -> Task<void> {
      co_await transaction.execute(sql("insert into t values (1)"));
    });
    server.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" +
                   url.substr(url.rfind('/') + 1) + "'");
    co_await sleep_for(50ms);
    co_await database->ping();
    co_await database->transactional([&](Transaction& transaction) -> Task<void> {
      co_await transaction.execute(sql("insert into t values (2)"));
    });
    const auto count = co_await database->query_one<int>(sql("select count(*) from t"));
    EXPECT_EQ(count, 2);
  });
}

TEST(PostgresCrash, TerminatedInTheMiddle) {
  PrivatePostgres& server = PrivatePostgres::shared();
  const std::string url = server.fresh_database();
  run([&]() -> Task<void> {
    const auto database = postgres::open(DatabaseOptions{url});
    const Statement suicide{"select pg_terminate_backend(pg_backend_pid())"};
    const ErrorDetails error = co_await error_of<ConnectionLost>(database->execute(suicide));
    EXPECT_EQ(error.outcome, Outcome::not_executed);
    const auto transaction = co_await database->begin();
    co_await error_of<ConnectionLost>(transaction->execute(suicide));
    EXPECT_EQ(transaction->state(), TransactionState::rolled_back);
    co_await transaction->rollback();
    co_await database->ping();
  });
}

// Ways to connect.

TEST(PostgresSecurity, Passwords) {
  PrivatePostgres& server = PrivatePostgres::shared();
  server.execute("drop role if exists scram_user");
  server.execute("create role scram_user login password 'p@ss: word'");
  const std::string address = "127.0.0.1:" + std::to_string(server.port()) + "/postgres";
  run([&]() -> Task<void> {
    const auto right =
        postgres::open(DatabaseOptions{"postgres://scram_user:p%40ss%3A%20word@" + address});
    co_await right->ping();
    const auto wrong = postgres::open(DatabaseOptions{"postgres://scram_user:hunter2@" + address});
    const ErrorDetails error = co_await error_of<AuthenticationFailed>(wrong->ping());
    EXPECT_THAT(error.message, ::testing::Not(HasSubstr("hunter2")));
    const auto none = postgres::open(DatabaseOptions{"postgres://scram_user@" + address});
    co_await error_of<AuthenticationFailed>(none->ping());
  });
}

TEST(PostgresSecurity, Tls) {
  PrivatePostgresOptions settings;
  settings.tls = true;
  PrivatePostgres server{settings};
  server.execute("create role tls_user login");
  const std::string port = std::to_string(server.port());
  run([&]() -> Task<void> {
    const auto verified = postgres::open(
        DatabaseOptions{"postgres://tls_user@localhost:" + port +
                        "/postgres?sslmode=verify-full&sslrootcert=" + server.certificate_file()});
    const auto encrypted = co_await verified->query_one<int>(
        sql("select ssl::int from pg_stat_ssl where pid = pg_backend_pid()"));
    EXPECT_EQ(encrypted, 1);
    // More than one record each way, and statements pending inside of TLS.
    const std::string large(300'000, 'x');
    const auto length = co_await verified->query_one<int>(sql("select length({}::text)", large));
    EXPECT_EQ(length, 300'000);
    const Result back = co_await verified->execute(sql("select repeat('y', 300000)"));
    EXPECT_EQ(back.value(0, 0).characters().size(), 300'000U);
    const auto wrong_name = postgres::open(
        DatabaseOptions{"postgres://tls_user@example.org:" + port +
                        "/postgres?hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=" +
                        server.certificate_file()});
    const ErrorDetails error = co_await error_of<CannotConnect>(wrong_name->ping());
    EXPECT_THAT(error.message, HasSubstr("example.org"));
    const auto plain = postgres::open(
        DatabaseOptions{"postgres://tls_user@127.0.0.1:" + port + "/postgres?sslmode=disable"});
    co_await error_of<ConnectionError>(plain->ping());
    // Cancel requests find their way.
    const ExecuteOptions brief{100ms};
    co_await error_of<StatementTimeout>(verified->execute(sql("select pg_sleep(10)"), brief));
  });
}

TEST(PostgresPooler, WorksBehindPgbouncerInTransactionMode) {
  PrivatePostgres& server = PrivatePostgres::shared();
  const std::string url = server.fresh_database();
  const PrivatePgbouncer pooler{server.port(), 3};
  const std::string pooled = pooler.url(url.substr(url.rfind('/') + 1)) + "?pooler=transaction";
  run([&]() -> Task<void> {
    const auto database = postgres::open(DatabaseOptions{pooled});
    const auto neighbour = postgres::open(DatabaseOptions{pooled});
    co_await database->run_script(conversation_schema);
    for (int i = 1; i < 20; ++i) {  // on whichever connection pgbouncer picks
      co_await write_family(*database, i);
      co_await write_single(*neighbour, i);
      co_await read_something(*database, i);
      co_await read_something(*neighbour, i);
      Conversation told;
      told.unit = Told::done;
      told.transaction = Told::done;
      co_await check_truth(*database, i, told);
    }
    const Statement lie{"delete from singles", {}, StatementKind::read};
    co_await error_of<ReadOnly>(database->execute(lie));
    RowStream stream = co_await neighbour->stream(
        sql("select i, timestamp '2026-01-02 03:04:05' from generate_series(1, 100) i"),
        StreamOptions{30});
    std::size_t rows = 0;
    for (;;) {
      const Result chunk = co_await stream.next();
      if (chunk.empty()) break;
      rows += chunk.row_count();
    }
    EXPECT_EQ(rows, 100U);
    const ExecuteOptions brief{200ms};
    co_await error_of<StatementTimeout>(database->execute(sql("select pg_sleep(10)"), brief));
    std::vector<Task<void>> many;
    for (int i = 100; i < 130; ++i) {
      many.push_back(write_family(i % 2 == 0 ? *database : *neighbour, i));
    }
    co_await when_all(std::move(many));
    const auto families = co_await database->query_one<int>(sql("select count(*) from parents"));
    EXPECT_EQ(families, 49);
  });
}

TEST(PostgresPooler, PreparedStatementsBehindAPoolerNameTheSetting) {
  PrivatePostgres& server = PrivatePostgres::shared();
  const std::string url = server.fresh_database();
  const PrivatePgbouncer pooler{server.port(), 2};
  const std::string pooled = pooler.url(url.substr(url.rfind('/') + 1));
  run([&]() -> Task<void> {
    // Without pooler=transaction: whatever fails says what to do.
    const auto database = postgres::open(DatabaseOptions{pooled});
    std::exception_ptr error;
    try {
      for (int i = 0; i < 10; ++i) {
        const auto transaction = co_await database->begin();
        static_cast<void>(co_await transaction->execute(sql("select 1")));
        static_cast<void>(co_await database->execute(sql("select 1")));
        static_cast<void>(co_await transaction->execute(sql("select 1")));
        co_await transaction->rollback();
      }
    } catch (...) {
      error = std::current_exception();
    }
    EXPECT_TRUE(error == nullptr || database_error(error) != nullptr);
  });
}

}  // namespace
}  // namespace roost::db
