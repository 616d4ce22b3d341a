// One SQL value, as a view that owns nothing (ValueView) and as a copy that does (Value): what is
// bound to a statement and what is read from a result.
#pragma once

#include <roost/base/owned.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace roost::db {

/// What a value is to the database. As the declared type of a parameter it decides how PostgreSQL
/// reads it; SQLite stores each one in the form that sqlite/storage.hpp documents.
enum class ValueType : std::uint8_t {
  unknown,  // the database decides from the context; only NULL has this type as a value
  boolean,
  int16,
  int32,
  int64,
  float32,
  float64,
  decimal,  // exact decimal text
  text,     // UTF-8 without NUL; also enumerations. PostgreSQL reads it as whatever the context
            // asks for (varchar, a native enum, citext …), unless the statement casts it
  bytes,
  date,         // days since 1970-01-01
  time,         // microseconds since midnight
  timestamp,    // microseconds since 1970-01-01T00:00:00Z
  uuid,         // 16 bytes
  json,         // JSON text
  array,        // elements of one type, each one possibly NULL
  result_cell,  // only in a Batch: the value of a cell that an earlier statement of it will return
};

/// "integer", "text", … for messages and dumps.
[[nodiscard]] std::string_view name_of(ValueType type);

/// Where a ValueType::result_cell finds its value: row and column of the result of a statement
/// that stands earlier in the same Batch.
struct ResultCell {
  std::uint32_t statement = 0;
  std::uint32_t row = 0;
  std::uint16_t column = 0;
};

/// A value that lives elsewhere; 16 bytes, trivially copyable. Whoever makes one from text, bytes,
/// a UUID or elements keeps these alive: a parameter until the awaited operation is done, a
/// result's value is valid as long as the Result.
class ValueView {
 public:
  /// NULL of unknown type.
  constexpr ValueView() = default;

  /// NULL that still says which type it is, so that `$1` has a type on PostgreSQL.
  [[nodiscard]] static constexpr ValueView null(ValueType type = ValueType::unknown) {
    return ValueView{type};
  }
  [[nodiscard]] static constexpr ValueView boolean(bool value) {
    return from_integer(ValueType::boolean, value ? 1 : 0);
  }
  [[nodiscard]] static constexpr ValueView int16(std::int16_t value) {
    return from_integer(ValueType::int16, value);
  }
  [[nodiscard]] static constexpr ValueView int32(std::int32_t value) {
    return from_integer(ValueType::int32, value);
  }
  [[nodiscard]] static constexpr ValueView int64(std::int64_t value) {
    return from_integer(ValueType::int64, value);
  }
  [[nodiscard]] static constexpr ValueView float32(float value) {
    return from_floating(ValueType::float32, static_cast<double>(value));
  }
  [[nodiscard]] static constexpr ValueView float64(double value) {
    return from_floating(ValueType::float64, value);
  }
  /// `digits` as in "-12.50": an optional sign, digits, an optional fraction; not checked here.
  [[nodiscard]] static constexpr ValueView decimal(std::string_view digits) {
    return from_bytes(ValueType::decimal, digits.data(), digits.size());
  }
  [[nodiscard]] static constexpr ValueView text(std::string_view value) {
    return from_bytes(ValueType::text, value.data(), value.size());
  }
  [[nodiscard]] static constexpr ValueView json(std::string_view value) {
    return from_bytes(ValueType::json, value.data(), value.size());
  }
  [[nodiscard]] static ValueView bytes(std::span<const std::byte> value) {
    return from_bytes(ValueType::bytes, reinterpret_cast<const char*>(value.data()), value.size());
  }
  [[nodiscard]] static ValueView uuid(const std::uint8_t (&bytes)[16]) {
    return from_bytes(ValueType::uuid, reinterpret_cast<const char*>(&bytes[0]), 16);
  }
  /// `bytes` points at 16 of them.
  [[nodiscard]] static ValueView uuid(const std::uint8_t* bytes) {
    return from_bytes(ValueType::uuid, reinterpret_cast<const char*>(bytes), 16);
  }
  [[nodiscard]] static constexpr ValueView date(std::int64_t days_since_epoch) {
    return from_integer(ValueType::date, days_since_epoch);
  }
  [[nodiscard]] static constexpr ValueView time(std::int64_t microseconds_since_midnight) {
    return from_integer(ValueType::time, microseconds_since_midnight);
  }
  [[nodiscard]] static constexpr ValueView timestamp(std::int64_t microseconds_since_epoch) {
    return from_integer(ValueType::timestamp, microseconds_since_epoch);
  }
  /// Elements of type `element`, or NULL, or result cells.
  [[nodiscard]] static constexpr ValueView array(ValueType element,
                                                 std::span<const ValueView> elements) {
    ValueView view{ValueType::array};
    view.payload_.elements = elements.data();
    view.size_ = checked_size(elements.size());
    view.element_ = element;
    view.flags_ = 0;
    return view;
  }
  /// Stands for a cell of an earlier statement of the same Batch: a generated key, for instance.
  /// The driver fetches it before it sends the statement that needs it.
  [[nodiscard]] static constexpr ValueView result_cell(ResultCell cell) {
    ValueView view{ValueType::result_cell};
    view.payload_.integer =
        static_cast<std::int64_t>((std::uint64_t{cell.statement} << 32U) | cell.row);
    view.size_ = cell.column;
    view.flags_ = 0;
    return view;
  }

