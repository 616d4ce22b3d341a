// Decompression of what is part of the program.
#pragma once

#include <string>
#include <string_view>

namespace roost::openapi::detail {

/// The contents of a gzip file. Throws roost::Error when it is none.
[[nodiscard]] std::string inflate(std::string_view compressed);

}  // namespace roost::openapi::detail
