#include <roost/app/detail/standard_output.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/async/timers.hpp>

#include <cerrno>
#include <climits>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace roost::app_detail {

namespace {

constexpr std::chrono::milliseconds longest_wait{100};
/// How long a pipe may be full before what waits for it is dropped.
constexpr int longest_stall = 1000;  // milliseconds

/// What cannot be written is lost: a log that nobody takes must not stop the application.
void write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno == EAGAIN) {
      pollfd ready{STDOUT_FILENO, POLLOUT, 0};
      if (::poll(&ready, 1, longest_stall) == 0) return;
    } else if (written == 0 || errno != EINTR) {
      return;
    }
  }
}

/// The lines of one loop.
class LoopLines {
 public:
  explicit LoopLines(EventLoop& loop) : delay_{loop, [this] { flush(); }} {}
  ~LoopLines() { flush(); }
  LoopLines(const LoopLines&) = delete;
  LoopLines& operator=(const LoopLines&) = delete;

  void add(std::string_view line, bool at_once) {
    if (lines_.size() + line.size() + 1 > PIPE_BUF) flush();
    lines_ += line;
    lines_ += '\n';
    if (at_once || lines_.size() >= PIPE_BUF) {
      flush();
    } else if (!delay_.armed()) {
      delay_.arm(longest_wait);
    }
  }
  void flush() {
    delay_.disarm();
    write_all(lines_);
    lines_.clear();
  }

 private:
  std::string lines_;
  Timeout delay_;
};

}  // namespace

void write_line(std::string_view line, bool at_once) {
  if (EventLoop* loop = EventLoop::current_or_null()) {
    return loop->context<LoopLines>().add(line, at_once);
  }
  std::string whole{line};
  whole += '\n';
  write_all(whole);
}

void flush_lines() {
  if (EventLoop* loop = EventLoop::current_or_null()) loop->context<LoopLines>().flush();
}

}  // namespace roost::app_detail
