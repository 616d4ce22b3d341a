// An application as a process sees it: it listens, answers, drains on SIGTERM, and refuses to start
// with everything that is wrong.
#include <roost/app/application.hpp>
#include <roost/app/logger.hpp>
#include <roost/async/deadline.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/async/timers.hpp>
#include <roost/async/when_all.hpp>
#include <roost/base/error.hpp>
#include <roost/di/container.hpp>
#include <roost/json/read.hpp>
#include <roost/json/value.hpp>
#include <roost/web/controllers.hpp>

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <future>
#include <memory>
#include <mutex>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using namespace std::chrono_literals;

/// Collects log lines and tells the port from the line "listening".
class Lines : public roost::LogSink {
 public:
  void write(roost::LogLevel, std::string_view line) override {
    const std::lock_guard lock{mutex_};
    lines_.emplace_back(line);
    const auto value = roost::json::read_or_throw<roost::json::Value>(line);
    if (value.at("message") == "listening") {
      port_ = static_cast<int>(value.at("port").as_int64());
      changed_.notify_all();
    }
  }
  int port() {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, 20s, [&] { return port_ != 0; });
    return port_;
  }
  std::vector<std::string> each() {
    const std::lock_guard lock{mutex_};
    return lines_;
  }
  std::string all() {
    const std::lock_guard lock{mutex_};
    std::string text;
    for (const std::string& line : lines_) text += line + "\n";
    return text;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
  int port_ = 0;
};

