// What the compiler knows of a mapped type (Partial, Pick, …), as constants; mapped_plan.cpp makes
// its descriptor out of those of the types it is made of.
#pragma once

#include <roost/meta/detail/describe_object.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace roost::reflect::detail {

enum class Selection : std::uint8_t { all, only_these, without_these };

struct MappedPlan {
  TypeDescriptor prototype;
  std::span<const TypeRef> sources;  // the base classes
  void (*locate_bases)(void* storage, const void** addresses) = nullptr;
  Selection selection = Selection::all;
  std::span<const void* const> members;  // constants `Member Source::*`; only with one source
  const void* presence = nullptr;        // constant `FieldSet Mapped::*`: every member is optional
};

const TypeDescriptor& mapped_descriptor(DescriptorSlot& slot, const MappedPlan& plan);

template <class Mapped, class... Base>
void locate_bases(void* storage, const void** addresses) {
  auto* mapped = static_cast<Mapped*>(storage);
  (static_cast<void>(*addresses++ = static_cast<const Base*>(mapped)), ...);
}

template <class Source, auto... Members>
struct PointerTable {
  static constexpr const void* pointers[sizeof...(Members) + 1] = {
      pointer_constant<Source, Members>()..., nullptr};
};

template <class Mapped, class... Base>
constexpr MappedPlan mapped_plan() {
  MappedPlan plan;
  plan.prototype = class_prototype<Mapped>(TypeKind::object);
  if constexpr (__is_assignable(Mapped&, const Mapped&)) {
    plan.prototype.copy_assign = &copy_described<Mapped>;
  }
  plan.sources = member_types<Mapped, Base...>();
  plan.locate_bases = &locate_bases<Mapped, Base...>;
  return plan;
}

}  // namespace roost::reflect::detail
