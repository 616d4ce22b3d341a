#include <roost/base/random.hpp>
#include <roost/http/exceptions.hpp>
#include <roost/web/detail/stored_form.hpp>

#include <array>
#include <unistd.h>
#include <utility>

namespace roost::web::detail {

namespace {

/// Fields are kept in memory, so they have a limit although nobody has set one.
constexpr std::size_t usual_field_bytes = std::size_t{1} << 20;

std::string unforeseeable_name() {
  std::array<unsigned char, 16> bytes{};
  fill_random(bytes.data(), bytes.size());
  std::string name = "roost-upload-";
  for (const unsigned char byte : bytes) {
    name += "0123456789abcdef"[byte >> 4U];
    name += "0123456789abcdef"[byte & 0xFU];
  }
  return name;
}

}  // namespace

StoredForm::~StoredForm() {
  for (const std::string& path : paths_) ::unlink(path.c_str());
}

Multipart StoredForm::finish() {
  reader_.finish();
  return Multipart{std::move(fields_), std::move(files_)};
}

void StoredForm::begin_part(const PartHead& head) {
  auto name = parameter_of(head.disposition, "name");
  if (!name) refuse_form("A part has no name");
  const auto file_name = parameter_of(head.disposition, "filename");
  name_ = std::move(*name);
  is_file_ = file_name.has_value();
  file_name_ = file_name.value_or("");
  media_type_ = std::string(head.type);
  value_.clear();
  size_ = 0;
  if (!is_file_ && fields_.size() == limits_.most_fields()) {
    throw PayloadTooLargeException("Too many fields");
  }
}

void StoredForm::data(std::string_view bytes) {
  if (bytes.empty()) return;
  size_ += bytes.size();
  if (!is_file_) {
    field_bytes_ += bytes.size();
    if (field_bytes_ > limits_.most_field_bytes().value_or(usual_field_bytes)) {
      throw PayloadTooLargeException("Fields too large");
    }
    value_ += bytes;
    return;
  }
  if (!file_) open_file();
  if (size_ > limits_.most_bytes()) throw PayloadTooLargeException("File too large");
  file_->write(bytes);
}

void StoredForm::end_part() {
  if (!is_file_) {
    fields_.push_back({std::move(name_), std::move(value_)});
    return;
  }
  // A file input that was left empty.
  if (file_name_.empty() && size_ == 0) return;
  if (!file_) open_file();
  paths_.push_back(file_->path());  // a file that exists is one that will be removed
  file_->complete();
  file_.reset();
  files_.push_back(UploadedFile::stored(std::move(name_), harmless_name(file_name_),
                                        std::move(media_type_), paths_.back(), size_));
}

void StoredForm::open_file() {
  if (files_.size() == limits_.most_files()) throw BadRequestException("Too many files");
  file_.emplace(folder_ + "/" + unforeseeable_name());
}

}  // namespace roost::web::detail
