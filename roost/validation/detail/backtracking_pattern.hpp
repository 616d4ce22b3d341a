// Patterns that need backreferences or inner look-around, matched with a bounded number of steps.
#pragma once

#include <memory>
#include <string_view>

namespace roost::validation::detail {

/// A compiled pattern in JavaScript's syntax for what RE2 cannot say; immutable, may be used from
/// every thread. A search gives up after a fixed number of steps (some milliseconds), so that no
/// input can stall the server; a text that takes longer counts as one without the pattern.
class BacktrackingPattern {
 public:
  /// Null when the pattern is faulty.
  static std::unique_ptr<BacktrackingPattern> compile(std::string_view pattern,
                                                      std::string_view flags);
  virtual ~BacktrackingPattern() = default;

  /// The pattern is found somewhere in the text.
  [[nodiscard]] virtual bool found_in(std::string_view text) const = 0;
};

}  // namespace roost::validation::detail
