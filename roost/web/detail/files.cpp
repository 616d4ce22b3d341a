#include <roost/base/error.hpp>
#include <roost/http/fields.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/http/stream.hpp>
#include <roost/web/detail/files.hpp>

#include <linux/openat2.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <optional>
#include <sys/syscall.h>
#include <system_error>

namespace roost::web::detail {

namespace {

constexpr std::uint64_t read_at_once = std::uint64_t{64} * 1024;

/// Appends up to `size` bytes from `offset`; false when there are fewer.
bool read_piece(int file, std::uint64_t offset, std::size_t size, std::string& out) {
  const std::size_t begin = out.size();
  out.resize(begin + size);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t read =
        ::pread(file, out.data() + begin + done, size - done, static_cast<off_t>(offset + done));
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) break;
    done += static_cast<std::size_t>(read);
  }
  out.resize(begin + done);
  return done == size;
}

class FileStream final : public http::Stream {
 public:
  FileStream(Descriptor file, std::uint64_t offset, std::uint64_t size)
      : file_{std::move(file)}, offset_{offset}, left_{size} {}

  Task<bool> next(std::string& out) override {
    const auto size = static_cast<std::size_t>(std::min(left_, read_at_once));
    if (!read_piece(file_.number(), offset_, size, out)) {
      throw Error("a file became shorter while it was sent");
    }
    offset_ += size;
    left_ -= size;
    co_return left_ > 0;
  }

 private:
  Descriptor file_;
  std::uint64_t offset_;
  std::uint64_t left_;
};

struct MediaType {
  std::string_view extension;
  std::string_view type;
};
constexpr std::array<MediaType, 28> media_types{{
    {"html", "text/html; charset=utf-8"},
    {"htm", "text/html; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"json", "application/json; charset=utf-8"},
    {"map", "application/json; charset=utf-8"},
    {"txt", "text/plain; charset=utf-8"},
    {"md", "text/markdown; charset=utf-8"},
    {"csv", "text/csv; charset=utf-8"},
    {"xml", "application/xml; charset=utf-8"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},
    {"webp", "image/webp"},
    {"avif", "image/avif"},
    {"ico", "image/x-icon"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"ttf", "font/ttf"},
    {"wasm", "application/wasm"},
    {"pdf", "application/pdf"},
    {"zip", "application/zip"},
    {"mp4", "video/mp4"},
    {"webm", "video/webm"},
    {"mp3", "audio/mpeg"},
}};

std::string http_date(std::time_t time) {
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 40> text{};
  const std::size_t size =
      std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

/// A file that was changed this recently may change again without its time showing it, so its tag
/// is a weak one (RFC 9110, 8.8.1).
constexpr std::time_t settled_after = 2;  // seconds

std::string tag_of(const struct stat& status) {
  const timespec& changed = status.st_mtim;
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  std::string tag = now.tv_sec - changed.tv_sec > settled_after ? "\"" : "W/\"";
  tag += std::to_string(status.st_size) + "-" + std::to_string(changed.tv_sec) + "-" +
         std::to_string(changed.tv_nsec) + "\"";
  return tag;
}

/// Whether what the client has is this very file (RFC 9110, 13.1.5). A date is never enough: within
/// its second the file may have changed twice. Clients have strong tags to ask with.
bool same_for_sure(std::string_view if_range, std::string_view tag) {
  return tag.starts_with('"') && if_range == tag;
}

/// The opaque part of a tag, without W/; tags are compared weakly.
std::string_view opaque(std::string_view tag) {
  return tag.starts_with("W/") ? tag.substr(2) : tag;
}

bool tag_listed(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    std::string_view one = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one == "*" || opaque(one) == opaque(tag)) return true;
  }
  return false;
}

struct Range {
  std::uint64_t first = 0;
  std::uint64_t size = 0;
};
enum class RangeKind : std::uint8_t { whole, part, unsatisfiable };

