// Every way of failing that the probe shows, by name.
#pragma once

#include <string_view>

namespace probe {

/// Throws what `kind` names: "default404" …, "text404", "base", "plain" and the like. An unknown
/// name is a 404.
[[noreturn]] void throw_by_name(std::string_view kind);

}  // namespace probe
