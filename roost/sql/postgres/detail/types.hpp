// PRIVATE: how values look on the wire: parameters out, cells in.
#pragma once

#include <roost/sql/postgres/detail/byte_buffer.hpp>
#include <roost/sql/scratch.hpp>
#include <roost/sql/value.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

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

/// The parameters of one statement as a Bind message carries them. Reusable.
class EncodedParameters {
 public:
  struct Parameter {
    std::string_view bytes;
    bool binary = true;  // else text, for the input function of its type
    bool null = false;
  };

  /// `arrays`: of which types the server takes the parameters to be, when it has said so; else
  /// arrays go as text, from which it finds out. Throws UsageError for a wrong number of values,
  /// InvalidValue for what PostgreSQL cannot store. The result is valid until the next call, and
  /// as long as the values.
  void encode(std::span<const ValueView> values, std::span<const ValueType> declared,
              std::span<const Oid> arrays = {});

  [[nodiscard]] std::span<const Parameter> values() const { return values_; }

 private:
  void encode_one(const ValueView& value, ValueType declared, Oid array);
  /// What stands in the buffer from `start` on.
  void put_in_buffer(std::size_t start, bool binary);
  void put_null();

  static constexpr std::size_t elsewhere = static_cast<std::size_t>(-1);
  struct Place {
    std::size_t offset;  // in the buffer
    std::size_t size;
  };
  ByteBuffer buffer_;
  std::vector<Place> places_;
  std::vector<Parameter> values_;
};

}  // namespace roost::db::postgres::detail
