// Describes classes that are written as one string.
#pragma once

#include <roost/base/type_name.hpp>
#include <roost/meta/detail/describable.hpp>
#include <roost/meta/detail/describe_object.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace roost::reflect::detail {

template <class T>
bool parse_text(std::string_view text, void* object) {
  auto parsed = T::parse(text);
  if (!parsed) return false;
  *static_cast<T*>(object) = *std::move(parsed);
  return true;
}

template <class T>
void append_text(const void* object, std::string& out) {
  static_cast<const T*>(object)->append_to(out);
}

template <class T>
constexpr TextDetails text_details() {
  TextDetails details{&parse_text<T>, &append_text<T>, {}, {}};
  if constexpr (requires { std::string_view{T::text_format}; }) details.format = T::text_format;
  if constexpr (requires { std::string_view{T::text_expected}; }) {
    details.expected = T::text_expected;
  }
  return details;
}

template <class T>
constexpr TypeDescriptor text_descriptor(const TextDetails& details) {
  TypeDescriptor type = class_prototype<T>(TypeKind::text);
  type.text = &details;
  return type;
}

template <class T>
inline constexpr TextDetails text_details_of = text_details<T>();
template <class T>
inline constexpr TypeDescriptor text_type = text_descriptor<T>(text_details_of<T>);

template <class T>
struct TextInfo {
  static constexpr bool describable = true;
  static const TypeDescriptor& descriptor() { return text_type<T>; }
};

}  // namespace roost::reflect::detail
