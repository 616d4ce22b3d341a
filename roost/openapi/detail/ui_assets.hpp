// The files of the docs page, which the build makes part of the library.
#pragma once

#include <span>
#include <string_view>

namespace roost::openapi::detail {

struct UiAsset {
  std::string_view name;
  std::string_view media_type;
  std::string_view compressed;  // gzip
};

/// Empty when the library was built without npm.
[[nodiscard]] std::span<const UiAsset> ui_assets();

}  // namespace roost::openapi::detail
