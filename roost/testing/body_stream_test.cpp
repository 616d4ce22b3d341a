// Handlers that read their body piece by piece, and limits of bodies route by route, through a
// server.
#include <roost/app/application.hpp>
#include <roost/async/event_loop_group.hpp>
#include <roost/http/server.hpp>
#include <roost/roost.hpp>
#include <roost/testing/test_application.hpp>
#include <roost/web/body_stream.hpp>
#include <roost/web/dispatcher.hpp>
#include <roost/web/multipart.hpp>

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

using namespace roost;  // as users write it
using roost::http::Method;

namespace {

struct Named {
  std::string name;
};

struct NobodyGuard {
  bool can_activate(ExecutionContext&) { return false; }
};

class PiecesController {
 public:
  Task<std::string> count(BodyStream body,
                          Header<"Content-Type", std::optional<std::string>> type) {
    std::size_t bytes = 0;
    for (;;) {
      const auto piece = co_await body.read();
      if (!piece) break;
      bytes += piece->size();
    }
    const auto again = co_await body.read();
    co_return std::to_string(bytes) + " bytes of " + type->value_or("nothing") +
        (again ? ", and more" : "");
  }
  Task<std::string> length(BodyStream body) {
    co_return body.length() ? std::to_string(*body.length()) : "unknown";
  }
  int size(Body<Named> body) { return static_cast<int>(body->name.size()); }

