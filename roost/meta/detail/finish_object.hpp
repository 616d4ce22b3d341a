// The last steps in the making of an object's descriptor, shared with the mapped types.
#pragma once

#include <roost/meta/detail/object_plan.hpp>

#include <deque>
#include <memory>
#include <vector>

namespace roost::reflect::detail {

/// A descriptor with everything it points to.
struct BuiltObject {
  TypeDescriptor type;
  ObjectDetails object;
  std::vector<FieldDescriptor> fields;
  std::deque<std::vector<Annotation>> merged;
};

/// Sets `required` by type, default and annotations.
void set_requirement(FieldDescriptor& field);

/// Numbers the fields, sets their names for JSON, and puts the descriptor into the slot. When
/// another thread was faster, its descriptor is the one that counts. Throws roost::Error when two
/// fields have the same name.
const TypeDescriptor& publish(DescriptorSlot& slot, std::unique_ptr<BuiltObject> built);

}  // namespace roost::reflect::detail
