// Names of components: letters, digits, dots, hyphens and underscores only.
#pragma once

#include <string>
#include <string_view>

namespace roost::openapi::detail {

/// "Page<app::Cat>" → "PageCat", "Pick<Cat, &Cat::name>" → "PickCatName". With `qualified`,
/// namespaces stay, with dots: "app.Cat".
[[nodiscard]] std::string component_name(std::string_view type_name, bool qualified);

}  // namespace roost::openapi::detail
