// What goes wrong around SQLite: killed processes, full disks, locks of others, damaged files.
#include <roost/async/event_loop.hpp>
#include <roost/async/when_all.hpp>
#include <roost/sql/conformance/driver_fixture.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/raw_sql.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace {
std::atomic<bool> sync_fails{false};
}

extern "C" int fdatasync(int descriptor) {
  if (sync_fails) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(syscall(SYS_fdatasync, descriptor));
}

namespace roost::db {
namespace {

using namespace std::chrono_literals;
using conformance::run;
using ::testing::HasSubstr;

class SqliteFailure : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "roost-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  [[nodiscard]] std::string file() const { return folder_ + "/test.db"; }
  [[nodiscard]] std::unique_ptr<Database> open(const std::string& parameters = "") const {
    return sqlite::open(DatabaseOptions{"sqlite:" + file() + parameters});
  }
  std::string folder_;
};

/// Runs a statement; the error it met, or nothing.
Task<std::exception_ptr> attempt(Database& database, RawSql statement) {
  std::exception_ptr error;
  try {
    co_await database.execute(std::move(statement));
  } catch (...) {
    error = std::current_exception();
  }
  co_return error;
}

ErrorKind kind_of(const std::exception_ptr& error) {
  const DatabaseError* found = database_error(error);
  return found == nullptr ? ErrorKind::other : found->kind();
}

// A process that is killed.

/// Appends pairs of rows for ever and tells each acknowledged one to the pipe.
Task<void> append_pairs(Database& database, int writer, int padding, int pipe) {
  const Statement insert{"insert into pairs values (?1, ?2, ?3, zeroblob(?4))"};
  for (int number = 0;; ++number) {
    Batch batch;
    for (int half = 0; half < 2; ++half) {
      batch.begin(insert);
      batch.bind(ValueView::int32(writer));
      batch.bind(ValueView::int32(number));
      batch.bind(ValueView::int32(half));
      batch.bind(ValueView::int32(padding));
    }
    co_await database.execute(batch);
    const int acknowledged[2] = {writer, number};
    if (write(pipe, acknowledged, sizeof acknowledged) != sizeof acknowledged) _exit(2);
  }
}

[[noreturn]] void write_until_killed(const std::string& url, int padding, int pipe) {
  EventLoop loop;
  const auto database = sqlite::open(DatabaseOptions{url});
  std::vector<Task<void>> writers;
  for (int i = 0; i < 16; ++i) {
    writers.push_back(append_pairs(*database, i, padding, pipe));
  }
  loop.block_on(when_all(std::move(writers)));
  _exit(1);
}

/// Every acknowledged pair is there, and no half pair.
void check_pairs(const std::string& file, const std::map<int, int>& acknowledged) {
  run([&]() -> Task<void> {
    const auto database = sqlite::open(DatabaseOptions{"sqlite:" + file});
    const auto integrity = co_await database->query_one<std::string>(sql("pragma integrity_check"));
    EXPECT_EQ(integrity, "ok");
    const auto halves = co_await database->query_one<int>(
        sql("select count(*) from (select 1 from pairs group by writer, number "
            "having count(*) <> 2)"));
    EXPECT_EQ(halves, 0);
    for (const auto& [writer, last] : acknowledged) {
      const auto present = co_await database->query_one<int>(
          sql("select count(distinct number) from pairs where writer = {} and number <= {}", writer,
              last));
      EXPECT_EQ(present, last + 1) << "writer " << writer;
    }
  });
}

TEST_F(SqliteFailure, KilledProcessLosesNothingAcknowledged) {
  const char* wanted = std::getenv("ROOST_KILLS");
  const int kills = wanted == nullptr ? 8 : std::atoi(wanted);
  std::mt19937 random{20261122};
  std::size_t total = 0;
  for (int i = 0; i < kills && !HasFailure(); ++i) {
    std::filesystem::remove(file());
    run([&]() -> Task<void> {
      const auto database = open();
      co_await database->run_script("create table pairs (writer, number, half, padding)");
    });
    // Every other time with so much data that it is killed while pages move to the database.
    const bool checkpoints = i % 2 == 1;
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(pipe_ends[0]);
      write_until_killed("sqlite:" + file(), checkpoints ? 9'000 : 10, pipe_ends[1]);
    }
    close(pipe_ends[1]);
    std::map<int, int> acknowledged;
    int record[2];
    // Wait for the first answer, then for a moment of its own each time.
    std::chrono::steady_clock::time_point end{};
    while (read(pipe_ends[0], record, sizeof record) == sizeof record) {
      acknowledged[record[0]] = record[1];
      ++total;
      const auto now = std::chrono::steady_clock::now();
      if (end == std::chrono::steady_clock::time_point{}) {
        end = now + std::chrono::microseconds{random() % (checkpoints ? 200'000 : 30'000)};
      }
      if (now >= end) kill(child, SIGKILL);
    }
    close(pipe_ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writing process ended by itself: " << status;
    check_pairs(file(), acknowledged);
  }
  std::cout << kills << " kills, " << total << " acknowledged units\n";
}

// A disk that fails. SQLite lets some of its system calls be replaced; this program replaces the
// one that makes a commit durable.

std::atomic<bool> disk_full{false};
std::atomic<bool> database_fails{false};  // the file itself; its log takes all
std::atomic<int> refused_writes{0};

ssize_t failing_pwrite(int descriptor, const void* data, size_t size, off_t offset) {
  std::error_code ignored;
  const auto link = "/proc/self/fd/" + std::to_string(descriptor);
  if (disk_full ||
      (database_fails && std::filesystem::read_symlink(link, ignored).extension() == ".db")) {
    ++refused_writes;
    errno = ENOSPC;
    return -1;
  }
  return pwrite(descriptor, data, size, offset);
}
void replace_system_calls() {
  sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
  for (const char* name : {"pwrite", "pwrite64"}) {
    vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(&failing_pwrite));
  }
}
void restore_system_calls() {
  sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
  vfs->xSetSystemCall(vfs, nullptr, nullptr);
}

TEST_F(SqliteFailure, FullDiskIsReportedAndSurvived) {
  replace_system_calls();
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script("create table t (v)");
    co_await database->execute(sql("insert into t values (1)"));
    disk_full = true;
    std::vector<Task<std::exception_ptr>> tasks;
    for (int i = 0; i < 10; ++i) {
      tasks.push_back(attempt(*database, sql("insert into t values ({})", i)));
    }
    const auto errors = co_await when_all(std::move(tasks));
    for (const std::exception_ptr& error : errors) {
      EXPECT_EQ(kind_of(error), ErrorKind::disk_full);
      EXPECT_THAT(database_error(error)->what(), HasSubstr("test.db"));
    }
    const auto readable = co_await database->query_one<int>(sql("select count(*) from t"));
    EXPECT_EQ(readable, 1);
    disk_full = false;
    co_await database->execute(sql("insert into t values (2)"));
    const auto rows = co_await database->query_one<int>(sql("select count(*) from t"));
    EXPECT_EQ(rows, 2);
  });
  restore_system_calls();
}