  [[nodiscard]] constexpr ValueType type() const { return type_; }
  [[nodiscard]] constexpr bool is_null() const { return (flags_ & null_flag) != 0; }

  /// The same value, shown as "<redacted>" by the statement log and by error messages.
  [[nodiscard]] constexpr ValueView as_secret() const {
    ValueView view = *this;
    view.flags_ |= secret_flag;
    return view;
  }
  [[nodiscard]] constexpr bool is_secret() const { return (flags_ & secret_flag) != 0; }

  /// The payload, unchecked: the caller has looked at `type()` and `is_null()`.
  /// For boolean (0, 1), the integers, date, time and timestamp.
  [[nodiscard]] constexpr std::int64_t integer() const { return payload_.integer; }
  /// For float32 and float64.
  [[nodiscard]] constexpr double floating() const { return payload_.floating; }
  /// For text, decimal, json, bytes and uuid.
  [[nodiscard]] constexpr std::string_view characters() const { return {payload_.data, size_}; }
  [[nodiscard]] std::span<const std::byte> as_bytes() const {
    return {reinterpret_cast<const std::byte*>(payload_.data), size_};
  }
  [[nodiscard]] constexpr ValueType element_type() const { return element_; }
  [[nodiscard]] constexpr std::span<const ValueView> elements() const {
    return {payload_.elements, size_};
  }
  [[nodiscard]] constexpr ResultCell cell() const {
    const auto packed = static_cast<std::uint64_t>(payload_.integer);
    return {static_cast<std::uint32_t>(packed >> 32U), static_cast<std::uint32_t>(packed),
            static_cast<std::uint16_t>(size_)};
  }

 private:
  static constexpr std::uint8_t null_flag = 1;
  static constexpr std::uint8_t secret_flag = 2;

  union Payload {
    std::int64_t integer = 0;
    double floating;
    const char* data;
    const ValueView* elements;
  };

  constexpr explicit ValueView(ValueType type) : type_{type} {}
  static constexpr std::uint32_t checked_size(std::size_t size) {
    if (size > UINT32_MAX) throw_too_large(size);
    return static_cast<std::uint32_t>(size);
  }
  [[noreturn]] static void throw_too_large(std::size_t size);
  static constexpr ValueView from_integer(ValueType type, std::int64_t value) {
    ValueView view{type};
    view.payload_.integer = value;
    view.flags_ = 0;
    return view;
  }
  static constexpr ValueView from_floating(ValueType type, double value) {
    ValueView view{type};
    view.payload_.floating = value;
    view.flags_ = 0;
    return view;
  }
  static constexpr ValueView from_bytes(ValueType type, const char* data, std::size_t size) {
    ValueView view{type};
    view.payload_.data = data;
    view.size_ = checked_size(size);
    view.flags_ = 0;
    return view;
  }

  Payload payload_{};
  std::uint32_t size_ = 0;
  ValueType type_ = ValueType::unknown;
  ValueType element_ = ValueType::unknown;
  std::uint8_t flags_ = null_flag;
};

/// Equal type, nullness and content; secrecy does not count. NULLs of one type are equal here.
[[nodiscard]] bool operator==(const ValueView& a, const ValueView& b);

/// Appends the value as a person would write it in SQL (`'text'`, `42`, `NULL`, `X'00ff'`), texts
/// cut after `longest` characters. For logs and messages; never for SQL that is sent.
void append_readable(const ValueView& value, std::string& out, std::size_t longest = 120);
[[nodiscard]] std::string to_readable(const ValueView& value, std::size_t longest = 120);

/// A value with its own copy of text, bytes and elements in one block. Copyable, movable.
class Value {
 public:
  Value() = default;
  explicit Value(const ValueView& value);
  Value(const Value& other) : Value{other.view_} {}
  Value(Value&& other) noexcept
      : view_{other.view_}, storage_{static_cast<Owned<std::byte[]>&&>(other.storage_)} {
    other.view_ = ValueView{};
  }
  Value& operator=(Value other) noexcept {
    view_ = other.view_;
    storage_.swap(other.storage_);
    return *this;
  }
  ~Value() = default;

  /// Valid as long as this object is neither moved from, assigned nor destroyed.
  [[nodiscard]] const ValueView& view() const { return view_; }

  friend bool operator==(const Value& a, const Value& b) { return a.view_ == b.view_; }

 private:
  ValueView view_;
  Owned<std::byte[]> storage_;
};

}  // namespace roost::db
