// A line on the terminal that shows how far a long task has come.
#pragma once

#include <cstddef>
#include <string_view>

class ProgressBar {
 public:
  explicit ProgressBar(std::size_t total) : total_{total} {}
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  /// So much more is done, of what `what` says.
  void advance(std::size_t count, std::string_view what);

 private:
  std::size_t total_;
  std::size_t done_ = 0;
  std::size_t shown_ = 101;  // percent
};
