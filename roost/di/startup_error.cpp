// Joins the problems of a failed start into one message.
#include <roost/di/startup_error.hpp>

#include <utility>

namespace roost {
namespace {

std::string joined(const std::vector<std::string>& problems) {
  if (problems.size() == 1) return "the application cannot start: " + problems.front();
  std::string text =
      "the application cannot start, " + std::to_string(problems.size()) + " problems were found:";
  for (std::size_t i = 0; i < problems.size(); ++i) {
    text += "\n  " + std::to_string(i + 1) + ". " + problems[i];
  }
  return text;
}

}  // namespace

StartupError::StartupError(std::vector<std::string> problems)
    : Error{joined(problems)}, problems_{std::move(problems)} {}

}  // namespace roost
