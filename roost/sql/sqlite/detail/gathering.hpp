// How long a group may wait for more units before it commits.
#pragma once

#include <roost/base/chrono.hpp>

#include <cstddef>

namespace roost::db::sqlite::detail {

/// Clients that were just answered are likely to come back with their next unit in less time than
/// a commit takes. Without waiting for them the first ones to come back commit alone, and all
/// others wait for a second commit. So a group waits for as many units as were under way at the
/// last answer, but never for longer than a part of what a commit takes, and not at all while
/// commits are quick, while nobody else is about, or while waiting has not been worth it lately.
/// Used by one thread.
class Gathering {
 public:
  using Duration = std::chrono::nanoseconds;

  /// `units` were answered after a commit that took `commit`; `queued` more were waiting then.
  void answered(std::size_t units, std::size_t queued, Duration commit);
  /// A group of `units` has run and nothing is queued: how many more to wait for; 0: commit now.
  [[nodiscard]] std::size_t missing(std::size_t units);
  /// The longest time that all waits of one group take together.
  [[nodiscard]] Duration patience() const;
  /// A group that had `missing` at first got `arrived` of them.
  void waited(std::size_t missing, std::size_t arrived);

 private:
  std::size_t about_ = 0;  // units that were under way at the last answer
  Duration commit_{0};     // what a commit takes, on average
  unsigned next_pause_ = 1;
  unsigned pause_ = 0;  // groups that are not to wait
};

}  // namespace roost::db::sqlite::detail
