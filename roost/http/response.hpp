// A response under construction: status, header fields, and a body that is text, static or a
// stream.
#pragma once

#include <roost/http/header_block.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace roost::http {

class Stream;

/// What a handler answers. The server adds Content-Length or Transfer-Encoding, Date and
/// Connection. Belongs to one connection and one thread; reused for many requests (`reset`), so
/// that a response in steady state allocates nothing.
class Response {
 public:
  Response();
  ~Response();
  Response(const Response&) = delete;
  Response& operator=(const Response&) = delete;

  [[nodiscard]] unsigned status() const { return status_; }
  /// 200 unless set. 100 to 999; else throws roost::Error.
  Response& status(unsigned status);

  /// Sets a field, taking the place of all fields of that name. Text is copied. Throws roost::Error
  /// if the name is no token or the value has control characters (header injection).
  /// Content-Length, Transfer-Encoding, Connection and Date are the server's and ignored here,
  /// except `Connection: close`, and the Content-Length of an answer to HEAD.
  Response& header(std::string_view name, std::string_view value);
  /// Adds a field beside others of the same name (Set-Cookie, Vary, Link).
  Response& add_header(std::string_view name, std::string_view value);
  Response& remove_header(std::string_view name);
  /// The first field of this name (in any case), Content-Type included.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  /// Calls `visit(name, value)` for each field in order, Content-Type first.
  template <class Visitor>
  void for_each_header(Visitor&& visit) const {
    if (!content_type_.empty()) visit(std::string_view{"Content-Type"}, content_type());
    for (const StoredField& field : fields_) visit(name_of(field), value_of(field));
    visit_defaults(visit);
  }
  /// Fields that are sent as well, unless the response sets one of the same name. Must outlive it;
  /// null for none.
  Response& default_headers(const HeaderBlock* block) {
    defaults_ = block;
    return *this;
  }

  [[nodiscard]] std::string_view content_type() const { return content_type_; }
  Response& content_type(std::string_view type);

  /// The body to append to. Writers append straight into it; its capacity is reused. Replaces a
  /// static body or a stream set before.
  [[nodiscard]] std::string& body();
  /// Sets the body, copied.
  Response& body(std::string_view text) {
    body().assign(text);
    return *this;
  }
  /// Sets a body that outlives the response (a literal, a cached page); not copied.
  Response& static_body(std::string_view text);
  /// Sets a body produced piece by piece, sent in chunks, or with Content-Length if `length` (in
  /// bytes) is given.
  Response& stream(std::unique_ptr<Stream> stream, std::optional<std::uint64_t> length = {});

  /// The body as it stands, owned or static; empty for a stream.
  [[nodiscard]] std::string_view body_view() const { return is_static_ ? static_body_ : body_; }
  [[nodiscard]] bool has_stream() const { return stream_ != nullptr; }
  [[nodiscard]] std::optional<std::uint64_t> stream_length() const { return stream_length_; }
  /// Takes the stream out, for whoever sends it.
  [[nodiscard]] std::unique_ptr<Stream> take_stream();
  /// Removes body, stream and content type; keeps status and header fields.
  Response& clear_body();

  /// Sets status and Location.
  Response& redirect(std::string_view location, unsigned status = 302);
  /// The connection is closed after this response.
  Response& close_connection() {
    close_ = true;
    return *this;
  }
  [[nodiscard]] bool closes_connection() const { return close_; }
  /// Content-Length that the handler of a HEAD request stated itself.
  [[nodiscard]] std::optional<std::uint64_t> stated_length() const { return stated_length_; }

  /// Back to an empty 200, memory kept for the next response.
  void reset();

  /// Appends the default fields that the response does not set itself, for servers.
  void append_default_headers(std::string& out) const;
  /// All fields but Content-Type as they go on the wire ("Name: value\r\n"…), for servers.
  [[nodiscard]] std::string_view header_block() const { return block_; }

 private:
  struct StoredField {
    std::uint32_t begin;
    std::uint32_t name_size;
    std::uint32_t value_size;
  };

  [[nodiscard]] std::string_view name_of(const StoredField& field) const {
    return std::string_view{block_}.substr(field.begin, field.name_size);
  }
  [[nodiscard]] std::string_view value_of(const StoredField& field) const {
    return std::string_view{block_}.substr(field.begin + field.name_size + 2, field.value_size);
  }
  template <class Visitor>
  void visit_defaults(Visitor&& visit) const {
    if (defaults_ == nullptr) return;
    defaults_->for_each([&](std::string_view name, std::string_view value) {
      if (!has_own(name)) visit(name, value);
    });
  }
  [[nodiscard]] bool has_own(std::string_view name) const;
  bool take_reserved(std::string_view name, std::string_view value);

  unsigned status_ = 200;
  bool close_ = false;
  bool is_static_ = false;
  std::string_view static_body_;
  const HeaderBlock* defaults_ = nullptr;
  std::string body_;
  std::string content_type_;
  std::string block_;
  std::vector<StoredField> fields_;
  std::unique_ptr<Stream> stream_;
  std::optional<std::uint64_t> stream_length_;
  std::optional<std::uint64_t> stated_length_;
};

}  // namespace roost::http
