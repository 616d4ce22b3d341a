// Cursors: the values by which the rows of a page are sorted, as text.
#pragma once

#include <roost/sql/value.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace roost::orm::detail {

[[nodiscard]] std::string encode_cursor(std::span<const db::ValueView> values);
/// Throws CursorError unless it is a cursor of `count` values.
[[nodiscard]] std::vector<db::Value> decode_cursor(std::string_view cursor, std::size_t count);

}  // namespace roost::orm::detail
