// Reads request heads with Boost.Beast's parser, behind checks that are stricter than Beast's.
//
// Order: the head is scanned line by line as it arrives (limits, bare line feeds and folding are
// found before it is complete), then Beast takes the complete head apart and checks its syntax,
// then the fields that say where the body ends are judged here. Any doubt about that refuses the
// request and, with it, the connection: a proxy in front may have read it differently.
#include <roost/http/detail/characters.hpp>
#include <roost/http/detail/request_parser.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/field.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

namespace roost::http::detail {

namespace {

namespace beast = boost::beast;

std::string_view view_of(beast::string_view text) { return {text.data(), text.size()}; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What "HTTP/1.1" at the end of the request line is to the server.
enum class Version { supported, unsupported, malformed };

Version check_version(std::string_view text) {
  if (text.size() != 8 || !text.starts_with("HTTP/") || !is_digit(text[5]) || text[6] != '.' ||
      !is_digit(text[7])) {
    return Version::malformed;
  }
  const bool known = text[5] == '1' && (text[7] == '0' || text[7] == '1');
  return known ? Version::supported : Version::unsupported;
}

constexpr std::string_view line_ending = "Lines must end with CRLF";

}  // namespace

// What the head says about connection and body, collected while Beast reads it.
struct RequestParser::HeadFacts {
  std::string_view target;
  std::string_view host;
  std::string_view content_length;
  std::string_view transfer_encoding;
  std::string_view expect;
  unsigned host_count = 0;
  unsigned content_length_count = 0;
  unsigned transfer_encoding_count = 0;
  bool connection_close = false;
  bool connection_keep_alive = false;
};

// Receives Beast's callbacks. Only views are kept; nothing is allocated.
class RequestParser::HeadSink final : public beast::http::basic_parser<true> {
 public:
  HeadSink(Request& request, HeadFacts& facts) : request_{request}, facts_{facts} {
    header_limit((std::numeric_limits<std::uint32_t>::max)());
    body_limit((std::numeric_limits<std::uint64_t>::max)());  // judged in frame_by_length
  }

 private:
  using Text = beast::string_view;
  using Code = beast::error_code;

  void on_request_impl(beast::http::verb, Text method, Text target, int version, Code&) override {
    request_.assign_method(view_of(method));
    request_.assign_minor_version(version == 11 ? 1 : 0);
    facts_.target = view_of(target);
  }

  void on_field_impl(beast::http::field id, Text beast_name, Text beast_value, Code&) override {
    using beast::http::field;
    const std::string_view value = view_of(beast_value);
    request_.add_header(view_of(beast_name), value);
    switch (id) {
      case field::host:
        ++facts_.host_count;
        facts_.host = value;
        break;
      case field::content_length:
        ++facts_.content_length_count;
        facts_.content_length = value;
        break;
      case field::transfer_encoding:
        ++facts_.transfer_encoding_count;
        facts_.transfer_encoding = value;
        break;
      case field::connection:
        facts_.connection_close |= list_contains(value, "close");
        facts_.connection_keep_alive |= list_contains(value, "keep-alive");
        break;
      case field::expect:
        facts_.expect = value;
        break;
      default:
        break;
    }
  }

  void on_response_impl(int, Text, int, Code&) override {}
  void on_header_impl(Code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
  std::size_t on_body_impl(Text text, Code&) override { return text.size(); }
  void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text text, Code&) override { return text.size(); }
  void on_finish_impl(Code&) override {}

