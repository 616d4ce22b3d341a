// Header fields and bodies of responses.
#include <roost/base/error.hpp>
#include <roost/http/detail/characters.hpp>
#include <roost/http/fields.hpp>
#include <roost/http/response.hpp>
#include <roost/http/stream.hpp>

#include <algorithm>
#include <charconv>

namespace roost::http {

namespace {

// What a body buffer may keep for the next response; a rare huge answer must not stay in memory.
constexpr std::size_t kept_capacity = std::size_t{64} * 1024;

void check_value(std::string_view name, std::string_view value) {
  if (detail::all_in(value, detail::in_value)) return;
  throw Error("Response: the value of header '" + std::string(name) +
              "' has a control character; encode it first.");
}

void check_name(std::string_view name) {
  if (!name.empty() && detail::all_in(name, detail::in_token)) return;
  throw Error("Response: '" + std::string(name) + "' is no header name.");
}

}  // namespace

HeaderBlock& HeaderBlock::add(std::string_view name, std::string_view value) {
  check_name(name);
  check_value(name, value);
  entries_.push_back({std::string(name), std::string(value)});
  text_.append(name).append(": ").append(value).append("\r\n");
  return *this;
}

Response::Response() = default;
Response::~Response() = default;

Response& Response::status(unsigned status) {
  if (status < 100 || status > 999) {
    throw Error("Response::status: " + std::to_string(status) + " is no HTTP status (100 to 999).");
  }
  status_ = status;
  return *this;
}

// Fields that frame the message belong to the server: a handler that could set them could
// desynchronise the connection.
bool Response::take_reserved(std::string_view name, std::string_view value) {
  if (equal_ignoring_case(name, "Content-Type")) {
    content_type(value);
    return true;
  }
  if (equal_ignoring_case(name, "Connection")) {
    if (list_contains(value, "close")) close_ = true;
    return true;
  }
  if (equal_ignoring_case(name, "Content-Length")) {
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (error == std::errc{} && end == value.data() + value.size()) stated_length_ = length;
    return true;
  }
  return equal_ignoring_case(name, "Transfer-Encoding") || equal_ignoring_case(name, "Date");
}

Response& Response::header(std::string_view name, std::string_view value) {
  check_name(name);
  check_value(name, value);
  if (take_reserved(name, value)) return *this;
  remove_header(name);
  return add_header(name, value);
}

Response& Response::add_header(std::string_view name, std::string_view value) {
  check_name(name);
  check_value(name, value);
  if (take_reserved(name, value)) return *this;
  fields_.push_back({static_cast<std::uint32_t>(block_.size()),
                     static_cast<std::uint32_t>(name.size()),
                     static_cast<std::uint32_t>(value.size())});
  block_.append(name).append(": ").append(value).append("\r\n");
  return *this;
}

Response& Response::remove_header(std::string_view name) {
  if (equal_ignoring_case(name, "Content-Type")) content_type_.clear();
  for (std::size_t i = fields_.size(); i-- > 0;) {
    if (!equal_ignoring_case(name_of(fields_[i]), name)) continue;
    const std::uint32_t size = fields_[i].name_size + fields_[i].value_size + 4;
    block_.erase(fields_[i].begin, size);
    fields_.erase(fields_.begin() + static_cast<std::ptrdiff_t>(i));
    for (std::size_t later = i; later < fields_.size(); ++later) fields_[later].begin -= size;
  }
  return *this;
}

std::optional<std::string_view> Response::header(std::string_view name) const {
  if (!content_type_.empty() && equal_ignoring_case(name, "Content-Type")) return content_type_;
  for (const StoredField& field : fields_) {
    if (equal_ignoring_case(name_of(field), name)) return value_of(field);
  }
  return std::nullopt;
}

Response& Response::content_type(std::string_view type) {
  check_value("Content-Type", type);
  content_type_ = type;
  return *this;
}

std::string& Response::body() {
  is_static_ = false;
  if (stream_) stream_.reset();
  return body_;
}

Response& Response::static_body(std::string_view text) {
  body().clear();
  static_body_ = text;
  is_static_ = true;
  return *this;
}

Response& Response::stream(std::unique_ptr<Stream> stream, std::optional<std::uint64_t> length) {
  body().clear();
  stream_ = std::move(stream);
  stream_length_ = length;
  return *this;
}

std::unique_ptr<Stream> Response::take_stream() { return std::move(stream_); }

Response& Response::clear_body() {
  body().clear();
  content_type_.clear();
  stated_length_.reset();
  return *this;
}

Response& Response::redirect(std::string_view location, unsigned status) {
  this->status(status);
  return header("Location", location);
}

bool Response::has_own(std::string_view name) const {
  return std::any_of(fields_.begin(), fields_.end(), [&](const StoredField& field) {
    return equal_ignoring_case(name_of(field), name);
  });
}

void Response::append_default_headers(std::string& out) const {
  if (defaults_ == nullptr) return;
  if (fields_.empty()) {
    out += defaults_->text();
    return;
  }
  visit_defaults([&](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
  });
}

void Response::reset() {
  status_ = 200;
  close_ = false;
  is_static_ = false;
  body_.clear();
  if (body_.capacity() > kept_capacity) body_.shrink_to_fit();
  content_type_.clear();
  block_.clear();
  fields_.clear();
  defaults_ = nullptr;
  if (stream_) stream_.reset();
  stream_length_.reset();
  stated_length_.reset();
}

}  // namespace roost::http
