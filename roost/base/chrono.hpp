// Durations, clocks and time points without the calendar, the time zones and the streams that
// <chrono> brings along in C++20: a third of what a small file costs to compile.
#pragma once

#if defined(__GLIBCXX__) || __has_include(<bits/chrono.h>)
#include <bits/chrono.h>
#else
#include <chrono>
#endif