  Request& request_;
  HeadFacts& facts_;
};

void RequestParser::reset() { *this = RequestParser{*limits_}; }

ParseStatus RequestParser::fail(unsigned status, std::string_view reason) {
  status_ = status;
  reason_ = reason;
  keep_alive_ = false;
  return ParseStatus::failed;
}

ParseStatus RequestParser::parse(char* data, std::size_t& size, Request& request) {
  if (framing_ == Framing::unknown) {
    const ParseStatus found = find_head(data, size);
    if (found != ParseStatus::complete) return found;
    const ParseStatus head = parse_head(data, request);
    if (head != ParseStatus::complete) return head;
  }
  return parse_body(data, size, request);
}

// Walks over the lines that are complete. Everything that makes the head hopeless is found here,
// before its end has come.
ParseStatus RequestParser::find_head(const char* data, std::size_t size) {
  if (begin_ == 0 && size > 0 && data[0] == '\r') {  // one empty line may precede a request
    if (size < 2) return ParseStatus::need_more;
    if (data[1] != '\n') return fail(400, line_ending);
    begin_ = line_begin_ = scanned_ = 2;
  }
  if (size > begin_ && !is_in(data[begin_], in_token)) {
    return fail(400, "The request does not start with a method");
  }
  while (scanned_ < size) {
    const void* found = std::memchr(data + scanned_, '\n', size - scanned_);
    if (found == nullptr) break;
    const auto line_feed = static_cast<std::size_t>(static_cast<const char*>(found) - data);
    const ParseStatus fits = check_size(line_feed);
    if (fits != ParseStatus::need_more) return fits;
    if (line_feed == line_begin_ || data[line_feed - 1] != '\r') return fail(400, line_ending);
    const std::size_t line_begin = line_begin_;
    scanned_ = line_begin_ = line_feed + 1;
    const ParseStatus checked = check_line(data, line_begin, line_feed - 1);
    if (checked != ParseStatus::need_more) return checked;
  }
  scanned_ = size;
  return check_size(size);
}

// Whether the line under way may end with a line feed at `position`. What has come of it, or more,
// is judged alike, so that the answer does not depend on the pieces in which a request comes.
ParseStatus RequestParser::check_size(std::size_t position) {
  if (line_count_ == 0) {
    return position > begin_ + limits_->request_line + 1 ? fail(414, "The request line is too long")
                                                         : ParseStatus::need_more;
  }
  return position > request_line_end_ + limits_->header_bytes + 1
             ? fail(431, "The header fields are too large")
             : ParseStatus::need_more;
}

// `complete` for the empty line that ends the head.
ParseStatus RequestParser::check_line(const char* data, std::size_t begin, std::size_t end) {
  if (line_count_++ == 0) {
    request_line_end_ = end + 2;
    return check_request_line({data + begin, end - begin});
  }
  if (begin == end) {
    head_end_ = end + 2;
    return ParseStatus::complete;
  }
  if (data[begin] == ' ' || data[begin] == '\t')
    return fail(400, "Folded header lines are obsolete");
  if (line_count_ - 1 > limits_->header_count) return fail(431, "There are too many header fields");
  return ParseStatus::need_more;
}

ParseStatus RequestParser::check_request_line(std::string_view line) {
  const std::size_t last_space = line.rfind(' ');
  if (last_space == std::string_view::npos) return fail(400, "The request line is malformed");
  switch (check_version(line.substr(last_space + 1))) {
    case Version::malformed:
      return fail(400, "The request line is malformed");
    case Version::unsupported:
      return fail(505, "Only HTTP/1.0 and HTTP/1.1 are spoken here");
    case Version::supported:
      break;
  }
  return ParseStatus::need_more;
}

ParseStatus RequestParser::parse_head(const char* data, Request& request) {
  HeadFacts facts;
  HeadSink sink{request, facts};
  beast::error_code error;
  const std::size_t size = head_end_ - begin_;
  const std::size_t used = sink.put(boost::asio::buffer(data + begin_, size), error);
  if (facts.transfer_encoding_count > 0 && facts.content_length_count > 0) {
    return fail(400, "Content-Length and Transfer-Encoding exclude each other");
  }
  if (error) {
    if (error == beast::http::error::bad_content_length) {
      return fail(400, "Content-Length is malformed or repeated");
    }
    if (error == beast::http::error::bad_transfer_encoding) {
      return fail(400, "Transfer-Encoding is repeated or accompanied by Content-Length");
    }
    return fail(400, "The head of the request is malformed");
  }
  if (used != size) return fail(400, "The head of the request is malformed");
  const ParseStatus target = check_target(request, facts);
  if (target != ParseStatus::complete) return target;
  keep_alive_ = request.minor_version() == 1
                    ? !facts.connection_close
                    : facts.connection_keep_alive && !facts.connection_close;
  if (request.minor_version() == 1 && !facts.expect.empty()) {
    if (!equal_ignoring_case(facts.expect, "100-continue")) {
      return fail(417, "Only the expectation 100-continue can be met");
    }
    expects_continue_ = true;
  }
  if (facts.transfer_encoding_count > 0) {
    return frame_by_transfer_encoding(facts, request.minor_version());
  }
  return frame_by_length(facts);
}

ParseStatus RequestParser::check_target(Request& request, HeadFacts& facts) {
  if (facts.host_count > 1) return fail(400, "Host is repeated");
  if (facts.host_count == 0 && request.minor_version() == 1) return fail(400, "Host is missing");
  if (!all_in(facts.host, in_host)) return fail(400, "Host is malformed");
  if (request.method() == Method::CONNECT) return fail(501, "CONNECT is not supported");
  if (facts.target == "*" && request.method() != Method::OPTIONS) {
    return fail(400, "The request target is malformed");
  }
  if (!request.assign_target(facts.target)) return fail(400, "The request target is malformed");
  if (request.authority().data() != nullptr) {
    if (!all_in(request.authority(), in_host)) return fail(400, "The request target is malformed");
    // The target's authority counts, not the Host field (RFC 9112, 3.2.2).
    request.replace_header("Host", request.authority());
  }
  return ParseStatus::complete;
}

ParseStatus RequestParser::frame_by_transfer_encoding(const HeadFacts& facts, int minor_version) {
  if (minor_version == 0) return fail(400, "HTTP/1.0 has no Transfer-Encoding");
  if (facts.transfer_encoding_count > 1) return fail(400, "Transfer-Encoding is repeated");
  const std::string_view coding = facts.transfer_encoding;
  if (equal_ignoring_case(coding, "chunked")) {
    chunks_.reset(head_end_);
    return plan_body(Framing::chunked);
  }
  const std::size_t comma = coding.rfind(',');
  if (comma != std::string_view::npos && list_contains(coding.substr(0, comma), "chunked")) {
    return fail(400, "The coding chunked must come last, and once");
  }
  return fail(501, "Only the transfer coding chunked is supported");
}

ParseStatus RequestParser::frame_by_length(const HeadFacts& facts) {
  if (facts.content_length_count == 0) {
    framing_ = Framing::none;
    return ParseStatus::complete;
  }
  if (facts.content_length_count > 1) return fail(400, "Content-Length is repeated");
  const std::string_view text = facts.content_length;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), body_length_);
  if (error == std::errc::result_out_of_range && std::all_of(text.begin(), text.end(), is_digit)) {
    return fail(413, "request entity too large");
  }
  if (error != std::errc{} || end != text.data() + text.size()) {
    return fail(400, "Content-Length is malformed");
  }
  return plan_body(Framing::length);
}

