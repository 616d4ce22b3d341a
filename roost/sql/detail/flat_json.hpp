// JSON arrays of scalars: how SQLite keeps arrays.
#pragma once

#include <roost/sql/scratch.hpp>
#include <roost/sql/value.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace roost::db::detail {

/// The elements of `[1, "a", null, true, 2.5]`; texts are unescaped into `scratch`. No value when
/// the text is no JSON array, or has an object or an array in it.
[[nodiscard]] std::optional<std::vector<ValueView>> parse_flat_json(std::string_view text,
                                                                    Scratch& scratch);

}  // namespace roost::db::detail
