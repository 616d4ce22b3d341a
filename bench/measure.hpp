// How the benchmarks of single functions take their figures.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>

namespace bench {

/// Keeps the compiler from leaving out what nobody looks at.
template <class T>
void keep(const T& value) {
  asm volatile("" ::"r"(&value) : "memory");
}

/// Prints nanoseconds an operation: the best of several rounds, since other programs only make it
/// slower.
template <class Operation>
void measure(const char* name, long iterations, const Operation& operation, int rounds = 7) {
  using Clock = std::chrono::steady_clock;
  for (long i = 0; i < iterations / 10; ++i) operation();
  double best = std::numeric_limits<double>::max();
  for (int round = 0; round < rounds; ++round) {
    const auto start = Clock::now();
    for (long i = 0; i < iterations; ++i) operation();
    const std::chrono::duration<double, std::nano> took = Clock::now() - start;
    best = std::min(best, took.count() / static_cast<double>(iterations));
  }
  std::printf("%-58s %9.0f ns\n", name, best);
}

}  // namespace bench
