// 256 connections against a whole application on several loops: versions, metrics, health, traces,
// cookies, groups, compressed streams. For the thread and address sanitizers.
#include <roost/app/application.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/async/event_loop_group.hpp>
#include <roost/async/timers.hpp>
#include <roost/di/container.hpp>
#include <roost/http/request.hpp>
#include <roost/http/server.hpp>
#include <roost/http/stream.hpp>
#include <roost/roost.hpp>
#include <roost/web/dispatcher.hpp>
#include <roost/web/trace_context.hpp>

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <atomic>
#include <memory>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace roost;  // as users write it

namespace {

struct Secret {
  std::string open = "open";
  std::string closed = "closed";
  static constexpr auto meta = roost::meta(field<&Secret::closed>(groups("admin")));
};

class Pieces final : public http::Stream {
 public:
  Task<bool> next(std::string& out) override {
    co_await sleep_for(std::chrono::milliseconds(0));
    out.append(5'000, 'p');
    co_return ++at_ < 5;
  }

 private:
  int at_ = 0;
};

struct Checked {
  Task<void> check_health() { co_await sleep_for(std::chrono::milliseconds(1)); }
};

class BusyController {
 public:
  explicit BusyController(CookieSigner& signer) : signer_{signer} {}
  std::string first(TraceContext trace) { return "one " + std::string(trace.trace_id()); }
  Task<Secret> second() {
    co_await sleep_for(std::chrono::milliseconds(1));
    co_return Secret{};
  }
  Response pieces() { return Response().stream("text/plain", std::make_unique<Pieces>()); }
  Response cookie() {
    return Response(204).cookie(SetCookie("sid", signer_.sign("sid", "user 7")));
  }
  static constexpr auto routes =
      controller("busy", get<&BusyController::first>(version("1")),
                 get<&BusyController::second>(version("2"), show_groups("admin")),
                 get<&BusyController::pieces>("pieces"), get<&BusyController::cookie>("cookie"));

 private:
  CookieSigner& signer_;
};
struct BusyModule {
  static ModuleDef define() {
    return module<BusyModule>(controllers<BusyController>(), providers<Checked>(),
                              value<CookieSigner>(CookieSigner{"a secret of sixteen bytes"}));
  }
};

/// A connection that sends one request after the other and waits for each answer.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{60, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(socket_);
      socket_ = -1;
    }
  }
  ~Client() {
    if (socket_ >= 0) ::close(socket_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool send(const std::string& path, const std::string& fields) {
    const std::string text = "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
    return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
  }
  /// Head and body; empty when the connection broke.
  std::string receive() {
    std::string answer;
    char buffer[16'384];
    while (!complete(answer)) {
      const ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
      if (got <= 0) return {};
      answer.append(buffer, static_cast<std::size_t>(got));
    }
    return answer;
  }

 private:
  static bool complete(const std::string& answer) {
    const auto head = answer.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    if (answer.find("Transfer-Encoding: chunked") < head) return answer.ends_with("\r\n0\r\n\r\n");
    const auto length = answer.find("Content-Length: ");
    if (length > head) return true;  // 204
    return answer.size() - head - 4 == std::stoul(answer.substr(length + 16));
  }

  int socket_;
};

struct Step {
  std::string path;
  std::string fields;
  std::string begins;
  std::string contains;
};

const std::vector<Step>& steps() {
  static const std::vector<Step> all{
      {"/api/busy", "X-Version: 1\r\n", "HTTP/1.1 200", "one "},
      {"/api/busy",
       "X-Version: 1\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n",
       "HTTP/1.1 200", "one 0af7651916cd43dd8448eb211c80319c"},
      {"/api/busy", "X-Version: 2\r\n", "HTTP/1.1 200", R"("closed":"closed")"},
      {"/api/busy", "", "HTTP/1.1 404", "Cannot GET /api/busy"},
      {"/api/busy/pieces", "", "HTTP/1.1 200", std::string(1000, 'p')},
      {"/api/busy/pieces", "Accept-Encoding: gzip\r\n", "HTTP/1.1 200", "Content-Encoding: gzip"},
      {"/api/busy/pieces", "Accept-Encoding: br\r\n", "HTTP/1.1 200", "Content-Encoding: br"},
      {"/api/busy/cookie", "", "HTTP/1.1 204", "Set-Cookie: sid=user%207."},
      {"/health/ready", "", "HTTP/1.1 200", R"("Checked":{"status":"up"})"},
      {"/metrics", "", "HTTP/1.1 200", "http_requests_in_flight"}};
  return all;
}

struct CountLines : LogSink {
  std::size_t count = 0;  // under the logger's lock
  void write(LogLevel, std::string_view) override { ++count; }
};

TEST(ApplicationStress, ManyConnectionsUseEverything) {
  constexpr std::size_t connections = 256;
  constexpr std::size_t rounds = 10;
  auto lines = std::make_shared<CountLines>();
  auto app = create<BusyModule>(ApplicationOptions()
                                    .log(LogOptions().sink(lines))
                                    .access_log(true)
                                    .metrics(true)
                                    .health_timeout(std::chrono::minutes(1))
                                    .compression()
                                    .cors()
                                    .global_prefix("api")
                                    .versioning(Versioning::header("X-Version")));
  std::size_t asked = 1;
  EventLoop loop;
  EventLoopGroup loops{3};
  app.start(loop, {});
  {
    http::Server server{app.dispatcher()};
    server.listen("127.0.0.1", 0, loops);
    loops.start();
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (std::size_t thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&, thread] {
        std::vector<std::unique_ptr<Client>> clients;
        for (std::size_t i = 0; i < connections / 8; ++i) {
          clients.push_back(std::make_unique<Client>(server.port()));
        }
        for (std::size_t round = 0; round < rounds; ++round) {
          // All connections of the thread have a request under way at once.
          for (std::size_t i = 0; i < clients.size(); ++i) {
            const Step& step = steps()[(i + round + thread) % steps().size()];
            if (!clients[i]->send(step.path, step.fields)) ++wrong;
          }
          for (std::size_t i = 0; i < clients.size(); ++i) {
            const Step& step = steps()[(i + round + thread) % steps().size()];
            const std::string answer = clients[i]->receive();
            if (!answer.starts_with(step.begins)) ++wrong;
            if (answer.find(step.contains) == std::string::npos) ++wrong;
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
    Client last{server.port()};
    ASSERT_TRUE(last.send("/metrics", ""));
    const std::string page = last.receive();
    std::size_t counted = 0;
    for (auto at = page.find("http_requests_total{"); at != std::string::npos;
         at = page.find("http_requests_total{", at + 1)) {
      counted += std::stoul(page.substr(page.find("} ", at) + 2));
    }
    EXPECT_EQ(counted, connections * rounds) << page;
    // The end of a stream reaches its client just before the server has put the request away.
    std::string again = page;
    while (again.find("\nhttp_requests_in_flight 1\n") == std::string::npos && asked < 500) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      ASSERT_TRUE(last.send("/metrics", ""));
      again = last.receive();
      ++asked;
    }
    EXPECT_LT(asked, 500U) << again;
    std::atomic<bool> drained{false};
    server.drain(std::chrono::milliseconds(10'000), [&] { drained = true; });
    while (!drained) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    loops.stop();
    loops.join();
  }
  EXPECT_EQ(lines->count, connections * rounds + asked);
  app.stop(loop);
}

}  // namespace
