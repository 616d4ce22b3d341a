#include <roost/base/error.hpp>
#include <roost/http/exceptions.hpp>
#include <roost/http/fields.hpp>
#include <roost/http/request.hpp>
#include <roost/web/execution_context.hpp>
#include <roost/web/multipart.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace roost {

namespace {

constexpr std::size_t longest_boundary = 70;
constexpr std::size_t longest_part_head = std::size_t{8} * 1024;

[[noreturn]] void refuse(const char* what) {
  throw BadRequestException(std::string("Multipart: ") + what);
}

/// The value of a parameter in `form-data; name="a"; filename="b;c"`; quotes and their escapes
/// taken away.
std::optional<std::string> parameter_of(std::string_view value, std::string_view name) {
  std::size_t i = value.find(';');
  while (i < value.size()) {
    const std::size_t begin = ++i;
    while (i < value.size() && value[i] != '=' && value[i] != ';') ++i;
    const std::string_view key = http::trimmed(value.substr(begin, i - begin));
    std::string content;
    if (i < value.size() && value[i] == '=') {
      ++i;
      while (i < value.size() && (value[i] == ' ' || value[i] == '\t')) ++i;
      const bool quoted = i < value.size() && value[i] == '"';
      if (quoted) ++i;
      while (i < value.size() && value[i] != (quoted ? '"' : ';')) {
        const bool escape = quoted && value[i] == '\\' && i + 1 < value.size() &&
                            (value[i + 1] == '"' || value[i + 1] == '\\');
        if (escape) ++i;
        content += value[i++];
      }
      if (!quoted) content = std::string(http::trimmed(content));
      while (i < value.size() && value[i] != ';') ++i;
    }
    if (http::equal_ignoring_case(key, name)) return content;
  }
  return std::nullopt;
}

/// Without folders of either kind of system, and without control characters.
std::string harmless_name(const std::string& name) {
  const auto slash = name.find_last_of("/\\");
  std::string harmless = slash == std::string::npos ? name : name.substr(slash + 1);
  std::erase_if(harmless, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f;
  });
  if (harmless == "." || harmless == "..") harmless.clear();
  return harmless;
}

struct PartHead {
  std::string_view disposition;
  std::string_view type;
};

/// Takes the header lines of a part from the front of `rest`, the empty line included.
PartHead take_head(std::string_view& rest) {
  PartHead head;
  std::size_t taken = 0;
  for (;;) {
    const auto end = rest.find("\r\n");
    if (end == std::string_view::npos) refuse("Unexpected end of form");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    taken += end + 2;
    if (taken > longest_part_head) refuse("Headers of a part are too long");
    if (line.empty()) return head;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) refuse("Malformed part header");
    const std::string_view name = http::trimmed(line.substr(0, colon));
    const std::string_view value = http::trimmed(line.substr(colon + 1));
    if (http::equal_ignoring_case(name, "Content-Disposition")) head.disposition = value;
    if (http::equal_ignoring_case(name, "Content-Type")) head.type = value;
  }
}

bool is_form(std::string_view content_type) {
  const std::string_view type = http::trimmed(content_type.substr(0, content_type.find(';')));
  return http::equal_ignoring_case(type, "multipart/form-data");
}

std::string boundary_of(std::string_view content_type) {
  const auto boundary = parameter_of(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > longest_boundary) {
    refuse("Boundary not found");
  }
  return *boundary;
}

/// A form that is read once, however many parameters ask for parts of it.
struct ParsedForm {
  Multipart form;
};

const Multipart& form_of(ExecutionContext& context) {
  if (const auto* parsed = context.find<ParsedForm>()) return parsed->form;
  const auto* limits = context.metadata<MultipartLimits>();
  const auto type = context.request().header("Content-Type").value_or("");
  Multipart form = Multipart::parse(type, context.request().body(),
                                    limits != nullptr ? *limits : MultipartLimits{});
  return context.emplace<ParsedForm>(ParsedForm{std::move(form)}).form;
}

}  // namespace

