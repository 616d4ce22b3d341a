#include <roost/async/blocking.hpp>
#include <roost/base/error.hpp>
#include <roost/http/exceptions.hpp>
#include <roost/http/fields.hpp>
#include <roost/http/request.hpp>
#include <roost/web/body_stream.hpp>
#include <roost/web/detail/form_parts.hpp>
#include <roost/web/detail/stored_form.hpp>
#include <roost/web/execution_context.hpp>
#include <roost/web/multipart.hpp>
#include <roost/web/route_descriptor.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace roost {

using web::detail::boundary_of;
using web::detail::harmless_name;
using web::detail::is_form;
using web::detail::parameter_of;
using web::detail::PartHead;
using web::detail::refuse_form;
using web::detail::take_head;

namespace {

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_{descriptor} {}
  ~Descriptor() { ::close(descriptor_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

 private:
  int descriptor_;
};

[[noreturn]] void refuse_to_store(const std::string& path, int error) {
  throw Error("the upload cannot be stored as " + path + ": " +
              std::system_category().message(error));
}

/// A file under construction, which is removed unless it is completed.
class NewFile {
 public:
  explicit NewFile(const std::string& path)
      : path_{path},
        descriptor_{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)} {
    if (descriptor_ < 0) refuse_to_store(path, errno);
  }
  ~NewFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    ::unlink(path_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) refuse_to_store(path_, errno);
      if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void complete() {
    if (::close(std::exchange(descriptor_, -1)) == 0) return;
    const int error = errno;
    ::unlink(path_.c_str());
    refuse_to_store(path_, error);
  }

 private:
  const std::string& path_;
  int descriptor_;
};

void write_new_file(const std::string& path, std::string_view content) {
  NewFile file{path};
  file.write(content);
  file.complete();
}

void copy_to_new_file(const std::string& path, int source) {
  NewFile file{path};
  std::array<char, 65'536> buffer;
  for (;;) {
    const ssize_t got = ::read(source, buffer.data(), buffer.size());
    if (got == 0) break;
    if (got < 0 && errno != EINTR) refuse_to_store(path, errno);
    if (got > 0) file.write({buffer.data(), static_cast<std::size_t>(got)});
  }
  file.complete();
}

bool has_files(const web::RouteDescriptor& route) {
  using web::ParameterSource;
  return std::any_of(route.parameters.begin(), route.parameters.end(), [](const auto& parameter) {
    return parameter.source == ParameterSource::file ||
           parameter.source == ParameterSource::optional_file ||
           parameter.source == ParameterSource::multipart;
  });
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

std::string folder_for_uploads(const ExecutionContext& context) {
  const std::string_view folder = context.metadata<StoreUploads>()->folder();
  if (!folder.empty()) return std::string(folder);
  std::error_code error;
  const std::filesystem::path temporary = std::filesystem::temp_directory_path(error);
  return error ? "/tmp" : temporary.string();
}

/// Stores the files of a form before its handler is called.
Task<void> receive_form(ExecutionContext& context) {
  const auto type = context.request().header("Content-Type").value_or("");
  if (!is_form(type)) {
    context.emplace<ParsedForm>();
    co_return;
  }
  const auto* limits = context.metadata<MultipartLimits>();
  auto& stored = context.emplace<web::detail::StoredForm>(
      folder_for_uploads(context), limits != nullptr ? *limits : MultipartLimits{},
      boundary_of(type));
  BodyStream body = BodyStream::extract(context);
  for (;;) {
    const auto piece = co_await body.read();
    if (!piece) break;
    co_await run_blocking([&] { stored.feed(*piece); });
  }
  context.emplace<ParsedForm>(ParsedForm{stored.finish()});
}

}  // namespace

UploadedFile UploadedFile::stored(std::string field, std::string name, std::string media_type,
                                  std::string path, std::size_t size) {
  UploadedFile file{std::move(field), std::move(name), std::move(media_type), {}};
  file.path_ = std::move(path);
  file.size_ = size;
  return file;
}

std::string_view UploadedFile::content() const {
  if (!path_.empty()) {
    throw Error("UploadedFile::content: the upload \"" + name_ +
                "\" is on disk; read the file path(), or take store_uploads off the route");
  }
  return content_;
}

void UploadedFile::save_to(const std::string& path) const {
  if (path_.empty()) return write_new_file(path, content_);
  // The request's own name for it goes with the request.
  if (::link(path_.c_str(), path.c_str()) == 0) return;
  if (errno == EEXIST) refuse_to_store(path, errno);
  const int source = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (source < 0) refuse_to_store(path, errno);
  const Descriptor closes{source};
  copy_to_new_file(path, source);
}

void StoreUploads::apply(web::RouteDescriptor& route, const void* value, bool of_controller) {
  if (of_controller && (route.receive != nullptr || !has_files(route))) return;
  (void)value;  // receive_form looks for the annotation
  route.receive = &receive_form;
  route.streams_body = true;
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
    if (first == std::string_view::npos) refuse_form("Unexpected end of form");
    rest.remove_prefix(first + delimiter.size());
  }
  std::size_t field_bytes = 0;
  while (!rest.starts_with("--")) {
    while (rest.starts_with(' ') || rest.starts_with('\t')) rest.remove_prefix(1);
    if (!rest.starts_with("\r\n")) refuse_form("Unexpected end of form");
    rest.remove_prefix(2);
    const PartHead head = take_head(rest);
    // An empty part ends with the line break that ended its head.
    const bool empty = rest.starts_with(std::string_view{delimiter}.substr(2));
    const auto end = empty ? 0 : rest.find(delimiter);
    if (end == std::string_view::npos) refuse_form("Unexpected end of form");
    const std::string_view content = rest.substr(0, end);
    rest.remove_prefix(end + delimiter.size() - (empty ? 2 : 0));
    auto name = parameter_of(head.disposition, "name");
    if (!name) refuse_form("A part has no name");
    const auto file_name = parameter_of(head.disposition, "filename");
    if (!file_name) {
      if (form.fields_.size() == limits.most_fields()) {
        throw PayloadTooLargeException("Too many fields");
      }
      field_bytes += content.size();
      if (limits.most_field_bytes() && field_bytes > *limits.most_field_bytes()) {
        throw PayloadTooLargeException("Fields too large");
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
