#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/web/detail/files.hpp>
#include <roost/web/static_files.hpp>

#include <utility>

namespace roost::web {

namespace {

bool is_hidden(std::string_view path) {
  return path.starts_with('.') || path.find("/.") != std::string_view::npos;
}

}  // namespace

struct StaticFiles::Found {
  detail::OpenedFile opened;
  std::string path;
  bool redirect = false;
};

StaticFiles::StaticFiles(const StaticFilesOptions& options)
    : options_{options}, folder_{make_owned<detail::Folder>(options.folder())} {}

StaticFiles::~StaticFiles() = default;

bool StaticFiles::find(std::string_view path, Found& found) const {
  while (path.starts_with('/')) path.remove_prefix(1);
  if (is_hidden(path)) return false;
  const bool folder_asked = path.empty() || path.ends_with('/');
  found.path = path;
  if (folder_asked) found.path += "index.html";
  if (!folder_->open(found.path, found.opened)) return false;
  if (found.opened.is_folder()) {
    found.redirect = true;
    detail::OpenedFile index;
    return folder_->open(found.path + "/index.html", index);
  }
  return found.opened.is_regular();
}

bool StaticFiles::serve(const http::Request& request, http::Response& response) const {
  if (request.method() != http::Method::GET && request.method() != http::Method::HEAD) return false;
  std::string_view path = request.path();
  const std::string& prefix = options_.prefix();
  if (!prefix.empty()) {
    if (!path.starts_with(prefix)) return false;
    const std::string_view rest = path.substr(prefix.size());
    if (rest.empty()) {
      response.redirect(prefix + "/", 301);
      return true;
    }
    if (!rest.starts_with('/')) return false;
    path = rest;
  }
  // What stays encoded in a path is a slash or a percent sign; neither belongs into a file's name.
  Found found;
  if (path.find('%') == std::string_view::npos && find(path, found)) {
    answer(request, response, found);
    return true;
  }
  if (options_.fallback().empty() || !find(options_.fallback(), found)) return false;
  answer(request, response, found);
  return true;
}

void StaticFiles::answer(const http::Request& request, http::Response& response,
                         Found& found) const {
  if (found.redirect) {
    response.redirect(std::string(request.raw_path()) + "/", 301);
    return;
  }
  detail::answer_with_file(request, response, std::move(found.opened),
                           detail::media_type_of(found.path), options_.cache_control());
}

}  // namespace roost::web
