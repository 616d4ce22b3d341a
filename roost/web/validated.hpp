// Validation of what a handler or service has put together itself.
#pragma once

#include <roost/meta/describe.hpp>

#include <utility>

namespace roost {

namespace web {

/// Throws BadRequestException with all messages when a rule of the object's type fails.
void check_valid(const reflect::TypeDescriptor& type, void* object);

}  // namespace web

/// The object, if all its rules hold; otherwise BadRequestException, as for a body:
/// `const auto tag = validated(CreateTag{.name = *name});`.
template <class T>
[[nodiscard]] T validated(T object) {
  web::check_valid(reflect::type_of<T>(), &object);
  return object;
}

}  // namespace roost
