// SIGTERM, SIGINT and SIGHUP as something that a loop can wait for.
#pragma once

#include <roost/async/task.hpp>
#include <roost/base/unique_function.hpp>

#include <memory>
#include <string_view>

namespace roost {

/// Blocks SIGTERM and SIGINT for this thread and those that it starts afterwards, and ignores
/// SIGPIPE. The former mask comes back with the destructor.
class ProcessSignals {
 public:
  /// `hangup`: takes SIGHUP as well, which else ends the process.
  explicit ProcessSignals(bool hangup);
  ProcessSignals(const ProcessSignals&) = delete;
  ProcessSignals& operator=(const ProcessSignals&) = delete;
  ~ProcessSignals();

  /// Calls `hung_up` for every SIGHUP until SIGTERM or SIGINT comes, then `ended` with its name
  /// ("SIGTERM"). A second one of these then ends the process at once, as it would have without us.
  [[nodiscard]] Task<void> wait(UniqueFunction<void(std::string_view)> ended,
                                UniqueFunction<void()> hung_up);

 private:
  struct Mask;
  std::unique_ptr<Mask> mask_;
  int descriptor_ = -1;
};

}  // namespace roost
