// A PostgreSQL server of the tests' own: started on demand, gone with the process, never shared
// with anything else on the machine.
//
// Needs the Debian package postgresql. Listens on a free port of 127.0.0.1 and on a Unix socket, as
// an unprivileged user when the tests run as root. Its folder and processes go away when the
// PrivatePostgres is destroyed, and also when the process dies without doing so.
#pragma once

#include <roost/base/error.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace roost::db::postgres {

/// How a PrivatePostgres differs from one that is quick and forgetful.
class PrivatePostgresOptions {
 public:
  PrivatePostgresOptions() = default;
  /// fsync: what was committed survives a crash of the machine.
  bool durable = false;
  /// TLS with the certificate in certificate_file(), for "localhost" and 127.0.0.1.
  bool tls = false;
  /// Further lines of postgresql.conf.
  std::string settings;
};

/// Roles: `postgres` (superuser, trusted), and whatever tests create. A role named `scram_user`
/// must show its password (SCRAM-SHA-256), one named `tls_user` must come over TLS. Not
/// thread-safe, except `shared` and `fresh_database`.
class PrivatePostgres {
 public:
  /// The server named by the environment variable ROOST_TEST_POSTGRES (a URL, or @ and the path of
  /// a file with one), else one that this process starts and keeps until it ends. `ctest` starts
  /// one for all tests. Throws roost::Error when PostgreSQL is missing or does not start.
  [[nodiscard]] static PrivatePostgres& shared();

  /// Starts one.
  explicit PrivatePostgres(PrivatePostgresOptions options = PrivatePostgresOptions{});
  /// A server that somebody else started.
  explicit PrivatePostgres(std::string url);
  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;
  ~PrivatePostgres();

  /// postgres://postgres@127.0.0.1:port/database
  [[nodiscard]] std::string url(std::string_view database = "postgres") const;
  /// The same through the Unix socket.
  [[nodiscard]] std::string socket_url(std::string_view database = "postgres") const;
  /// Creates an empty database and returns its URL. It is dropped when this object goes.
  [[nodiscard]] std::string fresh_database();
  /// An empty database for a test (any address that stands for it): a fresh one, or, which is
  /// quicker, one that another test had before, without its connections and schemas. What else
  /// belongs to a database (its settings, its languages) is not made new. Not thread-safe.
  [[nodiscard]] std::string database_for(const void* test);
  /// Runs statements as the superuser, outside of a transaction; throws roost::Error.
  void execute(const std::string& sql, std::string_view database = "postgres");

  /// Of a server that this object started: where its Unix socket, log and certificate are.
  [[nodiscard]] const std::string& folder() const;
  [[nodiscard]] std::string certificate_file() const { return folder() + "/server.crt"; }
  [[nodiscard]] int port() const;
  /// SIGKILL to all its processes at once, as a crash of the machine would. `start` recovers.
  void kill();
  /// Orderly shutdown that breaks connections.
  void stop();
  /// Starts it again on the same port after `kill` or `stop`, and waits until it answers.
  void start();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace roost::db::postgres
