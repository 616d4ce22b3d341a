// The operations of a described type as plain functions over untyped memory.
#pragma once

#include <roost/meta/type_descriptor.hpp>

#include <cstddef>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

namespace roost::reflect::detail {

template <class T>
void construct(void* storage) {
  ::new (storage) T();
}

/// Leaves members without initialiser as the storage was; see default_values.cpp.
template <class T>
void default_construct(void* storage) {
  ::new (storage) T;
}

template <class T>
void destroy(void* object) {
  static_cast<T*>(object)->~T();
}

template <class T>
void copy_assign(void* to, const void* from) {
  *static_cast<T*>(to) = *static_cast<const T*>(from);
}

template <class T>
void move_assign(void* to, void* from) {
  *static_cast<T*>(to) = std::move(*static_cast<T*>(from));
}

template <class T>
bool equal(const void* a, const void* b) {
  return *static_cast<const T*>(a) == *static_cast<const T*>(b);
}

/// What every descriptor has; copying and comparing are added where they compile, which the traits
/// of T do not know when T is a container.
template <class T>
constexpr TypeDescriptor basic_descriptor(TypeKind kind, std::string_view name,
                                          std::string_view qualified_name) {
  TypeDescriptor type;
  type.kind = kind;
  type.size = sizeof(T);
  type.alignment = alignof(T);
  type.name = name;
  type.qualified_name = qualified_name;
  if constexpr (__is_constructible(T)) type.construct = &construct<T>;
  type.destroy = &destroy<T>;
  if constexpr (__is_assignable(T&, T &&)) type.move_assign = &move_assign<T>;
  return type;
}

}  // namespace roost::reflect::detail
