// PRIVATE: a form whose files go to disk as they come.
#pragma once

#include <roost/web/detail/form_parts.hpp>
#include <roost/web/detail/new_file.hpp>
#include <roost/web/multipart.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace roost::web::detail {

/// Owns the files of one request's form, which nobody else may read; they are removed with this
/// object. `feed` and the destructor block.
class StoredForm final : private FormSink {
 public:
  StoredForm(std::string folder, const MultipartLimits& limits, std::string_view boundary)
      : folder_{std::move(folder)}, limits_{limits}, reader_{boundary, *this} {}
  ~StoredForm();
  StoredForm(const StoredForm&) = delete;
  StoredForm& operator=(const StoredForm&) = delete;

  /// Throws BadRequestException, PayloadTooLargeException, roost::Error when the disk refuses.
  void feed(std::string_view piece) { reader_.feed(piece); }
  /// Throws BadRequestException when the form has not ended.
  [[nodiscard]] Multipart finish();

 private:
  void begin_part(const PartHead& head) override;
  void data(std::string_view bytes) override;
  void end_part() override;
  void open_file();

  std::string folder_;
  MultipartLimits limits_;
  FormReader reader_;
  std::vector<Multipart::Field> fields_;
  std::vector<UploadedFile> files_;
  std::vector<std::string> paths_;  // of the complete files
  std::size_t field_bytes_ = 0;     // of all fields
  // The part under way.
  bool is_file_ = false;
  std::optional<NewFile> file_;
  std::size_t size_ = 0;
  std::string name_;
  std::string file_name_;
  std::string media_type_;
  std::string value_;
};

}  // namespace roost::web::detail