void UploadedFile::save_to(const std::string& path) const {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    throw Error("the upload cannot be stored as " + path + ": " + std::strerror(errno));
  }
  std::string_view rest = content_;
  int error = 0;
  while (!rest.empty() && error == 0) {
    const ssize_t written = ::write(descriptor, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  if (::close(descriptor) != 0 && error == 0) error = errno;
  if (error == 0) return;
  ::unlink(path.c_str());
  throw Error("the upload cannot be stored as " + path + ": " + std::strerror(error));
}

Multipart Multipart::parse(std::string_view content_type, std::string_view body,
                           const MultipartLimits& limits) {
  Multipart form;
  if (!is_form(content_type)) return form;
  const std::string delimiter = "\r\n--" + boundary_of(content_type);
  // The first delimiter may stand at the very beginning, without a line break before it.
  std::string_view rest = body;
  if (rest.starts_with(std::string_view{delimiter}.substr(2))) {
    rest.remove_prefix(delimiter.size() - 2);
  } else {
    const auto first = rest.find(delimiter);
    if (first == std::string_view::npos) refuse("Unexpected end of form");
    rest.remove_prefix(first + delimiter.size());
  }
  while (!rest.starts_with("--")) {
    while (rest.starts_with(' ') || rest.starts_with('\t')) rest.remove_prefix(1);
    if (!rest.starts_with("\r\n")) refuse("Unexpected end of form");
    rest.remove_prefix(2);
    const PartHead head = take_head(rest);
    // An empty part ends with the line break that ended its head.
    const bool empty = rest.starts_with(std::string_view{delimiter}.substr(2));
    const auto end = empty ? 0 : rest.find(delimiter);
    if (end == std::string_view::npos) refuse("Unexpected end of form");
    const std::string_view content = rest.substr(0, end);
    rest.remove_prefix(end + delimiter.size() - (empty ? 2 : 0));
    auto name = parameter_of(head.disposition, "name");
    if (!name) refuse("A part has no name");
    const auto file_name = parameter_of(head.disposition, "filename");
    if (!file_name) {
      if (form.fields_.size() == limits.most_fields()) {
        throw PayloadTooLargeException("Too many fields");
      }
      form.fields_.push_back({std::move(*name), std::string(content)});
      continue;
    }
    // A file input that was left empty.
    if (file_name->empty() && content.empty()) continue;
    if (form.files_.size() == limits.most_files()) throw BadRequestException("Too many files");
    if (content.size() > limits.most_bytes()) throw PayloadTooLargeException("File too large");
    form.files_.emplace_back(std::move(*name), harmless_name(*file_name), std::string(head.type),
                             content);
  }
  return form;
}

Multipart Multipart::extract(ExecutionContext& context) { return form_of(context); }

const std::string* Multipart::field(std::string_view name) const {
  const auto found = std::find_if(fields_.begin(), fields_.end(),
                                  [&](const Field& field) { return field.name == name; });
  return found == fields_.end() ? nullptr : &found->value;
}

const UploadedFile* Multipart::file(std::string_view name) const {
  const auto found = std::find_if(files_.begin(), files_.end(),
                                  [&](const UploadedFile& file) { return file.field() == name; });
  return found == files_.end() ? nullptr : &*found;
}

void Multipart::expect_files(std::span<const std::string_view> names) const {
  for (const UploadedFile& file : files_) {
    if (std::find(names.begin(), names.end(), file.field()) != names.end()) continue;
    throw BadRequestException("Unexpected file field - " + file.field());
  }
}

namespace web {

std::optional<UploadedFile> extract_file(ExecutionContext& context, std::string_view name) {
  const UploadedFile* file = form_of(context).file(name);
  if (file == nullptr) return std::nullopt;
  return *file;
}

UploadedFile extract_required_file(ExecutionContext& context, std::string_view name) {
  auto file = extract_file(context, name);
  if (file) return *std::move(file);
  const std::array<std::string_view, 1> expected{name};
  form_of(context).expect_files(expected);
  throw BadRequestException("File is required");
}

}  // namespace web
}  // namespace roost
