// The http component alone, without the framework above it: plaintext and JSON at fixed paths.
// Usage: bench_raw_http PORT
#include <roost/async/event_loop.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/http/router.hpp>
#include <roost/http/server.hpp>

#include <cstdio>
#include <cstdlib>

namespace {

class Handler final : public roost::http::RequestHandler {
 public:
  Handler() {
    plaintext_ = router_.add(roost::http::Method::GET, "/plaintext", "plaintext");
    json_ = router_.add(roost::http::Method::GET, "/json", "json");
    awaited_ = router_.add(roost::http::Method::GET, "/awaited", "awaited");
  }

  roost::Task<void> handle(roost::http::Request& request,
                           roost::http::Response& response) override {
    roost::http::RouteMatch match;
    router_.match(request, match);
    if (match.kind != roost::http::RouteMatch::Kind::found) {
      response.status(404);
    } else if (match.route == plaintext_) {
      response.content_type("text/plain").body() += "Hello, World!";
    } else if (match.route == json_) {
      response.content_type("application/json").body() += R"({"message":"Hello, World!"})";
    } else {
      return awaited(response);
    }
    return {};
  }

 private:
  static roost::Task<void> awaited(roost::http::Response& response) {
    co_await roost::yield();
    response.content_type("text/plain").body() += "Hello, World!";
  }

  roost::http::Router router_;
  roost::http::RouteIndex plaintext_ = 0;
  roost::http::RouteIndex json_ = 0;
  roost::http::RouteIndex awaited_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const int port = argc > 1 ? std::atoi(argv[1]) : 8080;
  roost::EventLoop loop;
  Handler handler;
  roost::http::Server server{handler};
  server.listen("127.0.0.1", static_cast<std::uint16_t>(port), loop);
  std::printf("listening on %u\n", static_cast<unsigned>(server.port()));
  std::fflush(stdout);
  loop.run();
}
