// Decodes chunked bodies in place, strictly: what proxies and servers are known to read differently
// (bare line feeds, signs, white space around sizes) is refused.
#include <roost/http/detail/characters.hpp>
#include <roost/http/detail/percent.hpp>
#include <roost/http/detail/request_parser.hpp>

#include <algorithm>
#include <cstring>

namespace roost::http::detail {

namespace {

constexpr std::uint8_t max_size_digits = 15;
// Extensions and trailers carry nothing that Roost reads, so there need not be many of them.
constexpr std::uint32_t max_overhead = 8 * 1024;

}  // namespace

bool ChunkedDecoder::step_size(char c) {
  if (const int digit = hex_digit(c); digit >= 0) {
    if (++digits_ > max_size_digits) return false;
    left_ = left_ * 16 + static_cast<unsigned>(digit);
    state_ = State::size;
    return true;
  }
  if (state_ == State::size_begin) return false;
  if (c == ';') {
    state_ = State::extension;
    return true;
  }
  state_ = State::size_line_feed;
  return c == '\r';
}

bool ChunkedDecoder::step_trailer(char c) {
  if (state_ == State::trailer_begin) {
    if (c == '\r') {
      state_ = State::last_line_feed;
      return true;
    }
    state_ = State::trailer;
    return is_in(c, in_token);
  }
  if (state_ == State::trailer) {
    if (c == ':') {
      state_ = State::trailer_value;
      return true;
    }
    return is_in(c, in_token);
  }
  if (c == '\r') {
    state_ = State::trailer_line_feed;
    return true;
  }
  return is_in(c, in_value);
}

bool ChunkedDecoder::step(char c, unsigned& refused) {
  refused = 400;
  switch (state_) {
    case State::size_begin:
    case State::size:
      return step_size(c);
    case State::extension:
      if (++overhead_ > max_overhead) return false;
      if (c == '\r') {
        state_ = State::size_line_feed;
        return true;
      }
      return is_in(c, in_value);
    case State::size_line_feed:
      last_ = left_ == 0;
      state_ = last_ ? State::trailer_begin : State::data;
      return c == '\n';
    case State::data_return:
      state_ = State::data_line_feed;
      return c == '\r';
    case State::data_line_feed:
      state_ = State::size_begin;
      digits_ = 0;
      return c == '\n';
    case State::trailer_begin:
    case State::trailer:
    case State::trailer_value:
      if (++overhead_ > max_overhead) {
        refused = 431;
        return false;
      }
      return step_trailer(c);
    case State::trailer_line_feed:
      state_ = State::trailer_begin;
      return c == '\n';
    case State::data:
    case State::last_line_feed:
      break;
  }
  return false;
}

ParseStatus ChunkedDecoder::decode(char* data, std::size_t size, std::uint64_t body_limit,
                                   unsigned& refused) {
  while (read_ < size) {
    if (state_ == State::data) {
      const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(left_, size - read_));
      if (write_ != read_) std::memmove(data + write_, data + read_, length);
      read_ += length;
      write_ += length;
      left_ -= length;
      if (left_ == 0) state_ = State::data_return;
      continue;
    }
    const char c = data[read_++];
    if (state_ == State::last_line_feed) {
      refused = 400;
      return c == '\n' ? ParseStatus::complete : ParseStatus::failed;
    }
    if (!step(c, refused)) return ParseStatus::failed;
    if (state_ != State::data) continue;
    if (left_ > body_limit - total_) {
      refused = 413;
      return ParseStatus::failed;
    }
    total_ += left_;
  }
  return ParseStatus::need_more;
}

std::size_t ChunkedDecoder::compact(char* data, std::size_t size) {
  const std::size_t gap = read_ - write_;
  std::memmove(data + write_, data + read_, size - read_);
  read_ = write_;
  return size - gap;
}

}  // namespace roost::http::detail
