// Which folder of files an application serves, and how.
#pragma once

#include <string>
#include <utility>

namespace roost {

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

}  // namespace roost
