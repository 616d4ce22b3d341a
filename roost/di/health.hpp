// What a provider throws to say that it does not work.
#pragma once

#include <roost/base/error.hpp>

namespace roost {

/// Out of `check_health()`: why the provider is down, in words that everybody may read in the
/// answer of /health/ready. The text of any other exception is for the log alone.
class UnhealthyError : public Error {
 public:
  using Error::Error;
};

}  // namespace roost
