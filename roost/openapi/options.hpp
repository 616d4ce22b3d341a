// What the OpenAPI document says that no code says: title, version, servers.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost {

/// Options of the document. Copy it freely.
class OpenApiOptions {
 public:
  OpenApiOptions();
  explicit OpenApiOptions(std::string_view title);
  OpenApiOptions(const OpenApiOptions& other);
  OpenApiOptions& operator=(const OpenApiOptions& other);
  ~OpenApiOptions();

  OpenApiOptions& title(std::string_view text) {
    title_ = text;
    return *this;
  }
  OpenApiOptions& version(std::string_view text) {
    version_ = text;
    return *this;
  }
  /// Markdown.
  OpenApiOptions& description(std::string_view text) {
    description_ = text;
    return *this;
  }
  /// Where the application is reached; without one, where the document came from. May be given
  /// several times.
  OpenApiOptions& server(std::string_view url, std::string_view about = {});
  /// What a group of routes is about.
  OpenApiOptions& tag(std::string_view name, std::string_view about);
  OpenApiOptions& license(std::string_view name, std::string_view url);

  [[nodiscard]] const std::string& title() const { return title_; }
  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] const std::string& description() const { return description_; }
  [[nodiscard]] const auto& servers() const { return servers_; }
  [[nodiscard]] const auto& tags() const { return tags_; }
  [[nodiscard]] const auto& license() const { return license_; }

 private:
  using Pair = std::pair<std::string, std::string>;

  std::string title_;  // empty: the application's name
  std::string version_ = "1.0.0";
  std::string description_;
  std::vector<Pair> servers_;
  std::vector<Pair> tags_;
  Pair license_;
};

}  // namespace roost
