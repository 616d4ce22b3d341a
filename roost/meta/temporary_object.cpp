// Construction in aligned storage.
#include <roost/base/error.hpp>
#include <roost/meta/temporary_object.hpp>

#include <memory>
#include <string>

namespace roost::reflect {

TemporaryObject::TemporaryObject(const TypeDescriptor& type) : type_{type} {
  if (type.construct == nullptr) {
    throw Error("cannot read " + std::string{type.qualified_name} +
                ": it has no default constructor");
  }
  storage_.resize((type.size + type.alignment) / sizeof(std::max_align_t) + 1);
  void* storage = storage_.data();
  std::size_t space = storage_.size() * sizeof(std::max_align_t);
  storage = std::align(type.alignment, type.size, storage, space);
  type.construct(storage);
  object_ = storage;
}

TemporaryObject::~TemporaryObject() { type_.destroy(object_); }

}  // namespace roost::reflect
