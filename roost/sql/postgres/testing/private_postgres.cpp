// A shell script guards the server: it reads commands from a pipe, and cleans up at its end of
// file.
#include <roost/sql/postgres/testing/private_postgres.hpp>

#include <libpq-fe.h>
#include <spawn.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <mutex>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace roost::db::postgres {

namespace {

// Arguments: folder, directory of PostgreSQL's programs, "tls" or "". Commands on stdin, one line
// each, answered with "ok" or "failed".
constexpr const char* guardian_script = R"sh(
folder=$1 programs=$2
if [ "$(id -u)" = 0 ]; then
  user=nobody
  if id postgres >/dev/null 2>&1; then user=postgres; fi
  drop="setpriv --reuid=$user --regid=$(id -g $user) --init-groups"
  chown "$user" "$folder"
else
  drop=
fi
chmod 755 "$folder"
cd "$folder" || exit 1
answer() { if [ "$1" = 0 ]; then echo ok; else echo failed; fi; }
server=
end_server() {
  [ -n "$server" ] || return 0
  kill "-$1" "$server" 2>/dev/null
  wait "$server" 2>/dev/null
  server=
}
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
      # Its own session: a Ctrl-C in the terminal is for the tests.
      $drop "$programs/postgres" -D data -p "$port" -k "$folder" >>server.log 2>&1 </dev/null &
      server=$!
      answer 0 ;;
    alive)
      kill -0 "$server" 2>/dev/null
      answer $? ;;
    kill)
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

std::string find_programs() {
  if (const char* given = std::getenv("ROOST_POSTGRES_PROGRAMS"); given != nullptr) return given;
  for (const char* version : {"15", "17", "16", "14"}) {
    std::string folder = std::string{"/usr/lib/postgresql/"} + version + "/bin";
    if (::access((folder + "/initdb").c_str(), X_OK) == 0) return folder;
  }
  throw Error(
      "no PostgreSQL found under /usr/lib/postgresql: install the Debian package postgresql, or "
      "set ROOST_POSTGRES_PROGRAMS to the folder of initdb and postgres");
}

int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = socket >= 0 &&
                     ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                     ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (socket >= 0) ::close(socket);
  if (!bound) throw Error("PrivatePostgres: no free port on 127.0.0.1");
  return ntohs(address.sin_port);
}

void pause_briefly() {
  const timespec ten_milliseconds{0, 10'000'000};
  ::nanosleep(&ten_milliseconds, nullptr);
}

/// The process that runs the guardian script, and the pipes to and from it.
class Guardian {
 public:
  Guardian(const std::string& folder, const std::string& programs) {
    std::array<int, 2> to{};
    std::array<int, 2> from{};
    if (::pipe2(to.data(), O_CLOEXEC) != 0 || ::pipe2(from.data(), O_CLOEXEC) != 0) {
      throw Error("PrivatePostgres: no more file descriptors");
    }
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, to[0], 0);
    ::posix_spawn_file_actions_adddup2(&actions, from[1], 1);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    std::string script = guardian_script;
    std::string name = "postgres-guardian";
    std::string first = folder;
    std::string second = programs;
    std::string shell = "sh";
    std::string flag = "-c";
    std::array<char*, 7> arguments{shell.data(), flag.data(),   script.data(), name.data(),
                                   first.data(), second.data(), nullptr};
    const int failed =
        ::posix_spawn(&process_, "/bin/sh", &actions, &attributes, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    ::close(to[0]);
    ::close(from[1]);
    commands_ = to[1];
    answers_ = from[0];
    if (failed != 0) throw Error("PrivatePostgres: /bin/sh cannot be started");
  }
  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;
  ~Guardian() {
    ::close(commands_);
    if (process_ > 0) ::waitpid(process_, nullptr, 0);
    ::close(answers_);
  }

  bool command(std::string line) const {
    line += '\n';
    if (::write(commands_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
      return false;
    }
    std::string answer;
    char letter = 0;
    while (::read(answers_, &letter, 1) == 1 && letter != '\n') answer += letter;
    return answer == "ok";
  }

 private:
  pid_t process_ = 0;
  int commands_ = -1;
  int answers_ = -1;
};

std::string read_file(const std::string& path) {
  std::ifstream file{path};
  std::string text;
  for (std::string line; std::getline(file, line);) text += line + '\n';
  return text;
}

std::string make_folder() {
  // Short, because the path of a Unix socket may have no more than 107 characters.
  std::string folder = "/tmp/roost-pg-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) throw Error("PrivatePostgres: cannot write to /tmp");
  return folder;
}

std::string url_from_environment() {
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

  void start_on(int chosen) {
    port = chosen;
    base_url = "postgres://postgres@127.0.0.1:" + std::to_string(port);
    static_cast<void>(guardian->command("start " + std::to_string(port)));
    const std::string url = base_url + "/postgres?connect_timeout=2";
    for (int i = 0; i < 3'000; ++i) {
      if (::PQping(url.c_str()) == PQPING_OK) return;
      if (!guardian->command("alive")) break;
      pause_briefly();
    }
    throw Error("PrivatePostgres: the server did not start:\n" + read_file(folder + "/server.log"));
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
  impl_->folder = make_folder();
  std::ofstream{impl_->folder + "/settings.conf"}
      << base_settings << (options.durable ? "" : "fsync = off\n")
      << (options.tls ? "ssl = on\n" : "") << options.settings << '\n';
  std::ofstream{impl_->folder + "/hba.conf"} << host_rules;
  impl_->guardian = std::make_unique<Guardian>(impl_->folder, programs);
  if (!impl_->guardian->command("init")) {
    throw Error("PrivatePostgres: initdb failed:\n" + read_file(impl_->folder + "/init.log"));
  }
  for (int attempt = 0;; ++attempt) {
    try {
      impl_->start_on(free_port());
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
