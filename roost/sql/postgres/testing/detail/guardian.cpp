// Pipes to and from a shell.
#include <roost/base/error.hpp>
#include <roost/sql/postgres/testing/detail/guardian.hpp>

#include <spawn.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace roost::db::postgres::detail {

const std::string_view guardian_prelude = R"sh(
folder=$1
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
)sh";

Guardian::Guardian(std::string_view script, std::vector<std::string> arguments) {
  std::array<int, 2> to{};
  std::array<int, 2> from{};
  if (::pipe2(to.data(), O_CLOEXEC) != 0 || ::pipe2(from.data(), O_CLOEXEC) != 0) {
    throw Error("the tests: no more file descriptors");
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, to[0], 0);
  ::posix_spawn_file_actions_adddup2(&actions, from[1], 1);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  std::vector<std::string> words{"sh", "-c", std::string{script}, "guardian"};
  for (std::string& argument : arguments) words.push_back(std::move(argument));
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const int failed =
      ::posix_spawn(&process_, "/bin/sh", &actions, &attributes, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  ::close(to[0]);
  ::close(from[1]);
  commands_ = to[1];
  answers_ = from[0];
  if (failed != 0) throw Error("the tests: /bin/sh cannot be started");
}

Guardian::~Guardian() {
  ::close(commands_);
  if (process_ > 0) ::waitpid(process_, nullptr, 0);
  ::close(answers_);
}

bool Guardian::command(std::string line) const {
  line += '\n';
  if (::write(commands_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    return false;
  }
  std::string answer;
  char letter = 0;
  while (::read(answers_, &letter, 1) == 1 && letter != '\n') answer += letter;
  return answer == "ok";
}

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
  if (!bound) throw Error("the tests: no free port on 127.0.0.1");
  return ntohs(address.sin_port);
}

void pause_briefly() {
  const timespec ten_milliseconds{0, 10'000'000};
  ::nanosleep(&ten_milliseconds, nullptr);
}

}  // namespace roost::db::postgres::detail
