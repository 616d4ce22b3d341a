// PRIVATE: reads requests out of a byte buffer; knows no sockets.
#pragma once

#include <roost/http/request.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace roost::http::detail {

/// What the parser accepts before it refuses a request.
struct ParserLimits {
  std::size_t request_line = 8 * 1024;   // bytes; 414
  std::size_t header_bytes = 16 * 1024;  // of all fields together; 431
  std::size_t header_count = 100;        // 431
  std::uint64_t body = 100 * 1024;       // bytes; 413
  bool plans_bodies = false;             // stop behind the head of a request that has a body
};

enum class ParseStatus : std::uint8_t {
  need_more,
  complete,
  head,    // the head has been read, and how its body is to be read must be said: see accept_body
  failed,  // see status() and reason(); the rest of the connection cannot be trusted
};

/// Where chunked input stands. Decodes in place, since a decoded body is never longer.
class ChunkedDecoder {
 public:
  void reset(std::size_t begin) {
    *this = ChunkedDecoder{};
    read_ = write_ = begin;
  }
  /// Decodes what is new in data[0, size). `refused` gets the status of a failure.
  ParseStatus decode(char* data, std::size_t size, std::uint64_t body_limit, unsigned& refused);
  /// Closes the gap between decoded and raw bytes; returns the new size.
  std::size_t compact(char* data, std::size_t size);

  [[nodiscard]] std::size_t read_end() const { return read_; }
  [[nodiscard]] std::size_t body_end() const { return write_; }
  /// The data, all of which has been decoded, begins anew at `begin`.
  void restart_at(std::size_t begin) { read_ = write_ = begin; }

 private:
  enum class State : std::uint8_t {
    size_begin,
    size,
    extension,
    size_line_feed,
    data,
    data_return,
    data_line_feed,
    trailer_begin,
    trailer,
    trailer_value,
    trailer_line_feed,
    last_line_feed,
  };

  bool step(char c, unsigned& refused);
  bool step_size(char c);
  bool step_trailer(char c);

  State state_ = State::size_begin;
  bool last_ = false;
  std::uint8_t digits_ = 0;
  std::uint32_t overhead_ = 0;  // bytes of extensions and trailers so far
  std::uint64_t left_ = 0;      // of the current chunk
  std::uint64_t total_ = 0;     // of all chunks announced so far
  std::size_t read_ = 0;
  std::size_t write_ = 0;
};

/// Reads one request after the other. Call `parse` with all bytes received since the request's
/// start whenever there are more of them; the bytes may move between calls if the request is
/// rebased. After `complete`, the next request starts at `consumed()`; call `reset` before it.
class RequestParser {
 public:
  explicit RequestParser(const ParserLimits& limits) : limits_{&limits}, body_limit_{limits.body} {}

  void reset();

  /// `size` shrinks when chunked input is compacted.
  ParseStatus parse(char* data, std::size_t& size, Request& request);

  /// After `head`: how many bytes of body are accepted, instead of ParserLimits::body. `failed`
  /// when the head announces more.
  ParseStatus accept_body(std::uint64_t limit);
  /// After `head`: the body is read elsewhere; the request is complete without it.
  void leave_body() { end_ = head_end_; }
  /// What the head says of the body's size; null when it comes in chunks.
  [[nodiscard]] std::optional<std::uint64_t> body_length() const {
    if (framing_ == Framing::chunked) return std::nullopt;
    return body_length_;
  }

  /// Bytes of the complete request.
  [[nodiscard]] std::size_t consumed() const { return end_; }
  /// Bytes of the request seen so far are a complete head.
  [[nodiscard]] bool head_complete() const { return framing_ != Framing::unknown; }
  /// The client waits for "100 Continue" before it sends the body, of which nothing has come.
  [[nodiscard]] bool wants_continue(std::size_t size) const {
    return expects_continue_ && size == head_end_;
  }
  void continue_sent() { expects_continue_ = false; }
  /// The connection may carry another request after this one.
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }
  /// Bytes that the request will need in all, as far as known; a hint for the buffer's size.
  [[nodiscard]] std::uint64_t expected_size() const {
    return framing_ == Framing::length ? head_end_ + body_length_ : 0;
  }

  /// After `failed`: the status to answer, and a sentence for the client.
  [[nodiscard]] unsigned status() const { return status_; }
  [[nodiscard]] std::string_view reason() const { return reason_; }

 private:
  enum class Framing : std::uint8_t { unknown, none, length, chunked };
  struct HeadFacts;
  class HeadSink;

  ParseStatus fail(unsigned status, std::string_view reason);
  ParseStatus find_head(const char* data, std::size_t size);
  ParseStatus check_size(std::size_t position);
  ParseStatus check_line(const char* data, std::size_t begin, std::size_t end);
  ParseStatus parse_head(const char* data, Request& request);
  ParseStatus check_request_line(std::string_view line);
  ParseStatus check_target(Request& request, HeadFacts& facts);
  ParseStatus frame_by_transfer_encoding(const HeadFacts& facts, int minor_version);
  ParseStatus frame_by_length(const HeadFacts& facts);
  ParseStatus plan_body(Framing framing);
  ParseStatus parse_body(char* data, std::size_t& size, Request& request);

  const ParserLimits* limits_;
  std::uint64_t body_limit_;
  Framing framing_ = Framing::unknown;
  bool keep_alive_ = false;
  bool expects_continue_ = false;
  unsigned status_ = 0;
  std::string_view reason_;
  std::size_t begin_ = 0;       // of the request line
  std::size_t line_begin_ = 0;  // of the line being scanned
  std::size_t scanned_ = 0;
  std::size_t line_count_ = 0;
  std::size_t request_line_end_ = 0;
  std::size_t head_end_ = 0;
  std::size_t end_ = 0;
  std::uint64_t body_length_ = 0;
  ChunkedDecoder chunks_;
};

}  // namespace roost::http::detail
