#include <roost/http/exceptions.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/web/binding.hpp>
#include <roost/web/detail/files.hpp>
#include <roost/web/execution_context.hpp>
#include <roost/web/file_response.hpp>

namespace roost {

namespace {

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '-' || c == '_';
}

/// RFC 6266: a name in ASCII for old clients, and the name as it is for all others.
std::string disposition(std::string_view name) {
  std::string plain = "attachment; filename=\"";
  std::string whole = "; filename*=UTF-8''";
  bool differs = false;
  for (const char c : name) {
    const bool harmless = is_plain(c) || c == ' ';
    differs = differs || !harmless;
    plain += harmless ? c : '_';
    if (is_plain(c)) {
      whole += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      whole += '%';
      whole += "0123456789ABCDEF"[byte >> 4U];
      whole += "0123456789ABCDEF"[byte & 0xfU];
    }
  }
  plain += '"';
  return differs ? plain + whole : plain;
}

}  // namespace

FileResponse FileResponse::beneath(std::string folder, std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  FileResponse made{std::string{path}};
  made.folder_ = std::move(folder);
  return made;
}

namespace web {

void write_file(ExecutionContext& context, const FileResponse& file) {
  if (file.path().empty() && file.folder().empty()) refuse_nothing(context, "file");
  detail::OpenedFile opened;
  // A NUL would end the path for the system, and make it another one than was looked at.
  const bool found =
      file.path().find('\0') == std::string::npos &&
      (file.folder().empty() ? detail::open_file(file.path(), opened)
                             : detail::Folder{file.folder()}.open(file.path(), opened));
  if (!found || !opened.is_regular()) throw NotFoundException("File not found");
  http::Response& response = context.response();
  if (!file.download_name().empty()) {
    response.header("Content-Disposition", disposition(file.download_name()));
  }
  const std::string chosen{response.content_type()};  // by the route
  std::string_view type = detail::media_type_of(file.path());
  if (!chosen.empty()) type = chosen;
  if (!file.media_type().empty()) type = file.media_type();
  detail::answer_with_file(context.request(), response, std::move(opened), type,
                           file.cache_control());
}

}  // namespace web
}  // namespace roost
