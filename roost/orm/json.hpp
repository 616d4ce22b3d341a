// orm::Json<T>: a member that is stored as a JSON document in one column.
#pragma once

#include <roost/meta/describe.hpp>

#include <utility>

namespace roost::orm {

namespace detail {
/// The role of descriptors of Json<T>.
inline constexpr char json_role = 0;
}  // namespace detail

/// A value of a described type (or json::Value: any JSON) in a column of type jsonb (PostgreSQL) or
/// text (SQLite). To everybody but the database it looks like the value itself. Changes deep inside
/// are found by the next flush.
template <class T>
class Json {
 public:
  using value_type = T;

  Json() = default;
  // Not explicit: `.details = dto.details` is what people write.
  Json(T value) : value_{std::move(value)} {}
  Json& operator=(T value) {
    value_ = std::move(value);
    return *this;
  }

  /// Always: the database's NULL is a std::optional around the Json.
  [[nodiscard]] static constexpr bool has_value() { return true; }
  [[nodiscard]] T& operator*() { return value_; }
  [[nodiscard]] const T& operator*() const { return value_; }
  [[nodiscard]] T* operator->() { return &value_; }
  [[nodiscard]] const T* operator->() const { return &value_; }

  friend bool operator==(const Json& a, const Json& b) requires requires(const T& x) { x == x; }
  { return a.value_ == b.value_; }

 private:
  T value_{};
};

}  // namespace roost::orm

namespace roost::reflect {

/// As T's: the value is the only member and stands at the start.
template <class T>
struct TypeInfo<orm::Json<T>> {
  static constexpr bool describable = detail::is_describable<T>;
  static const TypeDescriptor& descriptor() {
    static const TypeDescriptor type = [] {
      TypeDescriptor made = type_of<T>();
      made.role = &orm::detail::json_role;
      return made;
    }();
    return type;
  }
};

}  // namespace roost::reflect