/// Reads "bytes=0-99", "bytes=100-" and "bytes=-5"; anything else, several ranges included, asks
/// for the whole file.
RangeKind read_range(std::string_view header, std::uint64_t size, Range& range) {
  if (!header.starts_with("bytes=")) return RangeKind::whole;
  header.remove_prefix(6);
  const auto dash = header.find('-');
  if (dash == std::string_view::npos || header.find(',') != std::string_view::npos) {
    return RangeKind::whole;
  }
  const auto number = [](std::string_view text) -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
    return value;
  };
  const auto from = number(header.substr(0, dash));
  const auto to = number(header.substr(dash + 1));
  if (!from) {
    if (dash != 0 || !to) return RangeKind::whole;
    if (*to == 0 || size == 0) return RangeKind::unsatisfiable;
    range.size = std::min(*to, size);
    range.first = size - range.size;
    return RangeKind::part;
  }
  if (dash + 1 != header.size() && !to) return RangeKind::whole;
  if (to && *to < *from) return RangeKind::whole;
  if (*from >= size) return RangeKind::unsatisfiable;
  range.first = *from;
  range.size = std::min(to.value_or(size - 1), size - 1) - *from + 1;
  return RangeKind::part;
}

bool look_at(OpenedFile& opened) {
  return opened.file.number() >= 0 && ::fstat(opened.file.number(), &opened.status) == 0;
}

int open_beneath(int folder, const std::string& root, const std::string& path) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  const long opened = ::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how);
  if (opened >= 0 || (errno != ENOSYS && errno != EPERM)) return static_cast<int>(opened);
  // An old kernel, or one that forbids the call: the path is made real and compared.
  std::array<char, PATH_MAX> real{};
  const std::string full = root + path;
  if (::realpath(full.c_str(), real.data()) == nullptr) return -1;
  if (!(std::string(real.data()) + "/").starts_with(root)) return -1;
  return ::open(real.data(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
}

}  // namespace

Folder::Folder(const std::string& path)
    : folder_{::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)} {
  std::array<char, PATH_MAX> real{};
  if (folder_.number() < 0 || ::realpath(path.c_str(), real.data()) == nullptr) {
    throw Error("the folder " + path +
                " cannot be opened: " + std::system_category().message(errno));
  }
  root_ = std::string(real.data()) + "/";
}

bool Folder::open(const std::string& path, OpenedFile& opened) const {
  opened.file = Descriptor{open_beneath(folder_.number(), root_, path)};
  return look_at(opened);
}

bool open_file(const std::string& path, OpenedFile& opened) {
  opened.file = Descriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  return look_at(opened);
}

std::string_view media_type_of(std::string_view path) {
  const auto dot = path.rfind('.');
  if (dot == std::string_view::npos) return "application/octet-stream";
  const std::string_view extension = path.substr(dot + 1);
  const auto found = std::find_if(media_types.begin(), media_types.end(), [&](const MediaType& m) {
    return http::equal_ignoring_case(m.extension, extension);
  });
  return found == media_types.end() ? "application/octet-stream" : found->type;
}

void answer_with_file(const http::Request& request, http::Response& response, OpenedFile opened,
                      std::string_view media_type, std::string_view cache_control) {
  const auto size = static_cast<std::uint64_t>(opened.status.st_size);
  const std::string tag = tag_of(opened.status);
  const std::string date = http_date(opened.status.st_mtim.tv_sec);
  response.header("ETag", tag);
  response.header("Last-Modified", date);
  response.header("Cache-Control", cache_control);
  response.header("Accept-Ranges", "bytes");
  // Only what reads can be spared the answer, and only GET asks for parts (RFC 9110, 13.2.1, 14.2).
  const bool gets = request.method() == http::Method::GET;
  const bool reads = gets || request.method() == http::Method::HEAD;
  const auto none_match = request.header("If-None-Match");
  const auto since = request.header("If-Modified-Since");
  if (reads && (none_match ? tag_listed(*none_match, tag) : since && *since == date)) {
    response.status(304);
    return;
  }
  Range range{0, size};
  RangeKind kind = RangeKind::whole;
  const auto if_range = request.header("If-Range");
  if (gets && (!if_range || same_for_sure(*if_range, tag))) {
    kind = read_range(request.header("Range").value_or(""), size, range);
  }
  if (kind == RangeKind::unsatisfiable) {
    response.status(416);
    response.header("Content-Range", "bytes */" + std::to_string(size));
    return;
  }
  response.content_type(media_type);
  if (kind == RangeKind::part) {
    response.status(206);
    response.header("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                         std::to_string(range.first + range.size - 1) + "/" +
                                         std::to_string(size));
  }
  if (range.size <= read_at_once) {
    if (!read_piece(opened.file.number(), range.first, static_cast<std::size_t>(range.size),
                    response.body())) {
      throw Error("a file of " + std::to_string(size) + " bytes could not be read completely");
    }
    return;
  }
  response.stream(std::make_unique<FileStream>(std::move(opened.file), range.first, range.size),
                  range.size);
}

}  // namespace roost::web::detail
