#include <roost/base/shared_object.hpp>

namespace roost {

SharedObject::SharedObject(const SharedObject& other) noexcept
    : owned_{other.owned_}, object_{other.object_} {
  if (owned_ != nullptr) __atomic_add_fetch(&owned_->owners, 1, __ATOMIC_RELAXED);
}

SharedObject::SharedObject(SharedObject&& other) noexcept
    : owned_{std::exchange(other.owned_, nullptr)},
      object_{std::exchange(other.object_, nullptr)} {}

SharedObject& SharedObject::operator=(SharedObject other) noexcept {
  std::swap(owned_, other.owned_);
  std::swap(object_, other.object_);
  return *this;
}

SharedObject::~SharedObject() {
  if (owned_ != nullptr && __atomic_sub_fetch(&owned_->owners, 1, __ATOMIC_ACQ_REL) == 0) {
    owned_->destroy(owned_);
  }
}

}  // namespace roost