/// Units are durable in the log; that they cannot be moved from there is no failure of theirs.
TEST_F(SqliteFailure, WhatCannotBeMovedToTheDatabaseStaysInTheLog) {
  replace_system_calls();
  constexpr int units = 1'000;
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script("create table t (id integer primary key, v)");
    database_fails = true;
    const int refused_before = refused_writes;
    for (int i = 0; i < units; ++i) {
      co_await database->execute(sql("insert into t values ({}, zeroblob(5000))", i));
    }
    EXPECT_GT(refused_writes, refused_before);
    database_fails = false;
    for (int i = 0; i < units; ++i) {
      co_await database->execute(sql("update t set v = zeroblob(6000) where id = {}", i));
    }
    co_await database->close();
  });
  restore_system_calls();
  EXPECT_FALSE(std::filesystem::exists(file() + "-wal"));
  run([&]() -> Task<void> {
    const auto database = open();
    const auto integrity = co_await database->query_one<std::string>(sql("pragma integrity_check"));
    EXPECT_EQ(integrity, "ok");
    const auto bytes = co_await database->query_one<int>(sql("select sum(length(v)) from t"));
    EXPECT_EQ(bytes, 6'000 * units);
  });
}

TEST_F(SqliteFailure, FailingSyncIsNeverAcknowledged) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script("create table t (v)");
    sync_fails = true;
    const std::exception_ptr error = co_await attempt(*database, sql("insert into t values (1)"));
    EXPECT_EQ(kind_of(error), ErrorKind::storage_failure);
    if (database_error(error) == nullptr) co_return;
    EXPECT_EQ(database_error(error)->outcome(), Outcome::unknown);
    sync_fails = false;
    co_await database->execute(sql("insert into t values (2)"));
    const auto twos = co_await database->query_one<int>(sql("select count(*) from t where v = 2"));
    EXPECT_EQ(twos, 1);
  });
}

// Files that cannot be used.

TEST_F(SqliteFailure, LockOfAnotherProcessTimesOut) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script("create table t (v)");
  });
  int to_child[2];
  int from_child[2];
  ASSERT_EQ(pipe(to_child), 0);
  ASSERT_EQ(pipe(from_child), 0);
  const pid_t child = fork();
  char byte = 0;
  if (child == 0) {
    sqlite3* other = nullptr;
    sqlite3_open(file().c_str(), &other);
    if (sqlite3_exec(other, "begin immediate", nullptr, nullptr, nullptr) != SQLITE_OK) _exit(2);
    if (write(from_child[1], "x", 1) != 1 || read(to_child[0], &byte, 1) != 1) _exit(3);
    sqlite3_exec(other, "commit", nullptr, nullptr, nullptr);
    sqlite3_close(other);
    _exit(0);
  }
  ASSERT_EQ(read(from_child[0], &byte, 1), 1);
  run([&]() -> Task<void> {
    const auto database = open("?busy_timeout=50");
    const std::exception_ptr error = co_await attempt(*database, sql("insert into t values (1)"));
    EXPECT_EQ(kind_of(error), ErrorKind::lock_timeout);
    EXPECT_THAT(database_error(error)->what(), HasSubstr("another process"));
    const auto rows = co_await database->query_one<int>(sql("select count(*) from t"));
    EXPECT_EQ(rows, 0);
    EXPECT_EQ(write(to_child[1], "x", 1), 1);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    co_await database->execute(sql("insert into t values (1)"));
  });
  for (const int end : {to_child[0], to_child[1], from_child[0], from_child[1]}) close(end);
}

