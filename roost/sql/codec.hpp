// How C++ types become SQL values and back, derived from their descriptors.
//
//   bool; std::int16_t, std::int32_t, std::int64_t and smaller and unsigned ones; float, double
//   Decimal; std::string; std::vector<std::byte> (bytes); Date, TimeOfDay, Timestamp; Uuid
//   JsonText (JSON as text); enumerations (by name, as text); other classes with a text form
//   std::optional<T> (NULL); std::vector<T> and other sequences of these (arrays)
//
// A value that does not fit (an integer out of range, an unknown enumerator, a NULL where no
// optional stands) is a ConversionError, never a silent default.
#pragma once

#include <roost/meta/describe.hpp>
#include <roost/sql/result.hpp>
#include <roost/sql/scratch.hpp>
#include <roost/sql/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace roost::db {

using Bytes = std::vector<std::byte>;

/// JSON that is bound and read as it is: jsonb on PostgreSQL, text on SQLite. Not checked here.
struct JsonText {
  JsonText() = default;
  explicit JsonText(std::string text_) : text{std::move(text_)} {}
  [[nodiscard]] static std::optional<JsonText> parse(std::string_view text);
  void append_to(std::string& out) const { out += text; }

  std::string text;
  friend bool operator==(const JsonText&, const JsonText&) = default;
};

/// Binds and reads objects of one C++ type. A value of a few words; look it up once per column and
/// keep it: the ORM's plans are arrays of these with offsets.
class Codec {
 public:
  using Bind = ValueView (*)(const Codec& codec, const void* object, Scratch& scratch);
  using Read = void (*)(const Codec& codec, const ValueView& value, void* object);

  Codec() = default;
  Codec(ValueType type, const reflect::TypeDescriptor* descriptor, Bind binder, Read reader)
      : type_{type}, bind_{binder}, read_{reader}, descriptor_{descriptor} {}

  /// As what it is bound: the declared type of the parameter.
  [[nodiscard]] ValueType type() const { return type_; }
  [[nodiscard]] bool nullable() const { return optional_ != nullptr; }
  /// The described type, without std::optional around it.
  [[nodiscard]] const reflect::TypeDescriptor* descriptor() const { return descriptor_; }

  /// A view of the object, or of its encoded form in `scratch`.
  [[nodiscard]] ValueView bind(const void* object, Scratch& scratch) const {
    return optional_ == nullptr ? bind_(*this, object, scratch) : bind_optional(object, scratch);
  }
  /// Overwrites the object. Throws ConversionError without naming the column; callers add it.
  void read(const ValueView& value, void* object) const {
    if (optional_ == nullptr && !value.is_null()) return read_(*this, value, object);
    read_optional(value, object);
  }

 private:
  friend Codec codec_of(const reflect::TypeDescriptor& type);
  [[nodiscard]] ValueView bind_optional(const void* object, Scratch& scratch) const;
  void read_optional(const ValueView& value, void* object) const;

  ValueType type_ = ValueType::unknown;
  Bind bind_ = nullptr;
  Read read_ = nullptr;
  const reflect::TypeDescriptor* descriptor_ = nullptr;
  const reflect::OptionalDetails* optional_ = nullptr;
};

/// The codec of a described type. Throws UsageError for one that is no SQL value: a struct, a map,
/// a variant (store these as JSON).
[[nodiscard]] Codec codec_of(const reflect::TypeDescriptor& type);

/// The codec of T, made once.
template <class T>
[[nodiscard]] const Codec& codec() {
  static const Codec made = codec_of(reflect::type_of<T>());
  return made;
}

/// Reads one cell. Throws ConversionError, which names column and row.
void read_cell(const Row& row, std::size_t column, const Codec& codec, void* object);

template <class T>
T Row::get(std::size_t column) const {
  static_cast<void>((*this)[column]);
  T value{};
  read_cell(*this, column, codec<T>(), &value);
  return value;
}
template <class T>
T Row::get(std::string_view column) const {
  for (std::size_t i = 0; i < size(); ++i) {
    if (storage().column_name(i) == column) return get<T>(i);
  }
  static_cast<void>((*this)[column]);  // throws
  return T{};
}

/// Which column fills which field of a struct; made once per result.
class StructReader {
 public:
  /// Matches columns with fields by name (of the C++ member). Throws ConversionError when a column
  /// has no field, or a field that is neither optional nor has a default has no column.
  StructReader(const reflect::TypeDescriptor& type, const Result& result);
  void read(const Row& row, void* object) const;

 private:
  struct Cell {
    std::size_t column;
    std::size_t offset;
    Codec codec;
  };
  std::vector<Cell> cells_;
};

}  // namespace roost::db