// `complete` when the body may be read as usual.
ParseStatus RequestParser::plan_body(Framing framing) {
  framing_ = framing;
  if (limits_->plans_bodies && (framing == Framing::chunked || body_length_ > 0)) {
    return ParseStatus::head;
  }
  return accept_body(limits_->body);
}

ParseStatus RequestParser::accept_body(std::uint64_t limit) {
  body_limit_ = limit;
  return body_length_ > limit ? fail(413, "request entity too large") : ParseStatus::complete;
}

ParseStatus RequestParser::parse_body(char* data, std::size_t& size, Request& request) {
  if (framing_ == Framing::none) {
    end_ = head_end_;
    return ParseStatus::complete;
  }
  if (framing_ == Framing::length) {
    if (size - head_end_ < body_length_) return ParseStatus::need_more;
    const auto length = static_cast<std::size_t>(body_length_);
    request.assign_body({data + head_end_, length});
    end_ = head_end_ + length;
    return ParseStatus::complete;
  }
  unsigned refused = 0;
  const ParseStatus decoded = chunks_.decode(data, size, body_limit_, refused);
  if (decoded == ParseStatus::complete) {
    request.assign_body({data + head_end_, chunks_.body_end() - head_end_});
    end_ = chunks_.read_end();
  } else if (decoded == ParseStatus::failed) {
    if (refused == 413) return fail(413, "request entity too large");
    if (refused == 431) return fail(431, "The trailer fields are too large");
    return fail(400, "The chunked body is malformed");
  } else {
    size = chunks_.compact(data, size);
  }
  return decoded;
}

}  // namespace roost::http::detail