/// A connection that is closed with the object; -1 when it was refused.
class Socket {
 public:
  explicit Socket(int port) {
    descriptor_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{20, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      ::close(descriptor_);
      descriptor_ = -1;
    }
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  [[nodiscard]] bool connected() const { return descriptor_ >= 0; }
  void send(std::string_view text) const {
    ASSERT_EQ(::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  /// Everything until the server closes.
  [[nodiscard]] std::string read_all() const {
    std::string text;
    char block[4096];
    for (;;) {
      const ssize_t size = ::recv(descriptor_, block, sizeof block, 0);
      if (size <= 0) return text;
      text.append(block, static_cast<std::size_t>(size));
    }
  }

 private:
  int descriptor_ = -1;
};

std::atomic<bool> slow_began{false};
std::atomic<bool> slow_ended{false};
std::atomic<bool> destroyed_too_early{false};
std::string shutdown_order;

class SlowController {
 public:
  roost::Task<std::string> slow() {
    slow_began = true;
    co_await roost::sleep_for(400ms);
    slow_ended = true;
    co_return "done";
  }
  static constexpr auto routes = roost::controller("slow", roost::get<&SlowController::slow>());
};

class Resource {
 public:
  void on_module_destroy() {
    if (!slow_ended) destroyed_too_early = true;
    shutdown_order += "destroy ";
  }
  void before_application_shutdown(std::string_view signal) {
    shutdown_order += "before:" + std::string(signal) + " ";
  }
  void on_application_shutdown(std::string_view signal) {
    shutdown_order += "after:" + std::string(signal);
  }
};

struct SlowModule {
  static roost::ModuleDef define() {
    return roost::module<SlowModule>(roost::controllers<SlowController>(),
                                     roost::providers<Resource>());
  }
};

TEST(Lifecycle, DrainsOnSigtermBeforeAnythingIsDestroyed) {
  // The signal must reach the application, not kill the test: blocked here, before its threads.
  sigset_t signals;
  sigset_t before;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, &before);

  const auto lines = std::make_shared<Lines>();
  auto exit_code = std::async(std::launch::async, [lines] {
    const auto log = roost::LogOptions().format(roost::LogOptions::Format::json).sink(lines);
    return roost::create<SlowModule>(roost::ApplicationOptions().log(log).threads(2)).listen(0);
  });
  const int port = lines->port();
  ASSERT_NE(port, 0) << lines->all();

  Socket idle{port};
  Socket busy{port};
  busy.send("GET /slow HTTP/1.1\r\nHost: test\r\n\r\n");
  while (!slow_began) std::this_thread::sleep_for(1ms);
  ::kill(::getpid(), SIGTERM);

  EXPECT_EQ(idle.read_all(), "") << "an idle connection is closed without an answer";
  bool refused = false;
  while (!slow_ended && !refused) {
    refused = !Socket{port}.connected();
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_TRUE(refused) << "no new connection while requests under way finish";
  const std::string answer = busy.read_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_NE(answer.find("Connection: close"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\ndone")) << answer;

  EXPECT_EQ(exit_code.get(), 0) << lines->all();
  EXPECT_FALSE(destroyed_too_early);
  EXPECT_EQ(shutdown_order, "destroy before:SIGTERM after:SIGTERM");
  EXPECT_NE(lines->all().find(R"("path":"/slow","status":200)"), std::string::npos) << lines->all();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

/// Logs before, between and after waits, from handlers of many requests that take turns.
class WalkController {
 public:
  explicit WalkController(roost::Logger& logger) : logger_{logger} {}

  roost::Task<std::string> walk(roost::Param<"who", int> who) {
    logger_.info("begins", "who", *who);
    roost::EventLoop::current().spawn(background(*who));
    for (int step = 0; step < 5; ++step) {
      co_await roost::sleep_for(std::chrono::milliseconds(1 + *who % 3));
      logger_.info("steps", "who", *who);
    }
    co_await roost::when_all(pause(*who), pause(*who));
    auto task = pause(*who);
    co_await roost::with_timeout(std::move(task), 20s);
    logger_.info("ends", "who", *who);
    co_return "walked";
  }
  std::string stand(roost::Param<"who", int> who) {
    logger_.info("stands", "who", *who);
    return "stood";
  }

  static constexpr auto routes =
      roost::controller("walk", roost::get<&WalkController::walk>(":who"),
                        roost::get<&WalkController::stand>(":who/stand"));

 private:
  roost::Task<void> pause(int who) {
    co_await roost::sleep_for(2ms);
    logger_.info("pauses", "who", who);
  }
  roost::Task<void> background(int who) {
    logger_.info("works alone", "alone", who);
    co_await roost::sleep_for(3ms);
    logger_.info("works alone", "alone", who);
  }

  roost::Logger& logger_;
};
struct WalkModule {
  static roost::ModuleDef define() {
    return roost::module<WalkModule>(roost::controllers<WalkController>());
  }
};

TEST(Lifecycle, LinesOfARequestNameItWhateverElseTheLoopDoes) {
  sigset_t signals;
  sigset_t before;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, &before);
  const auto lines = std::make_shared<Lines>();
  auto exit_code = std::async(std::launch::async, [lines] {
    const auto log = roost::LogOptions().format(roost::LogOptions::Format::json).sink(lines);
    return roost::create<WalkModule>(roost::ApplicationOptions().log(log).threads(1)).listen(0);
  });
  const int port = lines->port();
  ASSERT_NE(port, 0) << lines->all();

  constexpr int clients = 12;
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  std::vector<std::unique_ptr<Socket>> sockets;
  for (int who = 0; who < clients; ++who) {
    const std::string path = "/walk/" + std::to_string(who);
    const std::string fields = " HTTP/1.1\r\nHost: test\r\nX-Request-Id: id-" +
                               std::to_string(who) + "\r\ntraceparent: 00-" + trace +
                               "-00f067aa0ba902b7-01\r\n";
    sockets.push_back(std::make_unique<Socket>(port));
    sockets.back()->send("GET " + path + fields + "\r\nGET " + path + "/stand" + fields +
                         "Connection: close\r\n\r\n");
  }
  for (const auto& socket : sockets) EXPECT_TRUE(socket->read_all().ends_with("stood"));
  ::kill(::getpid(), SIGTERM);
  EXPECT_EQ(exit_code.get(), 0) << lines->all();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);

  int named = 0;
  int alone = 0;
  for (const std::string& line : lines->each()) {
    const auto value = roost::json::read_or_throw<roost::json::Value>(line);
    if (line.find(R"("who":)") != std::string::npos) {
      ++named;
      const std::string id = "id-" + std::to_string(value.at("who").as_int64());
      EXPECT_TRUE(value.at("requestId") == id) << line;
      EXPECT_TRUE(value.at("traceId") == trace) << line;
      EXPECT_EQ(line.find("requestId"), line.rfind("requestId")) << line;
    } else if (value.at("message") != "request") {
      alone += line.find(R"("alone":)") != std::string::npos ? 1 : 0;
      EXPECT_EQ(line.find("requestId"), std::string::npos) << line;
    } else {
      EXPECT_EQ(line.find("requestId"), line.rfind("requestId")) << line;
    }
  }
  EXPECT_EQ(named, clients * 11);
  EXPECT_EQ(alone, clients * 2);
}

class SamePathController {
 public:
  std::string one(roost::Param<"a"> a) { return *a; }
  std::string two(roost::Param<"b"> b) { return *b; }
  static constexpr auto routes =
      roost::controller("same", roost::get<&SamePathController::one>(":a"),
                        roost::get<&SamePathController::two>(":b"));
};
struct SamePathModule {
  static roost::ModuleDef define() {
    return roost::module<SamePathModule>(roost::controllers<SamePathController>());
  }
};

struct Broken {
  Broken() { throw roost::Error("the licence file is missing"); }
};
struct BrokenModule {
  static roost::ModuleDef define() {
    return roost::module<BrokenModule>(roost::providers<Broken>());
  }
};

template <class M>
std::string start_error() {
  ::testing::internal::CaptureStderr();
  const auto log = roost::LogOptions().level(roost::LogLevel::off);
  const int code = roost::create<M>(roost::ApplicationOptions().log(log).threads(1)).listen(0);
  EXPECT_EQ(code, 1);
  return ::testing::internal::GetCapturedStderr();
}

TEST(Lifecycle, RefusesRoutesOfWhichOneCouldNeverAnswer) {
  const std::string message = start_error<SamePathModule>();
  EXPECT_NE(message.find("SamePathController::one"), std::string::npos) << message;
  EXPECT_NE(message.find("SamePathController::two"), std::string::npos) << message;
  EXPECT_NE(message.find("/same/:b"), std::string::npos) << message;
}

TEST(Lifecycle, NamesTheProviderThatFailed) {
  const std::string message = start_error<BrokenModule>();
  EXPECT_NE(message.find("Broken"), std::string::npos) << message;
  EXPECT_NE(message.find("BrokenModule"), std::string::npos) << message;
  EXPECT_NE(message.find("the licence file is missing"), std::string::npos) << message;
}

TEST(Lifecycle, SaysWhenTheAddressIsTaken) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(descriptor, 1), 0);
  socklen_t size = sizeof address;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  ::testing::internal::CaptureStderr();
  const auto log = roost::LogOptions().level(roost::LogLevel::off);
  const int code = roost::create<SlowModule>(roost::ApplicationOptions().log(log).threads(1))
                       .listen(ntohs(address.sin_port));
  const std::string message = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(code, 1);
  EXPECT_NE(message.find(std::to_string(ntohs(address.sin_port))), std::string::npos) << message;
  ::close(descriptor);
}

}  // namespace
