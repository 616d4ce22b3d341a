// Lines from several loops and threads at once: none is lost, none is torn, each thread's are in
// order.
#include <roost/app/logger.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/async/event_loop_group.hpp>
#include <roost/async/timers.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <fcntl.h>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace roost {
namespace {

/// Standard output into a pipe, which a thread of its own reads.
class CapturedOutput {
 public:
  CapturedOutput() {
    std::fflush(stdout);
    saved_ = ::dup(STDOUT_FILENO);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[1]);
    reader_ = std::thread{[this, end = ends[0]] {
      std::array<char, 4096> buffer{};
      for (ssize_t got; (got = ::read(end, buffer.data(), buffer.size())) > 0;) {
        text_.append(buffer.data(), static_cast<std::size_t>(got));
      }
      ::close(end);
    }};
  }
  std::string take() {
    restore();
    if (reader_.joinable()) reader_.join();
    return text_;
  }
  ~CapturedOutput() { take(); }

 private:
  void restore() {
    if (saved_ < 0) return;
    ::dup2(saved_, STDOUT_FILENO);
    ::close(saved_);
    saved_ = -1;
  }
  int saved_ = -1;
  std::string text_;
  std::thread reader_;
};

LogOptions lines_of_text() { return LogOptions().format(LogOptions::Format::text); }

TEST(LoggerStress, NoLineIsLostOrTorn) {
  constexpr int writers = 4;
  constexpr int count = 2000;
  CapturedOutput output;
  {
    Logger logger{lines_of_text()};
    EventLoopGroup loops{3};
    std::atomic<int> left{3};
    const auto write = [&logger](int writer) {
      const std::string padding(static_cast<std::size_t>(17 * (writer + 1)), 'p');
      for (int i = 0; i < count; ++i) {
        logger.log(i % 500 == 499 ? LogLevel::warn : LogLevel::info, "", "line", "writer", writer,
                   "number", i, "padding", padding, "end", "yes");
      }
    };
    for (std::size_t i = 0; i < 3; ++i) {
      loops.loop(i).post([&, i] {
        write(static_cast<int>(i));
        --left;
      });
    }
    loops.start();
    write(3);
    while (left > 0) std::this_thread::yield();
    loops.stop();
    loops.join();
  }
  std::istringstream lines{output.take()};
  std::map<int, int> next;
  for (std::string line; std::getline(lines, line);) {
    int writer = -1;
    int number = -1;
    const auto at = line.find("writer=");
    ASSERT_NE(at, std::string::npos) << line;
    ASSERT_EQ(std::sscanf(line.c_str() + at, "writer=%d number=%d", &writer, &number), 2) << line;
    EXPECT_TRUE(line.ends_with(" end=yes")) << line;
    EXPECT_EQ(next[writer]++, number) << line;
  }
  for (int writer = 0; writer < writers; ++writer) EXPECT_EQ(next[writer], count) << writer;
}

TEST(LoggerStress, LinesOfALoopDoNotWaitForLong) {
  CapturedOutput output;
  Logger logger{lines_of_text()};
  EventLoop loop;
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
  const int real = ::dup(STDOUT_FILENO);
  ::dup2(ends[1], STDOUT_FILENO);
  const auto waits_for_line = [&]() -> Task<bool> {
    logger.info("only one");
    std::array<char, 256> buffer{};
    for (int i = 0; i < 3000; ++i) {
      if (::read(ends[0], buffer.data(), buffer.size()) > 0) co_return true;
      co_await sleep_for(std::chrono::milliseconds(10));
    }
    co_return false;
  };
  const bool came = loop.block_on(waits_for_line());
  logger.error("at once");
  std::array<char, 256> buffer{};
  const bool at_once = ::read(ends[0], buffer.data(), buffer.size()) > 0;
  ::dup2(real, STDOUT_FILENO);
  ::close(real);
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_TRUE(came);
  EXPECT_TRUE(at_once);
}

}  // namespace
}  // namespace roost
