// What the database has of one row, packed: each column is a byte that says what its value is, and
// the value in as few bytes as its type needs.
#pragma once

#include <roost/orm/metadata.hpp>
#include <roost/sql/value.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace roost::orm::detail {

class Arena;

/// Says where each column stands. What is inherited stands at the same place in the whole family,
/// as a row may turn out to be of another class than was thought.
void lay_out_snapshot(EntityMetadata& entity);

/// Of EntityMetadata::snapshot_size or ::family_snapshot_size bytes; all columns are NULL.
[[nodiscard]] std::byte* make_snapshot(std::uint32_t size, Arena& arena);

/// Copies texts and bytes into the arena. Throws ConversionError for a number that the column's
/// member cannot hold.
void put_snapshot(std::byte* snapshot, const ColumnMetadata& column, const db::ValueView& value,
                  Arena& arena);

/// The same from the member, for a column that is compared quickly.
void put_member(std::byte* snapshot, const ColumnMetadata& column, const std::byte* member,
                Arena& arena);

/// Valid as long as the arena, and until the column is put again.
[[nodiscard]] db::ValueView snapshot_value(const std::byte* snapshot, const ColumnMetadata& column);

/// Where the value of the column stands, or null if it is NULL. Of a column that is compared
/// quickly: its number, in the width of its member (times: 8 bytes), or what snapshot_text reads.
[[nodiscard]] const std::byte* snapshot_bytes(const std::byte* snapshot,
                                              const ColumnMetadata& column);
[[nodiscard]] std::string_view snapshot_text(const std::byte* bytes);

/// Takes the column over from another snapshot of the same row.
void copy_snapshot(std::byte* snapshot, const ColumnMetadata& column, const std::byte* from);

/// A copy of the value whose contents live as long as the arena.
[[nodiscard]] db::ValueView keep(const db::ValueView& value, Arena& arena);

}  // namespace roost::orm::detail
