// PRIVATE: a shell script that watches over a server for the tests, and cleans up after it.
#pragma once

#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace roost::db::postgres::detail {

/// The process that runs the script. It reads commands from a pipe, one a line, answers each with a
/// line, and sees the end of the pipe when this object or the whole process is gone.
class Guardian {
 public:
  Guardian(std::string_view script, std::vector<std::string> arguments);
  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;
  ~Guardian();

  /// True when it answers "ok".
  bool command(std::string line) const;

 private:
  pid_t process_ = 0;
  int commands_ = -1;
  int answers_ = -1;
};

/// Shell functions for such scripts: `$drop command …` runs one without root's rights; the folder
/// in $1 becomes the current one, and is given to that user.
extern const std::string_view guardian_prelude;

[[nodiscard]] std::string make_folder();
[[nodiscard]] std::string read_file(const std::string& path);
[[nodiscard]] int free_port();
void pause_briefly();

}  // namespace roost::db::postgres::detail
