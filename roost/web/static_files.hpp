// Files of a folder, served where no route answers.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace roost {

namespace http {
class Request;
class Response;
}  // namespace http

/// Which folder, under which path, and how. Dotfiles are never served, nor anything outside of the
/// folder, be it through symbolic links.
class StaticFilesOptions {
 public:
  explicit StaticFilesOptions(std::string folder) : folder_{std::move(folder)} {}

  /// "/static": the files' paths begin with it. By default they are at the root.
  StaticFilesOptions& at(std::string prefix) {
    prefix_ = std::move(prefix);
    return *this;
  }
  /// GET of a path that is no file is answered with this file of the folder, as applications in the
  /// browser want it that have routes of their own.
  StaticFilesOptions& fallback(std::string file) {
    fallback_ = std::move(file);
    return *this;
  }
  /// Value of Cache-Control.
  StaticFilesOptions& cache_control(std::string value) {
    cache_control_ = std::move(value);
    return *this;
  }

  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] const std::string& prefix() const { return prefix_; }
  [[nodiscard]] const std::string& fallback() const { return fallback_; }
  [[nodiscard]] const std::string& cache_control() const { return cache_control_; }

 private:
  std::string folder_;
  std::string prefix_;
  std::string fallback_;
  std::string cache_control_ = "public, max-age=0";
};

namespace web {

/// Serves the files of one folder; thread-safe. Files are read when they are asked for, small ones
/// at once and large ones piece by piece.
class StaticFiles {
 public:
  /// Throws roost::Error when the folder cannot be opened.
  explicit StaticFiles(const StaticFilesOptions& options);
  ~StaticFiles();
  StaticFiles(const StaticFiles&) = delete;
  StaticFiles& operator=(const StaticFiles&) = delete;

  /// True when it has answered: the file, a part of it, 304, 416, or a redirect to a folder.
  bool serve(const http::Request& request, http::Response& response) const;

 private:
  struct Found;

  [[nodiscard]] int open_beneath(const std::string& path) const;
  bool find(std::string_view path, Found& found) const;
  void answer(const http::Request& request, http::Response& response, Found& found) const;

  StaticFilesOptions options_;
  std::string root_;
  int folder_ = -1;
};

}  // namespace web
}  // namespace roost
