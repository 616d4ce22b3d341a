// Copies one member, whatever it belongs to: what roost::assign does for each.
#pragma once

#include <roost/meta/type_descriptor.hpp>

namespace roost::reflect::detail {

/// `given`: the source is known to have it, so that an empty one empties the target.
void assign_value(const TypeDescriptor& target_type, void* target,
                  const TypeDescriptor& source_type, const void* source, bool given);

}  // namespace roost::reflect::detail
