// The error that stops an application before it listens.
#pragma once

#include <roost/base/error.hpp>

#include <string>
#include <vector>

namespace roost {

/// Everything that was found wrong with the wiring, or the one provider or hook that failed.
/// `what()` lists all problems, each with its place and what to do.
class StartupError : public Error {
 public:
  explicit StartupError(std::vector<std::string> problems);

  /// One complete text per problem, in the order in which they were found; never empty.
  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }

 private:
  std::vector<std::string> problems_;
};

}  // namespace roost
