// From a pointer to a member to its descriptor.
#include <roost/base/error.hpp>
#include <roost/meta/member.hpp>

#include <cstring>
#include <string>

namespace roost::reflect::detail {

const FieldDescriptor& field_at(const TypeDescriptor& type, const void* member_pointer,
                                std::string_view member) {
  std::ptrdiff_t offset = 0;  // see offset_of() in object_plan.cpp
  std::memcpy(&offset, member_pointer, sizeof offset);
  if (type.object != nullptr) {
    for (const FieldDescriptor& field : type.object->fields) {
      if (field.offset == static_cast<std::size_t>(offset)) return field;
    }
  }
  throw Error{"The member " + std::string{member} + " is not part of the description of " +
              std::string{type.qualified_name} + ": list it in the class's meta."};
}

}  // namespace roost::reflect::detail
