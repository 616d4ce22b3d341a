// PRIVATE: how values look on the wire: parameters out, cells in.
#pragma once

#include <roost/sql/postgres/detail/byte_buffer.hpp>
#include <roost/sql/scratch.hpp>
#include <roost/sql/value.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace roost::db::postgres::detail {

using Oid = unsigned int;

/// What a parameter of this declared type is announced as; 0: the server decides.
[[nodiscard]] Oid oid_of(ValueType declared);

/// How the cells of a column are read, from the column's type.
enum class CellType : std::uint8_t {
  other,  // text form: as text. Binary form: unknown, so such results are asked for as text
  boolean,
  int16,
  int32,
  int64,
  oid,
  float32,
  float64,
  numeric,
  text,
  bytes,
  date,
  time,
  timestamp,
  uuid,
  json,
  jsonb,
  array,
};

[[nodiscard]] CellType cell_type_of(Oid type);
/// Of an array type.
[[nodiscard]] CellType element_type_of(Oid array);

/// Is memory needed to read such cells in binary?
[[nodiscard]] constexpr bool needs_scratch(CellType type) {
  return type == CellType::array || type == CellType::numeric;
}
/// The cell as a value: a view of `bytes`, or of what is decoded into `scratch`, which may be null
/// when it is not needed.
[[nodiscard]] ValueView decode_binary(CellType type, std::string_view bytes, Scratch* scratch);
[[nodiscard]] ValueView decode_text(CellType type, Oid oid, std::string_view text,
                                    Scratch& scratch);

/// Appends the value as a Bind message carries it: its size, then its bytes. True when these are
/// binary; false for text, which the input function of the parameter's type reads. `array`: which
/// type the server takes the parameter to have, if it has said so; else 0, and arrays go as text,
/// from which it finds out. Throws InvalidValue for what PostgreSQL cannot store; then a part may
/// have been appended.
[[nodiscard]] bool append_parameter(ByteBuffer& out, const ValueView& value, ValueType declared,
                                    Oid array);

}  // namespace roost::db::postgres::detail
