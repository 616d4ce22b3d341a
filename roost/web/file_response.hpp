// The result of a handler that answers with a file.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace roost {

/// Answers with a file: `return FileResponse("/srv/reports/7.pdf").download_as("report.pdf")`. It
/// has its media type, ETag and Last-Modified; a client that has it already gets 304, one that asks
/// for a part (Range) gets that. Large files are read while they are sent. What is not there, or is
/// no regular file, is a NotFoundException.
class FileResponse {
 public:
  /// The path is the application's own. One of which a client said a part belongs to `beneath`.
  explicit FileResponse(std::string path) : path_{std::move(path)} {}
  /// A file below the folder: a path with ".." in it, or links, that lead out of it is not there.
  [[nodiscard]] static FileResponse beneath(std::string folder, std::string_view path);

  /// Unless it is said, the extension tells.
  FileResponse& media_type(std::string type) & {
    media_type_ = std::move(type);
    return *this;
  }
  FileResponse&& media_type(std::string type) && { return std::move(media_type(std::move(type))); }
  /// The client saves it under this name (any characters) instead of showing it.
  FileResponse& download_as(std::string name) & {
    download_name_ = std::move(name);
    return *this;
  }
  FileResponse&& download_as(std::string name) && {
    return std::move(download_as(std::move(name)));
  }
  /// "private, no-cache" unless it is said: asked again each time, which is cheap.
  FileResponse& cache_control(std::string value) & {
    cache_control_ = std::move(value);
    return *this;
  }
  FileResponse&& cache_control(std::string value) && {
    return std::move(cache_control(std::move(value)));
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Empty: wherever the path leads.
  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] const std::string& media_type() const { return media_type_; }
  [[nodiscard]] const std::string& download_name() const { return download_name_; }
  [[nodiscard]] const std::string& cache_control() const { return cache_control_; }

 private:
  std::string path_;
  std::string folder_;
  std::string media_type_;
  std::string download_name_;
  std::string cache_control_ = "private, no-cache";
};

}  // namespace roost
