// Makes and removes files in memory.
#include <roost/base/uuid.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/sqlite/detail/memory_file.hpp>

#include <array>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace roost::db::sqlite::detail {

namespace {

constexpr std::string_view prefix = "roost-memory-";
constexpr std::string_view lock_suffix = ".lock";
constexpr std::array<std::string_view, 4> suffixes{"", "-wal", "-shm", "-journal"};

std::filesystem::path folder() {
  std::filesystem::path shared_memory{"/dev/shm"};
  if (::access(shared_memory.c_str(), W_OK | X_OK) == 0) return shared_memory;
  return std::filesystem::temp_directory_path();
}

void remove_files(const std::string& path) {
  for (const std::string_view suffix : suffixes) ::unlink((path + std::string{suffix}).c_str());
  ::unlink((path + std::string{lock_suffix}).c_str());
}

/// Removes databases whose owners do not hold their lock any more.
void remove_abandoned(const std::filesystem::path& where) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator{where, ignored}) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix) || !name.ends_with(lock_suffix)) continue;
    const int lock = ::open(entry.path().c_str(), O_RDWR | O_CLOEXEC);
    if (lock < 0) continue;
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0) {
      const std::string path = entry.path().string();
      remove_files(path.substr(0, path.size() - lock_suffix.size()));
    }
    ::close(lock);
  }
}

}  // namespace

std::string MemoryFile::create() {
  const std::filesystem::path where = folder();
  remove_abandoned(where);
  path_ = (where / (std::string{prefix} + Uuid::random().to_string())).string();
  const std::string lock_path = path_ + std::string{lock_suffix};
  // Locked under another name first: nobody may take a lock file for abandoned before its lock.
  const std::string new_path = path_ + ".new";
  lock_ = ::open(new_path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (lock_ < 0 || ::flock(lock_, LOCK_EX | LOCK_NB) != 0 ||
      ::rename(new_path.c_str(), lock_path.c_str()) != 0) {
    ErrorDetails details;
    details.message = "cannot make a file for an in-memory database in " + where.string() + ": " +
                      std::system_category().message(errno);
    throw CannotConnect(std::move(details));
  }
  return path_;
}

MemoryFile::~MemoryFile() {
  if (path_.empty()) return;
  remove_files(path_);
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace roost::db::sqlite::detail
