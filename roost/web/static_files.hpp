// Files of a folder, served where no route answers.
#pragma once

#include <roost/base/owned.hpp>
#include <roost/web/static_files_options.hpp>

#include <string_view>

namespace roost {

namespace http {
class Request;
class Response;
}  // namespace http

namespace web {

namespace detail {
class Folder;
}

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

  bool find(std::string_view path, Found& found) const;
  void answer(const http::Request& request, http::Response& response, Found& found) const;

  StaticFilesOptions options_;
  Owned<detail::Folder> folder_;
};

}  // namespace web
}  // namespace roost
