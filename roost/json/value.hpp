// Any JSON value: what a program works with when no type describes the data.
#pragma once

#include <roost/base/error.hpp>
#include <roost/json/issues.hpp>
#include <roost/meta/type_info.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace roost::json {

class Value;
struct Member;

enum class ValueKind : std::uint8_t { null, boolean, int64, uint64, number, string, array, object };

/// "null", "boolean", "integer", "integer", "number", "string", "array", "object".
[[nodiscard]] std::string_view to_string(ValueKind kind);

/// A Value was asked for something that it does not hold. The message names the path from the value
/// that was asked.
class ValueError : public Error {
 public:
  using Error::Error;
};

/// The members of a JSON object in their order; each name once. Looking up is linear.
class Object {
 public:
  Object() noexcept;
  Object(const Object& other);
  Object(Object&& other) noexcept;
  Object& operator=(const Object& other);
  Object& operator=(Object&& other) noexcept;
  ~Object();

  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] const Member* begin() const noexcept;
  [[nodiscard]] const Member* end() const noexcept;
  /// Change values through these, not names.
  [[nodiscard]] Member* begin() noexcept;
  [[nodiscard]] Member* end() noexcept;

  /// The member's value, or null.
  [[nodiscard]] const Value* find(std::string_view name) const noexcept;
  [[nodiscard]] Value* find(std::string_view name) noexcept;
  /// Replaces the member's value, or appends a new member; returns the value in its place.
  Value& set(std::string_view name, Value value);
  /// False when there was no such member.
  bool erase(std::string_view name);

 private:
  friend class Value;
  friend struct ValueBuilder;

  std::vector<Member> members_;
};

/// One JSON value; owns all below it. Integers are exact from -2^63 to 2^64-1: `int64` where they
/// fit, `uint64` above; other numbers are doubles. Copies are deep. Like a container: readable from
/// several threads while nobody changes it.
class Value {
 public:
  using Array = std::vector<Value>;

  Value() noexcept {}  // null; a constructor of its own, for temporaries in coroutines
  Value(std::nullptr_t) noexcept {}
  template <class B>
  requires std::same_as<B, bool> Value(B value)
  noexcept : kind_{ValueKind::boolean} { boolean_ = value; }
  template <class I>
  requires(std::integral<I> && !std::same_as<I, bool>) Value(I value)
  noexcept {
    if constexpr (std::is_signed_v<I>) {
      set_integer(static_cast<std::int64_t>(value));
    } else {
      set_integer(static_cast<std::uint64_t>(value));
    }
  }
  Value(char) = delete;  // a character is neither a number nor a text
  Value(double value) noexcept : kind_{ValueKind::number} { number_ = value; }
  Value(std::string value) noexcept;
  Value(std::string_view value);
  Value(const char* value);
  Value(Array value) noexcept;
  Value(Object value) noexcept;

  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value() {
    if (kind_ >= ValueKind::string) destroy();
  }

  /// `Value::array(1, "two", nullptr)`.
  template <class... Element>
  [[nodiscard]] static Value array(Element&&... elements);
  /// An empty object, to be filled: `Value::object().set("name", "Tom").set("age", 3)`.
  [[nodiscard]] static Value object();

  [[nodiscard]] ValueKind kind() const noexcept { return kind_; }
  [[nodiscard]] bool is_null() const noexcept { return kind_ == ValueKind::null; }
  [[nodiscard]] bool is_boolean() const noexcept { return kind_ == ValueKind::boolean; }
  [[nodiscard]] bool is_integer() const noexcept {
    return kind_ == ValueKind::int64 || kind_ == ValueKind::uint64;
  }
  [[nodiscard]] bool is_number() const noexcept {
    return is_integer() || kind_ == ValueKind::number;
  }
  [[nodiscard]] bool is_string() const noexcept { return kind_ == ValueKind::string; }
  [[nodiscard]] bool is_array() const noexcept { return kind_ == ValueKind::array; }
  [[nodiscard]] bool is_object() const noexcept { return kind_ == ValueKind::object; }

