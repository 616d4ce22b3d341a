// Sorts types by how they are described, and says which operations of theirs compile.
#pragma once

#include <roost/base/type_name.hpp>
#include <roost/meta/describe_errors.hpp>
#include <roost/meta/detail/aggregate.hpp>
#include <roost/meta/detail/meta_table.hpp>
#include <roost/meta/detail/object_plan.hpp>
#include <roost/meta/type_info.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace roost::reflect::detail {

template <class T>
concept TextClass = std::is_class_v<T> &&
    requires(std::string_view text, const T& value, std::string& out) {
  { T::parse(text) } -> std::same_as<std::optional<T>>;
  value.append_to(out);
};

template <class T>
inline constexpr bool is_character =
    std::is_same_v<T, char> || std::is_same_v<T, wchar_t> || std::is_same_v<T, char8_t> ||
    std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>;

template <class T>
inline constexpr bool is_scalar =
    (std::is_integral_v<T> && !is_character<T> && sizeof(T) <= 8) || std::is_same_v<T, float> ||
    std::is_same_v<T, double> || std::is_same_v<T, std::string>;

/// An aggregate that structured bindings can take apart.
template <class T>
concept PlainAggregate = std::is_class_v<T> && std::is_aggregate_v<T> && !has_bases<T>;

template <class T>
concept MapLike = requires(T& map, const typename T::key_type& key) {
  typename T::mapped_type;
  map.try_emplace(key).second;
  map.clear();
};

template <class T>
concept SetLike = requires(T& set, typename T::key_type&& key) {
  requires std::is_same_v<typename T::key_type, typename T::value_type>;
  set.insert(std::move(key)).second;
  set.clear();
};

template <class T>
concept SequenceLike = requires(T& sequence, typename T::value_type&& element) {
  sequence.push_back(std::move(element));
  sequence.pop_back();
  sequence.size();
  sequence.clear();
};

template <class T>
concept VariantLike = requires(const T& variant) {
  variant.valueless_by_exception();
  variant.index();
};

/// Does `TypeInfo<T>` exist, and do those of its elements?
template <class T>
constexpr bool describable() {
  if constexpr (is_scalar<T>) {
    return true;
  } else if constexpr (requires { TypeInfo<T>::describable; }) {
    return TypeInfo<T>::describable;
  } else {
    return requires { TypeInfo<T>::descriptor(); };
  }
}
template <class T>
inline constexpr bool is_describable = describable<T>();

/// Whether `==` of T compiles; std::equality_comparable is wrong about containers.
template <class T>
constexpr bool comparable() {
  if constexpr (is_scalar<T> || std::is_enum_v<T>) {
    return true;
  } else if constexpr (requires { TypeInfo<T>::comparable; }) {
    return TypeInfo<T>::comparable;
  } else {
    return requires(const T& a, const T& b) {
      { a == b } -> std::convertible_to<bool>;
    };
  }
}

template <class T>
concept UserClass = std::is_class_v<T> && !qualified_type_name<T>.starts_with("std::");

/// How elements are copied when their container is.
enum class Copying {
  none,
  plain,      // by the container's own assignment
  described,  // through descriptors, so that the element's assignment is not compiled for this
};

template <class T>
constexpr Copying copying() {
  if constexpr (is_scalar<T> || std::is_enum_v<T> || TextClass<T>) {
    return Copying::plain;
  } else if constexpr (requires { TypeInfo<T>::copying; }) {
    return TypeInfo<T>::copying;
  } else {
    return std::is_copy_assignable_v<T> ? Copying::described : Copying::none;
  }
}

template <class T>
inline constinit DescriptorSlot descriptor_slot{};

}  // namespace roost::reflect::detail
