// SIGTERM and SIGINT as something that a loop can wait for.
#pragma once

#include <roost/async/task.hpp>
#include <roost/base/unique_function.hpp>

#include <memory>
#include <string_view>

namespace roost {

/// Blocks both signals for this thread and those that it starts afterwards, and ignores SIGPIPE.
/// The former mask comes back with the destructor.
class TerminationSignals {
 public:
  TerminationSignals();
  TerminationSignals(const TerminationSignals&) = delete;
  TerminationSignals& operator=(const TerminationSignals&) = delete;
  ~TerminationSignals();

  /// Waits for the first of them and calls `arrived` with its name ("SIGTERM"). A second one then
  /// ends the process at once, as it would have without us.
  [[nodiscard]] Task<void> wait(UniqueFunction<void(std::string_view)> arrived);

 private:
  struct Mask;
  std::unique_ptr<Mask> mask_;
  int descriptor_ = -1;
};

}  // namespace roost
