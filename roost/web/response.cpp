#include <roost/http/response.hpp>
#include <roost/http/set_cookie.hpp>
#include <roost/http/stream.hpp>
#include <roost/json/write.hpp>
#include <roost/web/response.hpp>

#include <memory>

namespace roost {

Response::Response() = default;
Response::Response(int status) : status_{status} {}
Response::Response(Response&&) noexcept = default;
Response& Response::operator=(Response&&) noexcept = default;
Response::~Response() = default;

Response& Response::header(std::string_view name, std::string_view value) & {
  headers_.emplace_back(name, value);
  return *this;
}

Response& Response::cookie(const SetCookie& cookie) & {
  return header("Set-Cookie", cookie.to_string());
}
Response&& Response::cookie(const SetCookie& cookie) && { return std::move(this->cookie(cookie)); }

Response& Response::body(std::string_view media_type, std::string content) & {
  media_type_ = media_type;
  content_ = std::move(content);
  stream_.reset();
  return *this;
}

Response& Response::stream(std::string_view media_type, StreamPointer stream,
                           std::optional<std::uint64_t> length) & {
  media_type_ = media_type;
  content_.clear();
  stream_.reset(stream.release());
  stream_length_ = length;
  return *this;
}

Response&& Response::stream(std::string_view media_type, StreamPointer stream,
                            std::optional<std::uint64_t> length) && {
  return std::move(this->stream(media_type, std::move(stream), length));
}

void Response::write_json(const reflect::TypeDescriptor& type, const void* object) {
  std::string text;
  json::write(type, object, text);
  body("application/json; charset=utf-8", std::move(text));
}

void Response::apply_to(http::Response& response) && {
  if (status_) response.status(static_cast<unsigned>(*status_));
  for (const auto& [name, value] : headers_) response.add_header(name, value);
  if (!media_type_.empty()) response.content_type(media_type_);
  if (stream_) {
    response.stream(StreamPointer{stream_.release()}, stream_length_);
  } else if (!content_.empty() || !media_type_.empty()) {
    response.body() = std::move(content_);
  }
}

}  // namespace roost
