// What the ORM refuses, one class each.
#pragma once

#include <roost/base/error.hpp>

#include <string>
#include <string_view>

namespace roost::orm {

/// The description of an entity contradicts itself or another one; found at start. The message
/// lists every fault.
class MetadataError : public Error {
 public:
  using Error::Error;
};

/// A member of an entity that is not loaded, or items of a collection that are not: populate them
/// in the find, or await `load()`.
class NotLoadedError : public Error {
 public:
  using Error::Error;
};

/// No row fits. What a client asked for is usually a NotFoundException of the application's own.
class NotFoundError : public Error {
 public:
  using Error::Error;
};

/// Somebody else changed or deleted the row since it was read: nothing of the flush was written.
class OptimisticLockError : public Error {
 public:
  OptimisticLockError(const std::string& message, std::string entity_, std::string key_)
      : Error{message}, entity{std::move(entity_)}, key{std::move(key_)} {}

  std::string entity;  // the class
  std::string key;
};

/// The entity manager was used in a way that cannot work; the message says how to do it.
class UsageError : public Error {
 public:
  using Error::Error;
};

}  // namespace roost::orm
