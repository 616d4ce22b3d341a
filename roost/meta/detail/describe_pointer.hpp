// Describes pointers to described objects: what a handler returns for entities. Written, never
// read.
#pragma once

#include <roost/base/type_name.hpp>
#include <roost/meta/detail/operations.hpp>
#include <roost/meta/type_info.hpp>

#include <type_traits>

namespace roost::reflect::detail {

/// The object is shown whole; a null pointer as null.
template <class T>
void visit_pointer(const void* pointer, void* context, VisitReferenced visit) {
  const T* object = *static_cast<const T* const*>(pointer);
  if (object == nullptr) return;
  visit(context, ReferencedObject{&type_of<std::remove_const_t<T>>(), object, {}});
}

constexpr bool always_shown(const void*) { return true; }

template <class T>
inline constexpr ReferenceDetails pointer_details{false, &always_shown, &visit_pointer<T>};

template <class T>
constexpr TypeDescriptor pointer_descriptor() {
  TypeDescriptor type =
      basic_descriptor<T*>(TypeKind::reference, type_name<T>, qualified_type_name<T>);
  type.reference = &pointer_details<T>;
  return type;
}

template <class T>
inline constexpr TypeDescriptor pointer_type = pointer_descriptor<T>();

}  // namespace roost::reflect::detail
