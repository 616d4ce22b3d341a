// Answering with a file: what static files and handlers that return a File share.
#pragma once

#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace roost::http {
class Request;
class Response;
}  // namespace roost::http

namespace roost::web::detail {

/// A descriptor that is closed with the object.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_{number} {}
  Descriptor(Descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_ = -1;
};

/// A file that was opened for reading.
struct OpenedFile {
  Descriptor file;
  struct stat status {};

  [[nodiscard]] bool is_regular() const { return S_ISREG(status.st_mode); }
  [[nodiscard]] bool is_folder() const { return S_ISDIR(status.st_mode); }
};

/// A folder that paths of clients are looked up in: none of them leads out of it.
class Folder {
 public:
  /// Throws roost::Error when it cannot be opened.
  explicit Folder(const std::string& path);

  /// False when there is no such file.
  bool open(const std::string& path, OpenedFile& opened) const;

 private:
  std::string root_;
  Descriptor folder_;
};

/// Opens the file with this path, wherever that leads; false when there is none.
bool open_file(const std::string& path, OpenedFile& opened);

/// By the extension; "application/octet-stream" for those that it does not know.
[[nodiscard]] std::string_view media_type_of(std::string_view path);

/// The file, to GET the part of it that was asked for, 304, or 416. Small ones are read at once,
/// large ones piece by piece. Throws roost::Error when a regular file cannot be read.
void answer_with_file(const http::Request& request, http::Response& response, OpenedFile opened,
                      std::string_view media_type, std::string_view cache_control);

}  // namespace roost::web::detail
