// PRIVATE: log lines on their way to standard output.
#pragma once

#include <string_view>

namespace roost::app_detail {

/// Each event loop gathers its own lines, so that no two threads wait for each other, and hands
/// them to the system when there are enough of them, after a tenth of a second, or when one may not
/// wait; other threads write at once. Lines of one thread keep their order. A pipe takes a line
/// of up to 4096 bytes as a whole.
void write_line(std::string_view line, bool at_once);

/// Hands over what this thread has gathered.
void flush_lines();

}  // namespace roost::app_detail