TEST_F(SqliteFailure, ReadOnlyDatabaseRefusesWrites) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script("create table t (v); insert into t values (1)");
  });
  run([&]() -> Task<void> {
    const auto database = open("?mode=ro");
    const auto rows = co_await database->query_one<int>(sql("select count(*) from t"));
    EXPECT_EQ(rows, 1);
    const std::exception_ptr error = co_await attempt(*database, sql("insert into t values (2)"));
    EXPECT_EQ(kind_of(error), ErrorKind::read_only);
    EXPECT_THAT(database_error(error)->what(), HasSubstr("test.db"));
  });
}

/// In a process of a user who may not write; as root everything may be written.
TEST_F(SqliteFailure, FileWithoutPermissionRefusesWrites) {
  run([&]() -> Task<void> {
    const auto database = open();
    co_await database->run_script("create table t (v); insert into t values (1)");
    co_await database->close();
  });
  namespace fs = std::filesystem;
  fs::permissions(file(), fs::perms::owner_read | fs::perms::others_read);
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read |
                               fs::perms::others_exec);
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(65'534) != 0) _exit(2);
    bool refused = false;
    bool named = false;
    run([&]() -> Task<void> {
      const auto database = open();
      const std::exception_ptr error = co_await attempt(*database, sql("insert into t values (2)"));
      refused =
          kind_of(error) == ErrorKind::read_only || kind_of(error) == ErrorKind::cannot_connect;
      named = refused &&
              std::string{database_error(error)->what()}.find("test.db") != std::string::npos;
      if (!refused && database_error(error))
        std::fprintf(stderr, "%s\n", database_error(error)->what());
    });
    _exit(!refused ? 3 : !named ? 4 : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  fs::permissions(folder_, fs::perms::owner_all);
}

TEST_F(SqliteFailure, FilesThatAreNoDatabase) {
  std::ofstream{file()} << std::string(8192, 'x');
  run([&]() -> Task<void> {
    const auto database = open();
    const std::exception_ptr read = co_await attempt(*database, sql("select * from t"));
    EXPECT_EQ(kind_of(read), ErrorKind::corrupt);
    EXPECT_THAT(database_error(read)->what(), HasSubstr("not an SQLite database"));
    const std::exception_ptr write = co_await attempt(*database, sql("create table t (v)"));
    EXPECT_EQ(kind_of(write), ErrorKind::corrupt);
  });
  run([&]() -> Task<void> {
    const auto database = sqlite::open(DatabaseOptions{"sqlite:" + folder_ + "/none/test.db"});
    const std::exception_ptr error = co_await attempt(*database, sql("create table t (v)"));
    EXPECT_EQ(kind_of(error), ErrorKind::cannot_connect);
    EXPECT_THAT(database_error(error)->what(), HasSubstr("folder"));
  });
  run([&]() -> Task<void> {
    const auto database = sqlite::open(DatabaseOptions{"sqlite:" + folder_ + "/no.db?mode=rw"});
    const std::exception_ptr error = co_await attempt(*database, sql("select 1"));
    EXPECT_EQ(kind_of(error), ErrorKind::cannot_connect);
  });
}

TEST_F(SqliteFailure, WrongUrlsAreRefused) {
  for (const char* url : {"sqlite:", "postgres:x", "sqlite:x?mode=x", "sqlite:x?busy_timeout=-1",
                          "sqlite:x?unknown=1", "sqlite:x?mode"}) {
    EXPECT_THROW(static_cast<void>(sqlite::open(DatabaseOptions{url})), UsageError) << url;
  }
}

TEST_F(SqliteFailure, InMemoryDatabasesLeaveNothingBehind) {
  const auto count = [] {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{"/dev/shm"}) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("roost-memory-")) names.insert(name);
    }
    return names;
  };
  const pid_t child = fork();
  if (child == 0) {
    run([&]() -> Task<void> {
      const auto database = sqlite::open(DatabaseOptions{"sqlite::memory:"});
      co_await database->run_script("create table t (v)");
      kill(getpid(), SIGKILL);
    });
  }
  int status = 0;
  waitpid(child, &status, 0);
  const auto before = count();
  run([&]() -> Task<void> {
    const auto one = sqlite::open(DatabaseOptions{"sqlite::memory:"});
    const auto other = sqlite::open(DatabaseOptions{"sqlite::memory:"});
    co_await one->run_script("create table t (v)");
    const std::exception_ptr error = co_await attempt(*other, sql("select * from t"));
    EXPECT_EQ(kind_of(error), ErrorKind::undefined_table);
  });
  EXPECT_FALSE(before.empty());
  EXPECT_LT(count().size(), before.size());
}

}  // namespace
}  // namespace roost::db
