// PRIVATE: a file that comes into being, or leaves nothing behind.
#pragma once

#include <string>
#include <string_view>

namespace roost::web::detail {

/// An upload under construction, which nobody else may read; removed unless it is completed. All
/// of it blocks and throws roost::Error when the disk refuses.
class NewFile {
 public:
  /// There must be no file of this name.
  explicit NewFile(std::string path);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(std::string_view bytes);
  void complete();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  int descriptor_;
};

/// "the upload cannot be stored as …: No space left on device"
[[noreturn]] void refuse_to_store(const std::string& path, int error);

}  // namespace roost::web::detail
