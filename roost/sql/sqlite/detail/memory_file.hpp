// The file behind sqlite::memory:, in the kernel's memory file system.
//
// SQLite's own in-memory databases cannot be read by one connection while another has a transaction
// open. A file in memory can: it behaves in every way as a database on a disk does, without the
// disk.
#pragma once

#include <string>

namespace roost::db::sqlite::detail {

/// Owns a file in /dev/shm, or in the folder for temporary files if there is none, with those that
/// SQLite puts beside it; removes them when destroyed. Files that a killed process left behind are
/// removed by the next one that makes a file.
class MemoryFile {
 public:
  MemoryFile() = default;
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile();

  /// Makes the file and returns its path. Throws CannotConnect. Once only.
  [[nodiscard]] std::string create();

 private:
  std::string path_;
  int lock_ = -1;  // an advisory lock on a file beside it says that the owner lives
};

}  // namespace roost::db::sqlite::detail
