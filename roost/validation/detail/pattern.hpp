// Patterns written in JavaScript's syntax, matched in linear time by RE2.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace roost::validation::detail {

/// A compiled pattern; immutable, may be used from every thread. Look-ahead right after a leading ^
/// is taken apart into several searches that must all succeed; backreferences, look-behind and
/// other look-ahead cannot be matched in linear time and are refused.
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
  std::vector<Part> parts_;
};

}  // namespace roost::validation::detail
