// The exceptions of asynchronous operations.
#pragma once

#include <roost/base/error.hpp>

namespace roost {

/// The operation was given up because cancellation was requested for the task that waits for it.
class CancelledError : public Error {
 public:
  using Error::Error;
};

/// The operation did not end before its deadline.
class TimeoutError : public Error {
 public:
  using Error::Error;
};

/// Work was refused because the queue for it is full.
class OverloadError : public Error {
 public:
  using Error::Error;
};

}  // namespace roost
