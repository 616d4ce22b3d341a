// Whether a text is JSON, without building anything.
#pragma once

#include <string_view>

namespace roost::validation::detail {

/// The text is one JSON object or array, as deep as it likes; names may repeat.
[[nodiscard]] bool is_json_container(std::string_view text);

}  // namespace roost::validation::detail
