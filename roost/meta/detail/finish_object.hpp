// The last steps in the making of an object's descriptor, shared with the mapped types.
#pragma once

#include <roost/meta/detail/object_plan.hpp>

#include <cstdlib>
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

/// Storage for an object of the type in which none is ever made: only addresses are taken.
class UnusedStorage {
 public:
  explicit UnusedStorage(const TypeDescriptor& type)
      : bytes_{
            std::aligned_alloc(unit(type), (type.size + unit(type) - 1) / unit(type) * unit(type)),
            &std::free} {}
  [[nodiscard]] void* get() const { return bytes_.get(); }

 private:
  static std::size_t unit(const TypeDescriptor& type) {
    return type.alignment < alignof(void*) ? alignof(void*) : type.alignment;
  }

  std::unique_ptr<void, void (*)(void*)> bytes_;
};

/// Sets `required` by type, default and annotations.
void set_requirement(FieldDescriptor& field);

/// Numbers the fields, sets their names for JSON, and puts the descriptor into the slot. When
/// another thread was faster, its descriptor is the one that counts. Throws roost::Error when two
/// fields have the same name.
const TypeDescriptor& publish(DescriptorSlot& slot, std::unique_ptr<BuiltObject> built);

}  // namespace roost::reflect::detail
