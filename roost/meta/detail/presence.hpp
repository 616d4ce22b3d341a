// Where a Partial keeps the set of its members that were given.
#pragma once

#include <roost/meta/type_descriptor.hpp>

namespace roost::reflect::detail {

/// The object's FieldSet, or null when its type has none.
inline FieldSet* presence_of(const ObjectDetails& type, void* object) {
  if (type.presence_offset == ObjectDetails::no_presence) return nullptr;
  return reinterpret_cast<FieldSet*>(static_cast<std::byte*>(object) + type.presence_offset);
}
inline const FieldSet* presence_of(const ObjectDetails& type, const void* object) {
  if (type.presence_offset == ObjectDetails::no_presence) return nullptr;
  return reinterpret_cast<const FieldSet*>(static_cast<const std::byte*>(object) +
                                           type.presence_offset);
}

}  // namespace roost::reflect::detail
