// PRIVATE: how values look on the wire: parameters out, cells in.
#pragma once

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

/// The parameters of one statement in the form that libpq takes. Reusable.
class EncodedParameters {
 public:
  /// Throws UsageError for a wrong number of them, InvalidValue for a text with NUL in it.
  /// The result is valid until the next call, and as long as the values.
  void encode(std::span<const ValueView> values, std::span<const ValueType> declared);

  [[nodiscard]] int count() const { return static_cast<int>(pointers_.size()); }
  [[nodiscard]] const char* const* pointers() const { return pointers_.data(); }
  [[nodiscard]] const int* lengths() const { return lengths_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.data(); }

 private:
  void encode_one(const ValueView& value, ValueType declared);
  void put_in_buffer(std::size_t start, int format);
  void put_null();
  void encode_integer(const ValueView& value, std::size_t width);
  void encode_text(std::string_view text, const ValueView& value);

  std::vector<char> buffer_;
  std::vector<std::ptrdiff_t> offsets_;  // into buffer_; negative: pointers_ is right already
  std::vector<const char*> pointers_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

}  // namespace roost::db::postgres::detail
