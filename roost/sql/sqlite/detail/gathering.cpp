// The rule of waiting for more units.
#include <roost/sql/sqlite/detail/gathering.hpp>

#include <algorithm>

namespace roost::db::sqlite::detail {

namespace {

/// Below this a thread that goes to sleep and wakes up again takes as long as the commit.
constexpr Gathering::Duration quick_commit = std::chrono::microseconds{200};
constexpr Gathering::Duration longest_wait = std::chrono::milliseconds{2};
constexpr unsigned longest_pause = 64;

}  // namespace

void Gathering::answered(std::size_t units, std::size_t queued, Duration commit) {
  about_ = units + queued;
  commit_ = commit_.count() == 0 ? commit : (commit_ * 7 + commit) / 8;
}

std::size_t Gathering::missing(std::size_t units) {
  if (about_ <= units || commit_ < quick_commit) return 0;
  if (pause_ == 0) return about_ - units;
  --pause_;
  return 0;
}

Gathering::Duration Gathering::patience() const { return std::min(commit_ / 4, longest_wait); }

void Gathering::waited(std::size_t missing, std::size_t arrived) {
  if (arrived * 2 >= missing) {
    next_pause_ = 1;
    return;
  }
  pause_ = next_pause_;
  next_pause_ = std::min(next_pause_ * 2, longest_pause);
}

}  // namespace roost::db::sqlite::detail
