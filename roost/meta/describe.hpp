// reflect::type_of<T>(): the descriptor of a type, made by the compiler from the type itself.
//
// Described are bool, integers, float and double, std::string, enumerations, optional-like types
// and smart pointers, containers, variants, aggregates (up to 64 members; no macro, no list),
// classes that list their members in `meta`, classes with a text form, and what TypeInfo is
// specialised for.
//
// A member is required in input unless its type is optional, it is annotated `optional`, or it has
// a default member initialiser, whose value it then keeps. The initialiser of a member of class
// type counts when it gives another value than the type's own default (`= "world"`, not `= ""`);
// that of a nested object never counts.
#pragma once

#include <roost/base/memory_fwd.hpp>
#include <roost/base/type_name.hpp>
#include <roost/meta/describe_errors.hpp>
#include <roost/meta/detail/describable.hpp>
#include <roost/meta/detail/describe_container.hpp>
#include <roost/meta/detail/describe_enumeration.hpp>
#include <roost/meta/detail/describe_object.hpp>
#include <roost/meta/detail/describe_pointer.hpp>
#include <roost/meta/detail/describe_text.hpp>
#include <roost/meta/meta.hpp>
#include <roost/meta/type_info.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace roost {

class Timestamp;
class Uuid;
template <class T>
class Nullable;

namespace reflect {

namespace detail {

template <class T>
struct ObjectInfo {
  static constexpr bool describable = true;

  static const TypeDescriptor& descriptor() {
    return object_descriptor(descriptor_slot<T>, plan_of<T>);
  }
};

struct Indescribable {
  static constexpr bool describable = false;
};

template <class T>
constexpr auto class_info() {
  if constexpr (HasMeta<T>) {
    return std::type_identity<ObjectInfo<T>>{};
  } else if constexpr (TextClass<T>) {
    return std::type_identity<TextInfo<T>>{};
  } else if constexpr (PlainAggregate<T>) {
    return std::type_identity<ObjectInfo<T>>{};
  } else if constexpr (MapLike<T>) {
    return std::type_identity<MapInfo<T>>{};
  } else if constexpr (SetLike<T> || SequenceLike<T>) {
    return std::type_identity<SequenceInfo<T>>{};
  } else if constexpr (VariantLike<T>) {
    return std::type_identity<VariantInfo<T>>{};
  } else {
    return std::type_identity<Indescribable>{};
  }
}

}  // namespace detail

template <class T>
requires std::is_class_v<T>
struct TypeInfo<T> : decltype(detail::class_info<T>())::type {
};

template <class E, class Allocator>
struct TypeInfo<std::vector<E, Allocator>> : detail::SequenceInfo<std::vector<E, Allocator>> {};
template <class E, std::size_t Size>
struct TypeInfo<std::array<E, Size>> : detail::ArrayInfo<std::array<E, Size>> {};
template <class E>
struct TypeInfo<std::optional<E>> : detail::OptionalInfo<std::optional<E>, E> {};
template <class E>
struct TypeInfo<Nullable<E>> : detail::OptionalInfo<Nullable<E>, E> {};
template <class E, class Deleter>
struct TypeInfo<std::unique_ptr<E, Deleter>>
    : detail::OptionalInfo<std::unique_ptr<E, Deleter>, std::remove_cv_t<E>> {};
template <class E>
struct TypeInfo<std::shared_ptr<E>>
    : detail::OptionalInfo<std::shared_ptr<E>, std::remove_cv_t<E>> {};

template <class T>
requires std::is_class_v<T>
struct TypeInfo<T*> {
  static constexpr bool describable = true;
  static const TypeDescriptor& descriptor() { return detail::pointer_type<T>; }
};

template <class T>
const TypeDescriptor& type_of() {
  if constexpr (!std::is_same_v<T, std::remove_cvref_t<T>>) {
    return type_of<std::remove_cvref_t<T>>();
  } else if constexpr (detail::is_describable<T>) {
    return TypeInfo<T>::descriptor();
  } else if constexpr (detail::UserClass<T>) {
    (void)sizeof(the_class_is_no_aggregate_and_lists_no_members<T>);
    return type_of<bool>();
  } else {
    (void)sizeof(this_type_cannot_be_described<T>);
    return type_of<bool>();
  }
}

// Made once, in describe.cpp.
template <>
const TypeDescriptor& type_of<bool>();
template <>
const TypeDescriptor& type_of<signed char>();
template <>
const TypeDescriptor& type_of<unsigned char>();
template <>
const TypeDescriptor& type_of<short>();
template <>
const TypeDescriptor& type_of<unsigned short>();
template <>
const TypeDescriptor& type_of<int>();
template <>
const TypeDescriptor& type_of<unsigned int>();
template <>
const TypeDescriptor& type_of<long>();
template <>
const TypeDescriptor& type_of<unsigned long>();
template <>
const TypeDescriptor& type_of<long long>();
template <>
const TypeDescriptor& type_of<unsigned long long>();
template <>
const TypeDescriptor& type_of<float>();
template <>
const TypeDescriptor& type_of<double>();
template <>
const TypeDescriptor& type_of<std::string>();
template <>
const TypeDescriptor& type_of<Timestamp>();
template <>
const TypeDescriptor& type_of<Uuid>();

extern template const TypeDescriptor& type_of<std::optional<bool>>();
extern template const TypeDescriptor& type_of<std::optional<int>>();
extern template const TypeDescriptor& type_of<std::optional<std::int64_t>>();
extern template const TypeDescriptor& type_of<std::optional<double>>();
extern template const TypeDescriptor& type_of<std::optional<std::string>>();
extern template const TypeDescriptor& type_of<std::vector<int>>();
extern template const TypeDescriptor& type_of<std::vector<std::int64_t>>();
extern template const TypeDescriptor& type_of<std::vector<double>>();
extern template const TypeDescriptor& type_of<std::vector<std::string>>();

}  // namespace reflect
}  // namespace roost
