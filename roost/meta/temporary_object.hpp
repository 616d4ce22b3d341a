// An object whose type is only known from its descriptor.
#pragma once

#include <roost/meta/type_descriptor.hpp>

#include <cstddef>
#include <vector>

namespace roost::reflect {

/// An object of a described type on the heap, as long as this lives: for what is read before it
/// has its place.
class TemporaryObject {
 public:
  /// Throws roost::Error when the type has no default constructor.
  explicit TemporaryObject(const TypeDescriptor& type);
  ~TemporaryObject();
  TemporaryObject(const TemporaryObject&) = delete;
  TemporaryObject& operator=(const TemporaryObject&) = delete;

  [[nodiscard]] void* get() const { return object_; }

 private:
  const TypeDescriptor& type_;
  std::vector<std::max_align_t> storage_;
  void* object_ = nullptr;
};

}  // namespace roost::reflect
