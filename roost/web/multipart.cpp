#include <roost/async/blocking.hpp>
#include <roost/base/error.hpp>
#include <roost/http/exceptions.hpp>
#include <roost/http/fields.hpp>
#include <roost/http/request.hpp>
#include <roost/web/body_stream.hpp>
#include <roost/web/detail/form_parts.hpp>
#include <roost/web/detail/new_file.hpp>
#include <roost/web/detail/stored_form.hpp>
#include <roost/web/execution_context.hpp>
#include <roost/web/multipart.hpp>
#include <roost/web/route_descriptor.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace roost {

using web::detail::boundary_of;
using web::detail::harmless_name;
using web::detail::is_form;
using web::detail::NewFile;
using web::detail::parameter_of;
using web::detail::PartHead;
using web::detail::refuse_form;
using web::detail::refuse_to_store;
using web::detail::takes_form;

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

/// What there is of a form that is in memory as a whole: the content of each part comes at once,
/// and files are views of it.
class WholeForm final : public web::detail::FormSink {
 public:
  explicit WholeForm(const MultipartLimits& limits) : limits_{limits} {}

  void begin_part(const PartHead& head) override {
    auto name = parameter_of(head.disposition, "name");
    if (!name) refuse_form("A part has no name");
    name_ = *std::move(name);
    file_name_ = parameter_of(head.disposition, "filename");
    media_type_ = head.type;
    content_ = {};
  }
  void data(std::string_view bytes) override { content_ = bytes; }
  void end_part() override {
    if (!file_name_) return end_field();
    // A file input that was left empty.
    if (file_name_->empty() && content_.empty()) return;
    if (files.size() == limits_.most_files()) throw BadRequestException("Too many files");
    if (content_.size() > limits_.most_bytes()) throw PayloadTooLargeException("File too large");
    files.emplace_back(std::move(name_), harmless_name(*file_name_), std::string(media_type_),
                       content_);
  }

  std::vector<Multipart::Field> fields;
  std::vector<UploadedFile> files;

 private:
  void end_field() {
    if (fields.size() == limits_.most_fields()) throw PayloadTooLargeException("Too many fields");
    field_bytes_ += content_.size();
    if (limits_.most_field_bytes() && field_bytes_ > *limits_.most_field_bytes()) {
      throw PayloadTooLargeException("Fields too large");
    }
    if (fields.empty()) fields.reserve(8);  // most forms have a few
    fields.push_back({std::move(name_), std::string(content_)});
  }

  const MultipartLimits& limits_;
  std::size_t field_bytes_ = 0;
  std::string name_;
  std::optional<std::string> file_name_;
  std::string_view media_type_;
  std::string_view content_;
};

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

std::string folder_for_uploads(std::string_view folder) {
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
      folder_for_uploads(context.metadata<StoreUploads>()->folder()),
      limits != nullptr ? *limits : MultipartLimits{}, boundary_of(type));
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
  if (of_controller && (route.receive != nullptr || !takes_form(route))) return;
  (void)value;  // receive_form looks for the annotation
  route.receive = &receive_form;
  route.streams_body = true;
}

Multipart Multipart::parse(std::string_view content_type, std::string_view body,
                           const MultipartLimits& limits) {
  if (!is_form(content_type)) return {};
  WholeForm form{limits};
  web::detail::FormReader reader{boundary_of(content_type), form};
  reader.feed(body);
  reader.finish();
  return Multipart{std::move(form.fields), std::move(form.files)};
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

std::string detail::fault_of_uploads(const RouteDescriptor& route) {
  const auto uploads = std::find_if(
      route.annotations.begin(), route.annotations.end(),
      [](const auto& annotation) { return annotation.type == TypeId::of<StoreUploads>(); });
  if (uploads == route.annotations.end() || route.receive == nullptr) return {};
  const std::string folder =
      folder_for_uploads(static_cast<const StoreUploads*>(uploads->value)->folder());
  std::error_code error;
  const bool is_folder = std::filesystem::is_directory(folder, error);
  if (is_folder && ::access(folder.c_str(), W_OK | X_OK) == 0) return {};
  return "stores its uploads in " + std::filesystem::absolute(folder, error).string() +
         (is_folder ? ", where this process may not write"
                    : ", which is no folder; make it before the start");
}

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
