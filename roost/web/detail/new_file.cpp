#include <roost/base/error.hpp>
#include <roost/web/detail/new_file.hpp>

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace roost::web::detail {

void refuse_to_store(const std::string& path, int error) {
  throw Error("the upload cannot be stored as " + path + ": " +
              std::system_category().message(error));
}

NewFile::NewFile(std::string path)
    : path_{std::move(path)},
      descriptor_{::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)} {
  if (descriptor_ < 0) refuse_to_store(path_, errno);
}

NewFile::~NewFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(path_.c_str());
}

void NewFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) refuse_to_store(path_, errno);
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void NewFile::complete() {
  if (::close(std::exchange(descriptor_, -1)) == 0) return;
  const int error = errno;
  ::unlink(path_.c_str());
  refuse_to_store(path_, error);
}

}  // namespace roost::web::detail
