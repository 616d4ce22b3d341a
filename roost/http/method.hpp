// Request methods as an enum, their names, and small sets of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace roost::http {

/// The methods that Roost knows by name; anything else is `other` (its text is in the request).
/// Upper case, as on the wire.
enum class Method : std::uint8_t {
  GET,
  HEAD,
  POST,
  PUT,
  DELETE,
  PATCH,
  OPTIONS,
  QUERY,
  SEARCH,
  PROPFIND,
  PROPPATCH,
  MKCOL,
  COPY,
  MOVE,
  LOCK,
  UNLOCK,
  TRACE,
  CONNECT,
  other,
};

/// Number of enumerators of Method.
inline constexpr std::size_t method_count = static_cast<std::size_t>(Method::other) + 1;

/// "GET" …; "other" for Method::other.
[[nodiscard]] std::string_view to_string(Method method) noexcept;

/// Methods are case-sensitive: "get" is Method::other.
[[nodiscard]] Method parse_method(std::string_view text) noexcept;

/// A set of methods, as the Allow header lists them. A plain value.
class MethodSet {
 public:
  constexpr void add(Method method) { bits_ |= bit(method); }
  constexpr void add(MethodSet other) { bits_ |= other.bits_; }
  [[nodiscard]] constexpr bool contains(Method method) const { return (bits_ & bit(method)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  /// "GET, HEAD, POST", in the order of the enum; `other` is left out.
  [[nodiscard]] std::string to_string() const;

  friend constexpr bool operator==(MethodSet, MethodSet) = default;

 private:
  static constexpr std::uint32_t bit(Method method) {
    return std::uint32_t{1} << static_cast<std::uint32_t>(method);
  }
  std::uint32_t bits_ = 0;
};

}  // namespace roost::http
