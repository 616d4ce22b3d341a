// A shell script guards the server: it reads commands from a pipe, and cleans up at its end of
// file.
#include <roost/sql/postgres/testing/detail/guardian.hpp>
#include <roost/sql/postgres/testing/private_postgres.hpp>

#include <libpq-fe.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <unistd.h>
#include <vector>

namespace roost::db::postgres {

namespace {

using detail::Guardian;

// Arguments: the folder, and that of PostgreSQL's programs.
constexpr std::string_view guardian_script = R"sh(
programs=$2
while read -r command port; do
  case $command in
    init)
      $drop "$programs/initdb" -D data -E UTF8 --locale=C.UTF-8 -A trust -U postgres --no-sync \
        --no-instructions >>init.log 2>&1 </dev/null &&
      $drop openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
        -keyout server.key -out server.crt >>init.log 2>&1 </dev/null &&
      chmod 644 server.crt &&
      cat settings.conf >>data/postgresql.conf && cat hba.conf >data/pg_hba.conf
      answer $? ;;
    start)
      $drop "$programs/postgres" -D data -p "$port" -k "$folder" >>server.log 2>&1 </dev/null &
      server=$!
      answer 0 ;;
    alive)
      kill -0 "$server" 2>/dev/null
      answer $? ;;
    kill)
      kill -STOP "$server" 2>/dev/null  # so that it has no further children
      children=$(cat "/proc/$server/task/$server/children" 2>/dev/null)
      kill -KILL "$server" $children 2>/dev/null
      wait "$server" 2>/dev/null
      for child in $children; do while kill -0 "$child" 2>/dev/null; do sleep 0.01; done; done
      server=
      answer 0 ;;
    stop)
      end_server INT
      answer 0 ;;
  esac
done
end_server QUIT
cd / && rm -rf "$folder"
)sh";

constexpr std::string_view base_settings =
    "listen_addresses = '127.0.0.1'\n"
    "max_connections = 200\n"
    "shared_buffers = 32MB\n"
    "timezone = 'America/St_Johns'\n"  // whoever forgets about zones shall notice
    "password_encryption = 'scram-sha-256'\n"
    "ssl_cert_file = '../server.crt'\n"
    "ssl_key_file = '../server.key'\n"
    "max_prepared_transactions = 2\n";

constexpr std::string_view host_rules =
    "local all all trust\n"
    "host all scram_user 127.0.0.1/32 scram-sha-256\n"
    "hostssl all tls_user 127.0.0.1/32 trust\n"
    "host all tls_user 127.0.0.1/32 reject\n"
    "host all all 127.0.0.1/32 trust\n";

// Connections that the last test left may hold locks still, so they go first.
constexpr std::string_view empty_this_database = R"(
  do $$
  declare
    other record;
  begin
    perform pg_terminate_backend(pid, 10000) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid();
    for other in select nspname from pg_namespace
        where nspname !~ '^pg_' and nspname <> 'information_schema' loop
      execute format('drop schema %I cascade', other.nspname);
    end loop;
  end $$;
  create schema public authorization pg_database_owner;
  grant usage on schema public to public)";

std::string find_programs() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
  if (const char* given = std::getenv("ROOST_POSTGRES_PROGRAMS"); given != nullptr) return given;
  for (const char* version : {"15", "17", "16", "14"}) {
    std::string folder = std::string{"/usr/lib/postgresql/"} + version + "/bin";
    if (::access((folder + "/initdb").c_str(), X_OK) == 0) return folder;
  }
  throw Error(
      "no PostgreSQL found under /usr/lib/postgresql: install the Debian package postgresql, or "
      "set ROOST_POSTGRES_PROGRAMS to the folder of initdb and postgres");
}

std::string url_from_environment() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
  const char* given = std::getenv("ROOST_TEST_POSTGRES");
  if (given == nullptr || *given == '\0') return {};
  if (*given != '@') return given;
  std::ifstream file{given + 1};
  std::string url;
  std::getline(file, url);
  return url;
}

}  // namespace

struct PrivatePostgres::Impl {
  std::string folder;
  std::string base_url;  // up to the slash before the database
  int port = 0;
  std::unique_ptr<Guardian> guardian;
  std::mutex mutex;
  std::vector<std::string> databases;
  std::map<std::string, const void*> users;  // of the databases that tests have after each other

  void start_on(int chosen) {
    port = chosen;
    base_url = "postgres://postgres@127.0.0.1:" + std::to_string(port);
    static_cast<void>(guardian->command("start " + std::to_string(port)));
    const std::string url = base_url + "/postgres?connect_timeout=2";
    for (int i = 0; i < 3'000; ++i) {
      if (::PQping(url.c_str()) == PQPING_OK) return;
      if (!guardian->command("alive")) break;
      detail::pause_briefly();
    }
    throw Error("PrivatePostgres: the server did not start:\n" +
                detail::read_file(folder + "/server.log"));
  }
};

