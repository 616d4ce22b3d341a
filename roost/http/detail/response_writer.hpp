// PRIVATE: turns responses into bytes.
#pragma once

#include <roost/http/response.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace roost::http::detail {

/// The Date header of one thread, formatted again only when the second has changed.
class DateCache {
 public:
  /// "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n": how most responses begin.
  [[nodiscard]] std::string_view ok_prefix() {
    refresh();
    return {text_.data(), text_.size()};
  }
  /// "Date: …\r\n".
  [[nodiscard]] std::string_view line() { return ok_prefix().substr(status_size); }

 private:
  static constexpr std::size_t status_size = 17;  // "HTTP/1.1 200 OK\r\n"
  static constexpr std::size_t line_size = 37;    // "Date: " + 29 + "\r\n"

  void refresh();

  std::time_t shown_ = -1;
  std::array<char, status_size + line_size> text_{};
};

/// How the body of a response goes out.
enum class BodyMode : std::uint8_t {
  whole,         // Content-Length and the body
  head_only,     // Content-Length, no body: HEAD
  none,          // neither: 204, 304
  chunked,       // a stream in chunks
  until_close,   // a stream to a client that knows no chunks
  known_length,  // a stream with Content-Length
};

/// What the writer has to know besides the response.
struct WriteContext {
  bool head_request = false;
  int minor_version = 1;
  bool keep_alive = true;
};

/// Says how the body goes out.
[[nodiscard]] BodyMode body_mode(const Response& response, const WriteContext& context) noexcept;

/// Appends the head of `response`, without its body.
void write_head(std::string& out, DateCache& date, const Response& response, BodyMode mode,
                const WriteContext& context);

/// Appends the head of `response`, and its body unless that is a stream.
void write_response(std::string& out, DateCache& date, const Response& response, BodyMode mode,
                    const WriteContext& context);

/// Appends one chunk; nothing for an empty one, which would end the body.
void write_chunk(std::string& out, std::string_view data);

inline constexpr std::string_view last_chunk = "0\r\n\r\n";
inline constexpr std::string_view continue_response = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace roost::http::detail