  // Each throws ValueError when the value is of another kind, or when the number does not fit.
  [[nodiscard]] bool as_boolean() const;
  [[nodiscard]] std::int64_t as_int64() const;  // also a double without fraction
  [[nodiscard]] std::uint64_t as_uint64() const;
  [[nodiscard]] double as_double() const;  // any number, rounded to the nearest double
  [[nodiscard]] const std::string& as_string() const;
  [[nodiscard]] std::string& as_string();
  [[nodiscard]] const Array& as_array() const;
  [[nodiscard]] Array& as_array();
  [[nodiscard]] const Object& as_object() const;
  [[nodiscard]] Object& as_object();

  /// The member, or null when there is none or this is no object.
  [[nodiscard]] const Value* find(std::string_view name) const noexcept;
  [[nodiscard]] Value* find(std::string_view name) noexcept;
  /// The element, or null when there is none or this is no array.
  [[nodiscard]] const Value* find(std::size_t index) const noexcept;
  [[nodiscard]] Value* find(std::size_t index) noexcept;

  /// What lies at a path of names and indices: `value.at("toys", 0, "price")`. Throws ValueError,
  /// which names the first step that leads nowhere.
  template <class... Step>
  [[nodiscard]] const Value& at(const Step&... steps) const {
    return at_path({make_segment(steps)...});
  }

  /// Sets a member (null becomes an object first) and returns this value, for chaining. Throws
  /// ValueError when this is of another kind.
  Value& set(std::string_view name, Value value) &;
  Value&& set(std::string_view name, Value value) &&;
  /// Appends an element; null becomes an array first. Throws ValueError for other kinds.
  Value& push_back(Value value) &;

  /// Reads a JSON text, with the limits and refusals of json::read. Throws ReadError.
  [[nodiscard]] static Value parse(std::string_view text);
  /// The JSON text. Throws roost::Error when nested deeper than max_write_depth.
  [[nodiscard]] std::string dump() const;
  /// With line breaks and two spaces a level.
  [[nodiscard]] std::string dump_pretty() const;

  /// Numbers are equal when their values are (1 == 1.0); members in any order.
  friend bool operator==(const Value& a, const Value& b);

 private:
  friend struct ValueBuilder;

  static PathSegment make_segment(std::string_view name) { return name; }
  template <std::integral I>
  static PathSegment make_segment(I index) {
    return static_cast<std::size_t>(index);
  }

  void set_integer(std::int64_t value) noexcept {
    kind_ = ValueKind::int64;
    int64_ = value;
  }
  void set_integer(std::uint64_t value) noexcept {
    if (value <= static_cast<std::uint64_t>(INT64_MAX)) {
      set_integer(static_cast<std::int64_t>(value));
      return;
    }
    kind_ = ValueKind::uint64;
    uint64_ = value;
  }
  [[nodiscard]] const Value& at_path(std::initializer_list<PathSegment> path) const;
  [[noreturn]] void fail(std::string_view expected) const;
  void destroy() noexcept;
  void release_children(std::vector<Value>& into);
  void take(Value& other) noexcept;

  ValueKind kind_ = ValueKind::null;
  union {
    bool boolean_;
    std::int64_t int64_;
    std::uint64_t uint64_;
    double number_;
    std::string string_;
    Array array_;
    Object object_;
  };
};

/// A named value in an Object.
struct Member {
  std::string name;
  Value value;

  friend bool operator==(const Member&, const Member&) = default;
};

template <class... Element>
Value Value::array(Element&&... elements) {
  Array made;
  made.reserve(sizeof...(elements));
  (made.emplace_back(std::forward<Element>(elements)), ...);
  return Value{std::move(made)};
}

inline const Member* Object::begin() const noexcept { return members_.data(); }
inline const Member* Object::end() const noexcept { return members_.data() + members_.size(); }
inline Member* Object::begin() noexcept { return members_.data(); }
inline Member* Object::end() noexcept { return members_.data() + members_.size(); }
inline std::size_t Object::size() const noexcept { return members_.size(); }

}  // namespace roost::json

/// A Value is a member or body of kind `dynamic`.
template <>
struct roost::reflect::TypeInfo<roost::json::Value> {
  static const TypeDescriptor& descriptor();
};