PrivatePostgres& PrivatePostgres::shared() {
  static const std::unique_ptr<PrivatePostgres> server = [] {
    std::string url = url_from_environment();
    return url.empty() ? std::make_unique<PrivatePostgres>()
                       : std::make_unique<PrivatePostgres>(std::move(url));
  }();
  return *server;
}

PrivatePostgres::PrivatePostgres(PrivatePostgresOptions options) : impl_{std::make_unique<Impl>()} {
  const std::string programs = find_programs();
  impl_->folder = detail::make_folder();
  std::ofstream{impl_->folder + "/settings.conf"}
      << base_settings << (options.durable ? "" : "fsync = off\n")
      << (options.tls ? "ssl = on\n" : "") << options.settings << '\n';
  std::ofstream{impl_->folder + "/hba.conf"} << host_rules;
  impl_->guardian = std::make_unique<Guardian>(
      std::string{detail::guardian_prelude} + std::string{guardian_script},
      std::vector<std::string>{impl_->folder, programs});
  if (!impl_->guardian->command("init")) {
    throw Error("PrivatePostgres: initdb failed:\n" +
                detail::read_file(impl_->folder + "/init.log"));
  }
  for (int attempt = 0;; ++attempt) {
    try {
      impl_->start_on(detail::free_port());
      return;
    } catch (const Error&) {
      if (attempt == 4) throw;  // else somebody may have taken the port meanwhile
    }
  }
}

PrivatePostgres::PrivatePostgres(std::string url) : impl_{std::make_unique<Impl>()} {
  const std::string_view address = std::string_view{url}.substr(0, url.find('?'));
  impl_->base_url = address.substr(0, address.rfind('/'));
  const std::size_t colon = impl_->base_url.rfind(':');
  impl_->port = std::atoi(impl_->base_url.c_str() + colon + 1);
}

PrivatePostgres::~PrivatePostgres() {
  if (impl_->guardian != nullptr) return;
  for (const std::string& database : impl_->databases) {
    try {
      execute("drop database if exists " + database + " with (force)");
    } catch (const Error&) {
      return;  // the server is gone, and the databases with it
    }
  }
}

std::string PrivatePostgres::url(std::string_view database) const {
  return impl_->base_url + '/' + std::string{database};
}

std::string PrivatePostgres::socket_url(std::string_view database) const {
  return "postgres://postgres@/" + std::string{database} + "?host=" + folder() +
         "&port=" + std::to_string(port());
}

std::string PrivatePostgres::fresh_database() {
  std::string name;
  {
    const std::lock_guard lock{impl_->mutex};
    name = "test_" + std::to_string(::getpid()) + "_" + std::to_string(impl_->databases.size());
    impl_->databases.push_back(name);
  }
  // Left over from a process that had the same number and died.
  execute("drop database if exists " + name + " with (force)");
  execute("create database " + name);
  return url(name);
}

std::string PrivatePostgres::database_for(const void* test) {
  for (auto& [name, user] : impl_->users) {
    if (user == test) continue;
    execute(std::string{empty_this_database}, name);
    user = test;
    return url(name);
  }
  std::string made = fresh_database();
  impl_->users.emplace(made.substr(made.rfind('/') + 1), test);
  return made;
}

void PrivatePostgres::execute(const std::string& sql, std::string_view database) {
  PGconn* connection = ::PQconnectdb(url(database).c_str());
  std::string problem;
  if (::PQstatus(connection) != CONNECTION_OK) {
    problem = ::PQerrorMessage(connection);
  } else {
    ::PQsetNoticeProcessor(
        connection, [](void*, const char*) {}, nullptr);
    PGresult* result = ::PQexec(connection, sql.c_str());
    const ExecStatusType status = ::PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      problem = ::PQresultErrorMessage(result);
    }
    ::PQclear(result);
  }
  ::PQfinish(connection);
  if (!problem.empty()) throw Error("PrivatePostgres: " + sql + ": " + problem);
}

const std::string& PrivatePostgres::folder() const {
  if (impl_->guardian == nullptr) {
    throw Error("PrivatePostgres: this server was started by somebody else");
  }
  return impl_->folder;
}

int PrivatePostgres::port() const { return impl_->port; }

void PrivatePostgres::kill() {
  static_cast<void>(folder());
  static_cast<void>(impl_->guardian->command("kill"));
}

void PrivatePostgres::stop() {
  static_cast<void>(folder());
  static_cast<void>(impl_->guardian->command("stop"));
}

void PrivatePostgres::start() {
  static_cast<void>(folder());
  impl_->start_on(impl_->port);
}

}  // namespace roost::db::postgres
