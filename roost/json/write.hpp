// Writing of described objects as JSON, straight into a text.
#pragma once

#include <roost/meta/describe.hpp>
#include <roost/meta/type_descriptor.hpp>

#include <string>

namespace roost::json {

/// Appends the JSON form of `object`, which is of the described type, to `out`. Reads the object
/// only; safe from any thread. Throws roost::Error when it is nested deeper than `max_write_depth`
/// (`out` is then as before).
///
/// Members are written in order of declaration under their JSON names. An empty optional member is
/// left out (`write_null`: null), as is an absent Nullable; `hidden` and `write_only` members never
/// appear. NaN and the infinities are null; a double without fraction has none (1.0 → 1). What is
/// not UTF-8 in a string becomes U+FFFD. An enumerator is its name, a value without a name its
/// number. A variant is the value that it holds.
void write(const reflect::TypeDescriptor& type, const void* object, std::string& out);

/// Deeper objects probably contain themselves.
inline constexpr unsigned max_write_depth = 512;

/// The same as a new text.
template <class T>
[[nodiscard]] std::string write(const T& object) {
  std::string out;
  write(reflect::type_of<T>(), &object, out);
  return out;
}

/// The same with line breaks and two spaces a level, for people.
[[nodiscard]] std::string write_pretty(const reflect::TypeDescriptor& type, const void* object);
template <class T>
[[nodiscard]] std::string write_pretty(const T& object) {
  return write_pretty(reflect::type_of<T>(), &object);
}

}  // namespace roost::json
