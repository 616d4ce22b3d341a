#include "seed/progress_bar.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

ProgressBar::~ProgressBar() {
  if (shown_ <= 100) std::fputc('\n', stderr);
}

void ProgressBar::advance(std::size_t count, std::string_view what) {
  done_ = std::min(done_ + count, total_);
  const std::size_t percent = total_ == 0 ? 100 : done_ * 100 / total_;
  if (percent == shown_) return;
  shown_ = percent;
  constexpr std::size_t width = 40;
  const std::string bar(percent * width / 100, '#');
  std::fprintf(stderr,
               "\r[%-*s] %3zu%% %-14.*s",
               static_cast<int>(width),
               bar.c_str(),
               percent,
               static_cast<int>(what.size()),
               what.data());
}
