// Fuzz target: forms with files, as they come and as a correct client writes them.
#include <roost/http/exceptions.hpp>
#include <roost/web/detail/form_parts.hpp>
#include <roost/web/multipart.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace {

using namespace roost;

void require(bool holds) {
  if (!holds) std::abort();
}

bool lies_in(std::string_view part, std::string_view whole) {
  const std::less_equal<const char*> not_after;
  return part.empty() || (not_after(whole.data(), part.data()) &&
                          not_after(part.data() + part.size(), whole.data() + whole.size()));
}

std::string begin_of(const web::detail::PartHead& head) {
  const auto name = web::detail::parameter_of(head.disposition, "name");
  if (!name) web::detail::refuse_form("A part has no name");
  const auto file = web::detail::parameter_of(head.disposition, "filename");
  return "[" + *name + (file ? "/" + web::detail::harmless_name(*file) : "") + "=";
}

/// What a form comes to when it is read in pieces of `step` bytes; nothing when it is refused.
std::optional<std::string> read_in_pieces(std::string_view type, std::string_view body,
                                          std::size_t step) {
  struct Collect final : web::detail::FormSink {
    std::string text;
    void begin_part(const web::detail::PartHead& head) override { text += begin_of(head); }
    void data(std::string_view bytes) override { text += bytes; }
    void end_part() override { text += "]"; }
  };
  Collect sink;
  try {
    web::detail::FormReader reader{web::detail::boundary_of(type), sink};
    for (std::size_t at = 0; at < body.size(); at += step) reader.feed(body.substr(at, step));
    reader.finish();
  } catch (const BadRequestException&) {
    return std::nullopt;
  }
  return std::move(sink.text);
}

/// The same by looking for delimiters in the whole, without a state: what the reader must agree
/// with.
std::string read_plainly(std::string_view type, std::string_view body) {
  const std::string delimiter = "\r\n--" + web::detail::boundary_of(type);
  const std::string_view first = std::string_view{delimiter}.substr(2);
  std::string text;
  std::string_view rest = body;
  // Takes the next delimiter and gives what is before it.
  const auto take = [&]() -> std::string_view {
    const bool at_once = rest.starts_with(first);
    const auto end = at_once ? 0 : rest.find(delimiter);
    if (end == std::string_view::npos) web::detail::refuse_form("Unexpected end of form");
    const std::string_view before = rest.substr(0, end);
    rest.remove_prefix(end + (at_once ? first.size() : delimiter.size()));
    return before;
  };
  static_cast<void>(take());
  while (!rest.starts_with("--")) {
    while (rest.starts_with(' ') || rest.starts_with('\t')) rest.remove_prefix(1);
    if (!rest.starts_with("\r\n")) web::detail::refuse_form("Unexpected end of form");
    rest.remove_prefix(2);
    const auto head = web::detail::take_head(rest);
    if (!head) web::detail::refuse_form("Unexpected end of form");
    text += begin_of(*head);
    text.append(take()).append("]");
  }
  return text;
}

/// A form is the same whole, in pieces, and read without a state.
void check_pieces(std::string_view type, std::string_view body, std::size_t step) {
  if (!web::detail::is_form(type)) return;
  std::optional<std::string> expected;
  try {
    expected = read_plainly(type, body);
  } catch (const BadRequestException&) {
  }
  require(read_in_pieces(type, body, step) == expected);
  require(read_in_pieces(type, body, std::max<std::size_t>(body.size(), 1)) == expected);
  try {
    const Multipart form =
        Multipart::parse(type, body, multipart_limits().files(9999).fields(9999));
    require(expected.has_value());
    for (const auto& field : form.fields()) {
      require(expected->find("[" + field.name + "=" + field.value + "]") != std::string::npos);
    }
    for (const UploadedFile& file : form.files()) {
      const std::string content{file.content()};
      require(expected->find("[" + file.field() + "/" + file.name() + "=" + content + "]") !=
              std::string::npos);
    }
  } catch (const BadRequestException&) {
    require(!expected);
  }
}

void check(std::string_view type, std::string_view body) {
  static constexpr MultipartLimits limits = multipart_limits().files(4).fields(6).file_size(64);
  try {
    const Multipart form = Multipart::parse(type, body, limits);
    require(form.files().size() <= 4 && form.fields().size() <= 6);
    for (const UploadedFile& file : form.files()) {
      require(file.size() <= 64 && lies_in(file.content(), body));
      require(file.name() != ".." && file.name() != ".");
      require(std::none_of(file.name().begin(), file.name().end(), [](char c) {
        return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
      }));
      require(form.file(file.field()) != nullptr);
    }
  } catch (const HttpException& error) {
    require(error.status() == 400 || error.status() == 413);
  }
}

/// A value without what a client would have to write in another way.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '\r' || c == '\n') continue;
    out += c;
  }
  return out;
}

void check_round_trip(std::string_view name, std::string_view content) {
  const std::string boundary = "gCKJaGK3Xo0ZPVZIRpJ";
  if (content.find(boundary) != std::string_view::npos) return;
  std::string body = "preamble\r\n--" + boundary + "\r\n";
  body += "Content-Disposition: form-data; name=\"" + plain(name) + "\"\r\n\r\n";
  body += content;
  body += "\r\n--" + boundary + "\r\nContent-Type: text/plain\r\n";
  body += "Content-Disposition: form-data; name=\"f\"; filename=\"x/" + plain(name) + "y\"\r\n\r\n";
  body += content;
  body += "\r\n--" + boundary + "--\r\nepilogue";
  const Multipart form = Multipart::parse("multipart/form-data; boundary=" + boundary, body);
  require(form.fields().size() == 1 && form.files().size() == 1);
  require(form.fields()[0].name == plain(name) && form.fields()[0].value == content);
  require(form.files()[0].content() == content && form.files()[0].media_type() == "text/plain");
}

}  // namespace

// The name is libFuzzer's.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 8192) return 0;
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  check("multipart/form-data; boundary=b", input);
  check_pieces("multipart/form-data; boundary=b", input, input.size() % 7 + 1);
  const std::size_t line = std::min(input.find('\n'), input.size());
  check(input.substr(0, line), input.substr(std::min(line + 1, input.size())));
  const std::size_t cut = std::min<std::size_t>(16, input.size());
  if (std::none_of(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(cut),
                   [](char c) { return c == '\0'; })) {
    check_round_trip(input.substr(0, cut), input.substr(cut));
  }
  return 0;
}
