// Uploads: bodies of type multipart/form-data, as forms with files send them.
#pragma once

#include <roost/base/fixed_string.hpp>
#include <roost/web/extractors.hpp>
#include <roost/web/route_shape.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost {

class ExecutionContext;

/// Annotation of a route or controller: how much a form may bring. The server's body limit counts
/// as well and is usually the first to be raised.
class MultipartLimits {
 public:
  constexpr MultipartLimits() = default;
  [[nodiscard]] constexpr MultipartLimits files(std::size_t most) const {
    MultipartLimits limits = *this;
    limits.files_ = most;
    return limits;
  }
  /// Bytes of one file; more is answered with a 413.
  [[nodiscard]] constexpr MultipartLimits file_size(std::size_t bytes) const {
    MultipartLimits limits = *this;
    limits.file_size_ = bytes;
    return limits;
  }
  [[nodiscard]] constexpr MultipartLimits fields(std::size_t most) const {
    MultipartLimits limits = *this;
    limits.fields_ = most;
    return limits;
  }
  /// Bytes of all fields together; more is a 413. Unless set, what is in memory may have any number
  /// of them, and with store_uploads 1 MiB.
  [[nodiscard]] constexpr MultipartLimits field_bytes(std::size_t most) const {
    MultipartLimits limits = *this;
    limits.field_bytes_ = most;
    return limits;
  }
  [[nodiscard]] constexpr std::size_t most_files() const { return files_; }
  [[nodiscard]] constexpr std::size_t most_bytes() const { return file_size_; }
  [[nodiscard]] constexpr std::size_t most_fields() const { return fields_; }
  [[nodiscard]] constexpr std::optional<std::size_t> most_field_bytes() const {
    return field_bytes_;
  }

 private:
  std::size_t files_ = 32;
  std::size_t file_size_ = static_cast<std::size_t>(-1);
  std::size_t fields_ = 1000;
  std::optional<std::size_t> field_bytes_;
};
constexpr MultipartLimits multipart_limits() { return {}; }

/// Annotation of a route with files, or of a controller for all of them: files go to disk as they
/// come, so that they need no memory. They are removed when the request has been answered, however
/// it ended; `UploadedFile::save_to` keeps one. Say with `body_limit` how large the form may be.
class StoreUploads {
 public:
  constexpr explicit StoreUploads(std::string_view folder) : folder_{folder} {}
  [[nodiscard]] constexpr std::string_view folder() const { return folder_; }
  static void apply(web::RouteDescriptor& route, const void* value, bool of_controller);

 private:
  std::string_view folder_;
};
/// Into this folder, which exists when the application starts; without one into that of TMPDIR, or
/// /tmp. What is to be kept should be on the same disk: then `save_to` copies nothing.
constexpr StoreUploads store_uploads(std::string_view folder = {}) { return StoreUploads{folder}; }

/// One file of a form. Its content is a view into the request, or on disk: it lives until the
/// response has been written.
class UploadedFile {
 public:
  UploadedFile() = default;
  UploadedFile(std::string field, std::string name, std::string media_type,
               std::string_view content)
      : field_{std::move(field)},
        name_{std::move(name)},
        media_type_{std::move(media_type)},
        content_{content},
        size_{content.size()} {}
  /// One whose content is in the file of this path.
  [[nodiscard]] static UploadedFile stored(std::string field, std::string name,
                                           std::string media_type, std::string path,
                                           std::size_t size);

  /// The name of the form's field.
  [[nodiscard]] const std::string& field() const { return field_; }
  /// The name that the client gave the file, without folders and control characters. Never a path
  /// to store it under: clients choose it.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// What the client says that it is.
  [[nodiscard]] const std::string& media_type() const { return media_type_; }
  /// Throws roost::Error when it is on disk.
  [[nodiscard]] std::string_view content() const;
  /// Where the content is, on a route with store_uploads; else empty.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Makes the content a new file, which nobody else may read. Throws roost::Error when there is
  /// one of this name, or when the disk refuses; then nothing is left behind. Blocks unless the
  /// content is on the same disk already: call it through run_blocking for large files.
  void save_to(const std::string& path) const;

 private:
  std::string field_;
  std::string name_;
  std::string media_type_;
  std::string_view content_;
  std::string path_;
  std::size_t size_ = 0;
};

/// Parameter of a handler: the whole form. Empty when the body is of another type.
class Multipart {
 public:
  struct Field {
    std::string name;
    std::string value;
  };

  Multipart() = default;
  Multipart(std::vector<Field> fields, std::vector<UploadedFile> files)
      : fields_{std::move(fields)}, files_{std::move(files)} {}

  /// Throws BadRequestException for a malformed form, PayloadTooLargeException.
  [[nodiscard]] static Multipart extract(ExecutionContext& context);
  static constexpr web::ParameterDescriptor describe_parameter() {
    return {web::ParameterSource::multipart, {}, nullptr, "Multipart"};
  }
  [[nodiscard]] static Multipart parse(std::string_view content_type, std::string_view body,
                                       const MultipartLimits& limits = {});

  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }
  [[nodiscard]] const std::vector<UploadedFile>& files() const { return files_; }
  /// The first of this name, or null.
  [[nodiscard]] const std::string* field(std::string_view name) const;
  [[nodiscard]] const UploadedFile* file(std::string_view name) const;
  /// Throws BadRequestException for a file in another field than these.
  void expect_files(std::span<const std::string_view> names) const;

 private:
  std::vector<Field> fields_;
  std::vector<UploadedFile> files_;
};

/// Parameter of a handler: the file in the field of this name. Missing is a 400.
template <FixedString Name>
class File : public web::Extracted<UploadedFile> {
  using web::Extracted<UploadedFile>::Extracted;

 public:
  [[nodiscard]] static File extract(ExecutionContext& context);
  static constexpr web::ParameterDescriptor describe_parameter() {
    return {web::ParameterSource::file, Name.view(), nullptr, "File"};
  }
};

/// The same where the file may be missing.
template <FixedString Name>
class OptionalFile : public web::Extracted<std::optional<UploadedFile>> {
  using web::Extracted<std::optional<UploadedFile>>::Extracted;

 public:
  [[nodiscard]] static OptionalFile extract(ExecutionContext& context);
  static constexpr web::ParameterDescriptor describe_parameter() {
    return {web::ParameterSource::optional_file, Name.view(), nullptr, "OptionalFile"};
  }
};

namespace web {
[[nodiscard]] std::optional<UploadedFile> extract_file(ExecutionContext& context,
                                                       std::string_view name);
[[nodiscard]] UploadedFile extract_required_file(ExecutionContext& context, std::string_view name);
}  // namespace web

template <FixedString Name>
File<Name> File<Name>::extract(ExecutionContext& context) {
  return File{web::extract_required_file(context, Name.view())};
}
template <FixedString Name>
OptionalFile<Name> OptionalFile<Name>::extract(ExecutionContext& context) {
  return OptionalFile{web::extract_file(context, Name.view())};
}

}  // namespace roost
