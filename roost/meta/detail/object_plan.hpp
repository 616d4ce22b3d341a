// What the compiler knows of a class, as constants; object_plan.cpp makes the descriptor of them
// when it is first asked for.
#pragma once

#include <roost/base/atomic_pointer.hpp>
#include <roost/meta/type_descriptor.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace roost::reflect::detail {

/// Where the descriptor is kept once it is made. Descriptors are never freed.
using DescriptorSlot = AtomicPointer<const TypeDescriptor>;

/// One entry of a class's `meta`.
struct ListedMember {
  const void* pointer = nullptr;  // address of a constant of type `Member Class::*`
  std::string_view name;          // given in `meta`; else empty
  std::uint16_t first_annotation = 0;
  std::uint16_t annotation_count = 0;
  bool ignored = false;
};

/// `meta` of a class, flattened.
struct MetaTable {
  std::span<const ListedMember> members;
  std::span<const Annotation> member_annotations;
  std::span<const Annotation> class_annotations;
};

struct ObjectPlan {
  TypeDescriptor prototype;  // everything but `object`
  /// Of an aggregate: one a field. Of a class with a list: one an entry of `meta`, null if ignored.
  std::span<const TypeRef> types;
  const char* name_text = nullptr;  // see names.hpp
  /// Of an aggregate; null for a class with a list.
  void (*locate)(void* storage, const void** addresses) = nullptr;
  void (*default_construct)(void* storage) = nullptr;  // null: no default constructor
  const MetaTable* meta = nullptr;                     // null: none
};

/// Makes the descriptor for `slot`, unless another thread is faster.
const TypeDescriptor& make_object_descriptor(DescriptorSlot& slot, const ObjectPlan& plan);

/// The descriptor in `slot`, made from `plan` if this is the first call. Throws roost::Error when
/// two members have the same name in JSON.
inline const TypeDescriptor& object_descriptor(DescriptorSlot& slot, const ObjectPlan& plan) {
  const TypeDescriptor* made = slot.load();
  return made != nullptr ? *made : make_object_descriptor(slot, plan);
}

/// Copy as the descriptor says; for aggregates and what holds them, whose own assignment would have
/// to be compiled for each. Throw roost::Error when a type on the way cannot be copied.
void copy_object(const TypeDescriptor& type, void* to, const void* from);
void copy_optional(const TypeDescriptor& type, void* to, const void* from);
void copy_sequence(const TypeDescriptor& type, void* to, const void* from);
void copy_map(const TypeDescriptor& type, void* to, const void* from);
void copy_variant(const TypeDescriptor& type, void* to, const void* from);

struct EnumerationPlan {
  TypeDescriptor prototype;  // everything but `enumeration`
  const char* name_text = nullptr;
  std::int64_t first = 0;                // value of the first element of the text …
  std::span<const std::int64_t> values;  // … or the values of all
};

const TypeDescriptor& enumeration_descriptor(DescriptorSlot& slot, const EnumerationPlan& plan);

}  // namespace roost::reflect::detail
