// Patterns written in JavaScript's syntax, matched in linear time by RE2 wherever it can.
#pragma once

#include <roost/validation/detail/backtracking_pattern.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace roost::validation::detail {

/// A compiled pattern; immutable, may be used from every thread. Look-ahead right after a leading ^
/// is taken apart into several searches that must all succeed; backreferences, look-behind and
/// other look-ahead cannot be matched in linear time: those are searched for with a bounded number
/// of steps.
class Pattern {
 public:
  /// Throws roost::Error that names the pattern and what is wrong with it.
  Pattern(std::string_view pattern, std::string_view flags);
  ~Pattern();
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;

  /// The pattern is found somewhere in the text.
  [[nodiscard]] bool found_in(std::string_view text) const;

 private:
  struct Part;

  /// Takes leading look-ahead apart and compiles the parts; the reason when RE2 refuses one.
  std::string compile(std::string_view pattern, std::string_view flags);

  std::vector<Part> parts_;
  std::unique_ptr<BacktrackingPattern> beyond_re2_;  // instead of the parts
};

}  // namespace roost::validation::detail
