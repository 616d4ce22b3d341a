// Writes status lines, header fields and chunks.
#include <roost/http/detail/response_writer.hpp>
#include <roost/http/status.hpp>

#include <charconv>
#include <cstring>

namespace roost::http::detail {

namespace {

void append_number(std::string& out, std::uint64_t value, int base = 10) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr;
  out.append(digits.data(), end);
}

void two_digits(char* out, int value) {
  out[0] = static_cast<char>('0' + value / 10);
  out[1] = static_cast<char>('0' + value % 10);
}

void append_status_line(std::string& out, DateCache& date, unsigned status) {
  if (status == 200) {
    out += date.ok_prefix();
    return;
  }
  out += "HTTP/1.1 ";
  append_number(out, status);
  out += ' ';
  out += reason_phrase(status);
  out += "\r\n";
  out += date.line();
}

void append_framing(std::string& out, const Response& response, BodyMode mode) {
  switch (mode) {
    case BodyMode::none:
    case BodyMode::until_close:
      return;
    case BodyMode::chunked:
      out += "Transfer-Encoding: chunked\r\n";
      return;
    case BodyMode::known_length:
      out += "Content-Length: ";
      append_number(out, *response.stream_length());
      break;
    case BodyMode::whole:
      out += "Content-Length: ";
      append_number(out, response.body_view().size());
      break;
    case BodyMode::head_only:
      if (response.has_stream()) {
        if (!response.stream_length()) return;
        out += "Content-Length: ";
        append_number(out, *response.stream_length());
      } else {
        out += "Content-Length: ";
        const bool stated = response.body_view().empty() && response.stated_length();
        append_number(out, stated ? *response.stated_length() : response.body_view().size());
      }
      break;
  }
  out += "\r\n";
}

}  // namespace

void DateCache::refresh() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec == shown_) return;
  shown_ = now.tv_sec;
  std::tm parts{};
  gmtime_r(&shown_, &parts);
  static constexpr char days[] = "SunMonTueWedThuFriSat";
  static constexpr char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  std::memcpy(text_.data(), "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
              text_.size());
  char* date = text_.data() + status_size + 6;
  std::memcpy(date, days + 3 * parts.tm_wday, 3);
  two_digits(date + 5, parts.tm_mday);
  std::memcpy(date + 8, months + 3 * parts.tm_mon, 3);
  const int year = parts.tm_year + 1900;
  two_digits(date + 12, year / 100);
  two_digits(date + 14, year % 100);
  two_digits(date + 17, parts.tm_hour);
  two_digits(date + 20, parts.tm_min);
  two_digits(date + 23, parts.tm_sec);
}

BodyMode body_mode(const Response& response, const WriteContext& context) noexcept {
  if (status_forbids_body(response.status())) return BodyMode::none;
  if (context.head_request) return BodyMode::head_only;
  if (!response.has_stream()) return BodyMode::whole;
  if (response.stream_length()) return BodyMode::known_length;
  return context.minor_version == 0 ? BodyMode::until_close : BodyMode::chunked;
}

void write_head(std::string& out, DateCache& date, const Response& response, BodyMode mode,
                const WriteContext& context) {
  append_status_line(out, date, response.status());
  if (!response.content_type().empty() && mode != BodyMode::none) {
    out += "Content-Type: ";
    out += response.content_type();
    out += "\r\n";
  }
  append_framing(out, response, mode);
  out += response.header_block();
  response.append_default_headers(out);
  if (!context.keep_alive) {
    out += "Connection: close\r\n";
  } else if (context.minor_version == 0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

void write_response(std::string& out, DateCache& date, const Response& response, BodyMode mode,
                    const WriteContext& context) {
  write_head(out, date, response, mode, context);
  if (mode == BodyMode::whole) out += response.body_view();
}

void write_chunk(std::string& out, std::string_view data) {
  if (data.empty()) return;
  append_number(out, data.size(), 16);
  out += "\r\n";
  out += data;
  out += "\r\n";
}

}  // namespace roost::http::detail
