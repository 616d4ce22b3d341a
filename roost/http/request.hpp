// A request as handlers see it: views into the connection's buffer plus an arena of its own.
#pragma once

#include <roost/base/type_name.hpp>
#include <roost/http/fields.hpp>
#include <roost/http/method.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost::http {

/// An HTTP request, its body read completely. Every view handed out lives until the response has
/// been written. Belongs to one connection and one thread; neither copied nor moved. Servers reuse
/// one object for many requests (`reset`), so that a request in steady state allocates nothing.
class Request {
 public:
  /// A route may have this many parameters at most.
  static constexpr std::size_t max_path_parameters = 16;

  Request();
  ~Request();
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  [[nodiscard]] Method method() const { return method_; }
  /// The method as sent, also for methods that Roost does not know.
  [[nodiscard]] std::string_view method_text() const { return method_text_; }
  /// The request target as sent ("/cats?page=2").
  [[nodiscard]] std::string_view target() const { return target_; }
  /// The path with its percent escapes decoded, except %2F and %25, which stay as they are: a
  /// slash in this text always separates segments. Valid UTF-8, no NUL, no "." or ".." segment.
  [[nodiscard]] std::string_view path() const { return path_; }
  /// The path as sent.
  [[nodiscard]] std::string_view raw_path() const { return raw_path_; }
  /// "example.org:8080" of a target like "http://example.org:8080/cats"; null for other targets.
  [[nodiscard]] std::string_view authority() const { return authority_; }
  /// What follows the first "?", as sent; empty if there is none.
  [[nodiscard]] std::string_view query() const { return query_; }
  /// 0 or 1, for HTTP/1.0 and HTTP/1.1.
  [[nodiscard]] int minor_version() const { return minor_version_; }

  /// All header fields in the order sent.
  [[nodiscard]] std::span<const Field> headers() const { return headers_; }
  /// The first header field of this name (in any case).
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const {
    return find_field_ignoring_case(headers_, name);
  }

  /// The decoded pairs of the query string, in order, parsed at the first call: "+" and %20 are
  /// spaces, invalid escapes stay literally, invalid UTF-8 becomes U+FFFD.
  [[nodiscard]] std::span<const Field> query_parameters();
  [[nodiscard]] std::optional<std::string_view> query_parameter(std::string_view name) {
    return find_field(query_parameters(), name);
  }

  /// The cookies of all Cookie headers, in order, parsed at the first call; values percent-decoded.
  [[nodiscard]] std::span<const Field> cookies();
  [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) {
    return find_field(cookies(), name);
  }

  /// The whole body, decoded from chunks if it came in chunks.
  [[nodiscard]] std::string_view body() const { return body_; }

  /// Parameters of the matched route, decoded, in the order of the pattern.
  [[nodiscard]] std::span<const Field> path_parameters() const {
    return {path_parameters_.data(), path_parameter_count_};
  }
  [[nodiscard]] std::optional<std::string_view> path_parameter(std::string_view name) const {
    return find_field(path_parameters(), name);
  }

  /// Address of the peer of the connection ("127.0.0.1", "::1"); empty without a connection.
  [[nodiscard]] std::string_view remote_address() const { return remote_address_; }
  [[nodiscard]] std::uint16_t remote_port() const { return remote_port_; }
  /// True over TLS.
  [[nodiscard]] bool secure() const { return secure_; }

  /// Identifies the request in logs. Unique per process unless `assign_id` set it from outside.
  [[nodiscard]] std::string_view id();

  /// Memory that is freed as a whole when the response has been written.
  [[nodiscard]] std::pmr::memory_resource& arena() { return arena_; }
  /// Copies `text` into the arena.
  [[nodiscard]] std::string_view keep(std::string_view text);

  /// Creates the request's only T, in its arena; destroyed (last created first) when the response
  /// has been written. For what middleware and guards hand on: a user, a session, a trace.
  template <class T, class... Args>
  T& emplace_extension(Args&&... args) {
    void* place = arena_.allocate(sizeof(T), alignof(T));
    T* extension = ::new (place) T(std::forward<Args>(args)...);
    add_extension(TypeId::of<T>(), extension, [](void* t) { static_cast<T*>(t)->~T(); });
    return *extension;
  }
  /// Attaches an object that the caller keeps alive until the response has been written.
  template <class T>
  void attach_extension(T& extension) {
    add_extension(TypeId::of<T>(), &extension, nullptr);
  }
  /// The T last created or attached, or null.
  template <class T>
  [[nodiscard]] T* extension() const {
    return static_cast<T*>(find_extension(TypeId::of<T>()));
  }

  // For servers, routers and tests. Texts are kept as views: they must outlive the request.

  /// Forgets everything, keeps memory for the next request.
  void reset();
  void assign_method(Method method) {
    method_ = method;
    method_text_ = to_string(method);
  }
  void assign_method(std::string_view text) {
    method_ = parse_method(text);
    method_text_ = text;
  }
  /// Takes apart "/path?query", "http://host/path?query" or "*". False if the target is refused:
  /// not one of these forms, a bad escape, %00, invalid UTF-8, a "." or ".." segment.
  [[nodiscard]] bool assign_target(std::string_view target);
  void assign_minor_version(int version) { minor_version_ = version; }
  void add_header(std::string_view name, std::string_view value) {
    headers_.push_back({name, value});
  }
  /// Gives all fields of this name another value.
  void replace_header(std::string_view name, std::string_view value);
  void assign_body(std::string_view body) { body_ = body; }
  void assign_remote(std::string_view address, std::uint16_t port, bool secure) {
    remote_address_ = address;
    remote_port_ = port;
    secure_ = secure;
  }
  /// Copied.
  void assign_id(std::string_view id) { id_ = id; }
  /// Sets the next path parameter; `value` as in `path()`, decoded here.
  void add_path_parameter(std::string_view name, std::string_view value);
  void clear_path_parameters() { path_parameter_count_ = 0; }
  /// Moves all views from a buffer at `from` to one at `to` that has the same contents.
  void rebase(const char* from, std::size_t size, const char* to);

 private:
  struct Extension {
    TypeId type;
    void* object;
    void (*destroy)(void*);
  };

  void add_extension(TypeId type, void* object, void (*destroy)(void*));
  [[nodiscard]] void* find_extension(TypeId type) const;
  void destroy_extensions();
  [[nodiscard]] bool decode_path();

  Method method_ = Method::GET;
  int minor_version_ = 1;
  bool secure_ = false;
  bool query_parsed_ = false;
  bool cookies_parsed_ = false;
  std::uint16_t remote_port_ = 0;
  std::string_view method_text_ = "GET";
  std::string_view target_;
  std::string_view raw_path_;
  std::string_view path_;
  std::string_view query_;
  std::string_view authority_;
  std::string_view body_;
  std::string_view remote_address_;
  std::vector<Field> headers_;
  std::vector<Field> query_parameters_;
  std::vector<Field> cookies_;
  std::size_t path_parameter_count_ = 0;
  std::array<Field, max_path_parameters> path_parameters_{};
  std::vector<Extension> extensions_;
  std::string id_;
  std::uint64_t id_state_ = 0;
  alignas(std::max_align_t) std::array<std::byte, 4096> first_block_;
  std::pmr::monotonic_buffer_resource arena_;
};

/// The request that the code which runs now handles, also after a `co_await`; null elsewhere: in
/// spawned tasks, posted functions and on other threads (`run_blocking`).
[[nodiscard]] Request* current_request() noexcept;

}  // namespace roost::http
