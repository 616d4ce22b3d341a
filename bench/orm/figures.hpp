// How the benchmarks of the ORM take and print their figures: one line a row, which nest_mikro.py
// reads and puts beside those of other programs.
#pragma once

#include <chrono>
#include <cstdio>
#include <sys/resource.h>

namespace bench {

/// What one of something took: on the clock, and of the processor time of the whole process.
struct Figures {
  double wall = 0;       // microseconds
  double processor = 0;  // microseconds
};

/// Runs from its construction.
class Stopwatch {
 public:
  [[nodiscard]] Figures each(double count) const {
    const std::chrono::duration<double, std::micro> wall = Clock::now() - start_;
    return {wall.count() / count, (processor() - processor_) / count};
  }

 private:
  using Clock = std::chrono::steady_clock;

  static double processor() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto microseconds = [](const timeval& time) {
      return 1e6 * static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec);
    };
    return microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
  }

  Clock::time_point start_ = Clock::now();
  double processor_ = processor();
};

/// `who`: "roost" or "by-hand".
inline void report(const char* what, const char* who, const Figures& figures) {
  std::printf("%-46s %-8s %12.2f us %12.2f us cpu\n", what, who, figures.wall, figures.processor);
  std::fflush(stdout);
}

inline void report_bytes(const char* what, double bytes) {
  std::printf("%-46s %-8s %12.0f bytes\n", what, "roost", bytes);
  std::fflush(stdout);
}

}  // namespace bench
