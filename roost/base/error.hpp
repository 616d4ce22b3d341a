// The root of every exception that Roost throws on purpose.
#pragma once

#include <stdexcept>

namespace roost {

/// Base of all Roost exceptions. `what()` says what was wrong, where (type, field, route,
/// statement) and what to do about it; it is meant for logs and programmers, never for clients.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace roost
