// PRIVATE: taking multipart forms apart, whole ones and those that come in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace roost::web {
struct RouteDescriptor;
}

namespace roost::web::detail {

/// The fields of a part's head that count.
struct PartHead {
  std::string_view disposition;
  std::string_view type;
};

/// Throws BadRequestException.
[[noreturn]] void refuse_form(const char* what);

/// The value of a parameter in `form-data; name="a"; filename="b;c"`; quotes and their escapes
/// taken away.
[[nodiscard]] std::optional<std::string> parameter_of(std::string_view value,
                                                      std::string_view name);

/// Without folders of either kind of system, and without control characters.
[[nodiscard]] std::string harmless_name(const std::string& name);

/// Takes the header lines of a part from the front of `rest`, the empty line included; nothing when
/// they do not end there. Throws BadRequestException.
[[nodiscard]] std::optional<PartHead> take_head(std::string_view& rest);

/// Whether a Content-Type is that of a form with parts, and the boundary that it names; throws
/// BadRequestException when it names none.
[[nodiscard]] bool is_form(std::string_view content_type);
[[nodiscard]] std::string boundary_of(std::string_view content_type);

/// Whether a route reads forms: it takes a File, an OptionalFile or a Multipart.
[[nodiscard]] bool takes_form(const RouteDescriptor& route);
/// Why a route cannot store its uploads, as the rest of a sentence about it; empty when it can, or
/// stores none.
[[nodiscard]] std::string fault_of_uploads(const RouteDescriptor& route);

/// Hears of the parts of a form in their order.
class FormSink {
 public:
  virtual void begin_part(const PartHead& head) = 0;
  /// The next bytes of the part; may be empty. All of them, if the form is fed as a whole.
  virtual void data(std::string_view bytes) = 0;
  virtual void end_part() = 0;

 protected:
  ~FormSink() = default;
};

/// Reads a form in pieces of any size, keeping no more of it than a piece and the head of a part.
/// Throws BadRequestException for what is no form. What the sink hears of are views into the pieces
/// where nothing had to be kept: of a form that is fed as a whole, all of it.
class FormReader {
 public:
  /// `sink` outlives this.
  FormReader(std::string_view boundary, FormSink& sink);
  void feed(std::string_view piece);
  /// Throws BadRequestException when the form has not ended.
  void finish() const;

 private:
  enum class State : std::uint8_t {
    begin,
    preamble,
    delimiter,
    head,
    content_begin,
    content,
    epilogue,
  };

  std::size_t take(std::string_view text);
  bool step(std::string_view rest, std::size_t& used);
  bool begin(std::string_view rest, std::size_t& used);
  bool after_delimiter(std::string_view rest, std::size_t& used);
  bool head(std::string_view rest, std::size_t& used);
  bool content(std::string_view rest, std::size_t& used);
  bool end_part(std::size_t taken, std::size_t& used);

  std::string delimiter_;
  FormSink& sink_;
  State state_ = State::begin;
  bool padded_ = false;  // white space has followed the delimiter
  std::string held_;
};

}  // namespace roost::web::detail
