// An object whose type is only known from its descriptor.
#pragma once

#include <roost/meta/type_descriptor.hpp>

#include <cstddef>
#include <vector>

namespace roost::json::detail {

/// An object of a described type on the heap, for map keys.
class TemporaryObject {
 public:
  /// Throws roost::Error when the type has no default constructor.
  explicit TemporaryObject(const reflect::TypeDescriptor& type);
  ~TemporaryObject();
  TemporaryObject(const TemporaryObject&) = delete;
  TemporaryObject& operator=(const TemporaryObject&) = delete;

  [[nodiscard]] void* get() { return object_; }

 private:
  const reflect::TypeDescriptor& type_;
  std::vector<std::max_align_t> storage_;
  void* object_ = nullptr;
};

}  // namespace roost::json::detail
