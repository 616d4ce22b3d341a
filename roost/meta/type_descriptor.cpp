// Look-ups in descriptors.
#include <roost/meta/type_descriptor.hpp>

namespace roost::reflect {

const FieldDescriptor* find_field(const ObjectDetails& object, std::string_view name) {
  for (const FieldDescriptor& field : object.fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

}  // namespace roost::reflect
