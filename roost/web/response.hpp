// An answer as a value, for handlers that decide status, headers or content type themselves.
#pragma once

#include <roost/base/memory_fwd.hpp>
#include <roost/base/owned.hpp>
#include <roost/meta/describe.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost {

class SetCookie;
namespace http {
class Response;
class Stream;
}  // namespace http

/// What a handler returns when a type alone does not say enough:
/// `return Response(201).header("Location", "/cats/3").json(cat);`. Owns what it is given. Without
/// a body the answer has none.
class Response {
 public:
  /// Without a status the route's own is used.
  Response();
  explicit Response(int status);
  Response(Response&&) noexcept;
  Response& operator=(Response&&) noexcept;
  ~Response();

  Response& header(std::string_view name, std::string_view value) &;
  Response&& header(std::string_view name, std::string_view value) && {
    return std::move(header(name, value));
  }

  /// Adds a cookie: `Response(204).cookie(SetCookie("theme", "dark"))`, or takes one away:
  /// `cookie(SetCookie::removal("theme"))`.
  Response& cookie(const SetCookie& cookie) &;
  Response&& cookie(const SetCookie& cookie) &&;

  /// The value as JSON, written at once: changes made to it later do not show.
  template <class T>
  Response& json(const T& value) & {
    write_json(reflect::type_of<T>(), __builtin_addressof(value));
    return *this;
  }
  template <class T>
  Response&& json(const T& value) && {
    return std::move(json(value));
  }

  /// Text or bytes with their media type.
  Response& body(std::string_view media_type, std::string content) &;
  Response&& body(std::string_view media_type, std::string content) && {
    return std::move(body(media_type, std::move(content)));
  }

  /// std::unique_ptr<http::Stream>.
  using StreamPointer = std::unique_ptr<http::Stream, std::default_delete<http::Stream>>;

  /// A body made piece by piece while it is sent; see http::Stream.
  Response& stream(std::string_view media_type, StreamPointer stream,
                   std::optional<std::uint64_t> length = {}) &;
  Response&& stream(std::string_view media_type, StreamPointer stream,
                    std::optional<std::uint64_t> length = {}) &&;

  /// Moves everything into the server's response. Called by the framework, once.
  void apply_to(http::Response& response) &&;

 private:
  void write_json(const reflect::TypeDescriptor& type, const void* object);

  std::optional<int> status_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::string media_type_;
  std::string content_;
  Owned<http::Stream> stream_;
  std::optional<std::uint64_t> stream_length_;
};

}  // namespace roost
