// Versions of routes: the annotation that names them, and where requests say which one they want.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace roost {

namespace http {
class Request;
}

/// The versions in which a route or controller exists. Without effect until the application has
/// versioning.
class RouteVersions {
 public:
  static constexpr std::size_t most = 8;

  constexpr RouteVersions() = default;

  /// Also for requests that name no version, or another one that no route has for this path.
  [[nodiscard]] constexpr RouteVersions neutral() const {
    RouteVersions copy = *this;
    copy.neutral_ = true;
    return copy;
  }
  [[nodiscard]] constexpr RouteVersions with(std::string_view version) const {
    if (count_ == most) throw "version: at most eight versions";
    if (version.empty()) throw "version: a text is expected";
    for (const char c : version) {
      const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                         (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
      if (!plain) throw "version: letters, digits, '.', '-' and '_' are expected";
    }
    RouteVersions copy = *this;
    copy.names_[copy.count_++] = version;
    return copy;
  }

  [[nodiscard]] constexpr bool is_neutral() const { return neutral_; }
  [[nodiscard]] constexpr std::size_t size() const { return count_; }
  [[nodiscard]] constexpr std::string_view operator[](std::size_t i) const { return names_[i]; }

 private:
  std::array<std::string_view, most> names_{};
  std::size_t count_ = 0;
  bool neutral_ = false;
};

/// Annotation of a route or controller: `get<&Cats::find_all>(version("1", "2"))`. Of a route and
/// its controller the route's counts. The texts must outlive the program (literals).
template <class... Text>
constexpr RouteVersions version(std::string_view first, const Text&... more) {
  RouteVersions versions = RouteVersions{}.with(first);
  ((versions = versions.with(more)), ...);
  return versions;
}
/// Annotation: in every version, and in none.
inline constexpr RouteVersions version_neutral = RouteVersions{}.neutral();

/// How requests of an application say which version of a route they want.
class Versioning {
 public:
  enum class Place : std::uint8_t { uri, header, media_type, custom };
  /// Reads the version out of a request; empty for none. The text lives as long as the request.
  using Reader = std::string_view (*)(const http::Request& request);

  /// As the first segment of the path behind the global prefix: "/v1/cats".
  [[nodiscard]] static Versioning uri(std::string_view letter = "v") {
    return Versioning{Place::uri, letter};
  }
  /// In a header of this name: "X-Version: 1".
  [[nodiscard]] static Versioning header(std::string_view name) {
    return Versioning{Place::header, name};
  }
  /// As a parameter of what the client accepts: "Accept: application/json;v=1".
  [[nodiscard]] static Versioning media_type(std::string_view parameter = "v") {
    return Versioning{Place::media_type, parameter};
  }
  /// Anywhere else.
  [[nodiscard]] static Versioning custom(Reader reader) {
    Versioning versioning{Place::custom, {}};
    versioning.reader_ = reader;
    return versioning;
  }

  /// The version of routes that name none; without one they are neutral.
  Versioning& default_version(std::string_view version) {
    default_version_ = version;
    return *this;
  }

  [[nodiscard]] Place place() const { return place_; }
  /// The letter, header or parameter.
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] Reader reader() const { return reader_; }
  [[nodiscard]] const std::string& default_version() const { return default_version_; }

 private:
  Versioning(Place place, std::string_view name) : place_{place}, name_{name} {}

  Place place_;
  std::string name_;
  Reader reader_ = nullptr;
  std::string default_version_;
};

}  // namespace roost