  static constexpr auto routes =
      controller("pieces", body_limit(300'000), post<&PiecesController::count>(),
                 post<&PiecesController::count>("small", body_limit(10)),
                 post<&PiecesController::count>("nobody", use_guards<NobodyGuard>()),
                 post<&PiecesController::count>("hurried", timeout(std::chrono::milliseconds(100))),
                 post<&PiecesController::length>("length"), post<&PiecesController::size>("whole"),
                 post<&PiecesController::size>("tiny", body_limit(20)),
                 post<&PiecesController::size>("versioned", version("2"), body_limit(400'000)));
};
class PlainController {
 public:
  int size(Body<Named> body) { return static_cast<int>(body->name.size()); }
  static constexpr auto routes = controller("plain", post<&PlainController::size>());
};
struct PiecesModule {
  static ModuleDef define() {
    return module<PiecesModule>(controllers<PiecesController, PlainController>(),
                                providers<NobodyGuard>());
  }
};

/// The application behind a server, while this object lives.
class Served {
 public:
  explicit Served(const ApplicationOptions& options = {}, const http::ServerOptions& limits = {})
      : application_{create<PiecesModule>(
            ApplicationOptions(options).log(LogOptions().level(LogLevel::off)))} {
    application_.start(loop_, {});
    server_.emplace(application_.dispatcher(), limits);
    server_->listen("127.0.0.1", 0, loops_);
    loops_.start();
  }
  ~Served() {
    loops_.stop();
    loops_.join();
    server_.reset();
    application_.stop(loop_);
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  /// Sends the bytes and gives what comes until the connection is closed.
  std::string exchange(std::string_view bytes) const {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{20, 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server_->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      while (!bytes.empty()) {
        const ssize_t sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) break;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      }
      char buffer[16'384];
      for (;;) {
        const ssize_t got = ::recv(descriptor, buffer, sizeof buffer, 0);
        if (got <= 0) break;
        answer.append(buffer, static_cast<std::size_t>(got));
      }
    }
    ::close(descriptor);
    return answer;
  }
  std::string post(const std::string& path, const std::string& body,
                   const std::string& fields = {}) const {
    return exchange("POST " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }

 private:
  EventLoop loop_;
  EventLoopGroup loops_{1};
  Application application_;
  std::optional<http::Server> server_;
};

std::string named(std::size_t size) { return R"({"name":")" + std::string(size, 'n') + R"("})"; }
const std::string json = "Content-Type: application/json\r\n";

TEST(BodyStreams, GiveBodiesOfAnyTypeAndSize) {
  const Served served;
  const std::string answer =
      served.post("/pieces", std::string(200'000, 'x'), "Content-Type: image/png\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 201")) << answer;
  EXPECT_TRUE(answer.ends_with("200000 bytes of image/png")) << answer;
  EXPECT_TRUE(served.post("/pieces", "").ends_with("0 bytes of nothing"));
  // Not read as what it says that it is.
  EXPECT_TRUE(served.post("/pieces", "{", json).ends_with("1 bytes of application/json"));
  EXPECT_TRUE(served.post("/pieces/length", "12345").ends_with("\r\n\r\n5"));
  EXPECT_TRUE(served
                  .exchange("POST /pieces/length HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                  .ends_with("\r\n\r\nunknown"));
}

TEST(BodyStreams, WorkWithoutAServer) {
  auto app = roost::testing::create<PiecesModule>();
  const auto answer = app.inject({.method = Method::POST,
                                  .path = "/pieces",
                                  .headers = {{"Content-Type", "text/plain"}},
                                  .body = "12345"});
  EXPECT_EQ(answer.body, "5 bytes of text/plain");
  EXPECT_EQ(app.inject({.method = Method::POST, .path = "/pieces"}).body, "0 bytes of nothing");
}

TEST(BodyStreams, AreNotBegunForThoseWhoMayNot) {
  const Served served;
  const std::string answer = served.exchange(
      "POST /pieces/nobody HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
      "Content-Length: 100\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 403")) << answer;
}

TEST(BodyStreams, EndWithTheTimeOfTheirRoute) {
  const Served served;
  const std::string answer = served.exchange(
      "POST /pieces/hurried HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
      "Content-Length: 100\r\n\r\n12345");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 408")) << answer;
}

TEST(BodyLimits, AreThoseOfTheRouteElseOfTheApplication) {
  http::ServerOptions limits;
  limits.body_limit = 1'000;
  const Served served{{}, limits};
  const auto is = [](const std::string& answer, const char* status) {
    return answer.starts_with("HTTP/1.1 " + std::string(status));
  };
  EXPECT_TRUE(is(served.post("/pieces", std::string(300'000, 'x')), "201"));
  EXPECT_TRUE(is(served.post("/pieces", std::string(300'001, 'x')), "413"));
  EXPECT_TRUE(is(served.post("/pieces/small", std::string(10, 'x')), "201"));
  EXPECT_TRUE(is(served.post("/pieces/small", std::string(11, 'x')), "413"));
  EXPECT_TRUE(is(served.post("/pieces/whole", named(299'000), json), "201"));
  EXPECT_TRUE(is(served.post("/pieces/whole", named(300'000), json), "413"));
  EXPECT_TRUE(is(served.post("/pieces/tiny", named(5), json), "201"));
  EXPECT_TRUE(is(served.post("/pieces/tiny", named(50), json), "413"));
  EXPECT_TRUE(is(served.post("/plain", named(900), json), "201"));
  EXPECT_TRUE(is(served.post("/plain", named(1'000), json), "413"));
  EXPECT_TRUE(is(served.post("/nowhere", named(1'000), json), "413"));
  EXPECT_TRUE(is(served.post("/nowhere", named(10), json), "404"));
}

TEST(BodyLimits, AreThoseOfTheVersionAskedFor) {
  const Served served{
      ApplicationOptions().versioning(Versioning::header("X-Version")).global_prefix("api")};
  const std::string large = named(350'000);
  EXPECT_TRUE(served.post("/api/pieces/versioned", large, json + "X-Version: 2\r\n")
                  .starts_with("HTTP/1.1 201"));
  EXPECT_TRUE(served.post("/api/pieces/versioned", large, json).starts_with("HTTP/1.1 413"));
}

class TornController {
 public:
  Task<void> both(BodyStream, File<"file">) { co_return; }
  static constexpr auto routes = controller("torn", post<&TornController::both>());
};
struct TornModule {
  static ModuleDef define() { return module<TornModule>(controllers<TornController>()); }
};

TEST(BodyStreams, AndFormsAreTooMuchForOneHandler) {
  try {
    auto app = roost::testing::create<TornModule>();
    app.start();
    FAIL() << "started";
  } catch (const StartupError& error) {
    EXPECT_NE(std::string(error.what()).find("TornController::both reads the body"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
