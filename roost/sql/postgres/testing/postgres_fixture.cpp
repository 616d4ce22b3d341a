// Keeps one private PostgreSQL running for a whole run of ctest.
//
//   roost_postgres_fixture start FILE   starts it in the background, writes its URL to FILE
//   roost_postgres_fixture stop FILE    ends it
//
// It also ends when ctest does.
#include <roost/sql/postgres/testing/private_postgres.hpp>

#include <csignal>
#include <cstdio>
#include <ctime>
#include <exception>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using roost::db::postgres::PrivatePostgres;

void pause_for(long milliseconds) {
  const timespec time{milliseconds / 1000, milliseconds % 1000 * 1'000'000};
  ::nanosleep(&time, nullptr);
}

bool exists(const std::string& file) {
  struct stat about {};
  return ::stat(file.c_str(), &about) == 0 && about.st_size > 0;
}

int serve(const std::string& file, pid_t ctest) {
  try {
    const PrivatePostgres server;
    const std::string unfinished = file + ".new";
    std::ofstream{unfinished} << server.url() << '\n';
    if (std::rename(unfinished.c_str(), file.c_str()) != 0) return 1;
    while (exists(file) && ::kill(ctest, 0) == 0) pause_for(100);
  } catch (const std::exception& error) {
    std::ofstream{file + ".error"} << error.what() << '\n';
    return 1;
  }
  std::remove(file.c_str());
  std::remove((file + ".busy").c_str());
  return 0;
}

int start(const std::string& file) {
  std::remove(file.c_str());
  std::remove((file + ".error").c_str());
  std::ofstream{file + ".busy"} << "until the server is gone\n";
  const pid_t ctest = ::getppid();
  const pid_t child = ::fork();
  if (child < 0) return 1;
  if (child == 0) {
    // ctest waits until nobody holds its pipes any more.
    ::setsid();
    const int nothing = ::open("/dev/null", O_RDWR);
    for (int descriptor = 0; descriptor < 3; ++descriptor) ::dup2(nothing, descriptor);
    return serve(file, ctest);
  }
  for (int i = 0; i < 600; ++i) {
    if (exists(file)) return 0;
    if (exists(file + ".error")) break;
    pause_for(100);
  }
  std::ifstream problem{file + ".error"};
  for (std::string line; std::getline(problem, line);) std::fprintf(stderr, "%s\n", line.c_str());
  return 1;
}

int stop(const std::string& file) {
  std::remove(file.c_str());
  for (int i = 0; i < 100 && exists(file + ".busy"); ++i) pause_for(100);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view command = count == 3 ? arguments[1] : "";
  if (command == "start") return start(arguments[2]);
  if (command == "stop") return stop(arguments[2]);
  std::fprintf(stderr, "usage: roost_postgres_fixture start|stop FILE\n");
  return 2;
}
