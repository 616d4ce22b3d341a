// What one request costs in user code: parsing, routing, writing. With a port as argument it serves
// /plaintext, /json and /large (1 MiB) instead, for load generators.
#include <roost/async/event_loop.hpp>
#include <roost/http/detail/request_parser.hpp>
#include <roost/http/detail/response_writer.hpp>
#include <roost/http/router.hpp>
#include <roost/http/server.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>

namespace {

using namespace roost::http;
using roost::Task;

class Handler final : public RequestHandler {
 public:
  Handler() {
    plaintext_ = router_.add(Method::GET, "/plaintext", "plaintext");
    json_ = router_.add(Method::GET, "/json", "json");
    large_ = router_.add(Method::GET, "/large", "large");
    awaited_ = router_.add(Method::GET, "/awaited", "awaited");
  }

  Task<void> handle(Request& request, Response& response) override {
    RouteMatch match;
    router_.match(request, match);
    if (match.kind != RouteMatch::Kind::found) {
      response.status(404);
    } else if (match.route == plaintext_) {
      response.content_type("text/plain").body() += "Hello, World!";
    } else if (match.route == json_) {
      response.content_type("application/json").body() += R"({"message":"Hello, World!"})";
    } else if (match.route == large_) {
      response.content_type("text/plain").static_body(large_body_);
    } else {
      return awaited(response);
    }
    return {};
  }

 private:
  static Task<void> awaited(Response& response) {
    co_await roost::yield();
    response.content_type("text/plain").body() += "Hello, World!";
  }

  Router router_;
  RouteIndex plaintext_ = 0;
  RouteIndex json_ = 0;
  RouteIndex large_ = 0;
  RouteIndex awaited_ = 0;
  std::string large_body_ = std::string(std::size_t{1} << 20, 'x');
};

void serve(std::uint16_t port) {
  roost::EventLoop loop;
  Handler handler;
  Server server{handler};
  server.listen("127.0.0.1", port, loop);
  std::printf("listening on %u\n", static_cast<unsigned>(server.port()));
  std::fflush(stdout);
  loop.run();
}

// The best of several runs, in nanoseconds per call.
template <class F>
void measure(const char* what, F&& work) {
  using Time = std::chrono::steady_clock;
  constexpr int calls = 100'000;
  double best = std::numeric_limits<double>::max();
  for (int run = 0; run < 7; ++run) {
    const auto begin = Time::now();
    for (int i = 0; i < calls; ++i) work();
    const std::chrono::duration<double, std::nano> taken = Time::now() - begin;
    best = std::min(best, taken.count() / calls);
  }
  std::printf("%-58s %7.1f ns\n", what, best);
}

void measure_parsing(const char* what, std::string input) {
  const detail::ParserLimits limits;
  detail::RequestParser parser{limits};
  Request request;
  measure(what, [&] {
    std::size_t size = input.size();
    if (parser.parse(input.data(), size, request) != detail::ParseStatus::complete) std::abort();
    parser.reset();
    request.reset();
  });
}

void measure_routing() {
  Router router;
  for (int i = 0; i < 40; ++i) {
    const std::string base = "/resource" + std::to_string(i);
    for (const Method method : {Method::GET, Method::POST}) router.add(method, base, "bench");
    for (const Method method : {Method::GET, Method::PATCH, Method::DELETE}) {
      router.add(method, base + "/:id", "bench");
    }
    router.add(Method::GET, base + "/:id/items/:item", "bench");
  }
  RouteMatch match;
  const auto look_up = [&](std::string_view path) {
    router.match(Method::GET, path, match);
    if (match.kind != RouteMatch::Kind::found) std::abort();
  };
  measure("route: literal, 240 routes", [&] { look_up("/resource37"); });
  measure("route: one parameter, 240 routes", [&] { look_up("/resource37/12345"); });
  measure("route: two parameters, 240 routes", [&] { look_up("/resource37/12345/items/9"); });
}

void measure_writing() {
  detail::DateCache date;
  Response response;
  std::string out;
  measure("respond: plaintext", [&] {
    response.content_type("text/plain").body() += "Hello, World!";
    const detail::WriteContext context;
    out.clear();
    detail::write_response(out, date, response, detail::body_mode(response, context), context);
    response.reset();
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) {
    serve(static_cast<std::uint16_t>(std::atoi(argv[1])));
    return 0;
  }
  measure_parsing("parse: GET with one field (43 bytes)",
                  "GET /plaintext HTTP/1.1\r\nHost: a.test\r\n\r\n");
  measure_parsing(
      "parse: GET of a browser with seven fields (371 bytes)",
      "GET /api/books/42?page=2&size=20 HTTP/1.1\r\nHost: api.example.org\r\n"
      "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\n"
      "Accept: application/json, text/plain, */*\r\nAccept-Encoding: gzip, deflate, br\r\n"
      "Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0In0.sflKxwRJS\r\n"
      "Cookie: sid=0123456789abcdef; theme=dark\r\nConnection: keep-alive\r\n\r\n");
  measure_parsing("parse: POST with 64 bytes of body",
                  "POST /cats HTTP/1.1\r\nHost: a.test\r\nContent-Type: application/json\r\n"
                  "Content-Length: 64\r\n\r\n" +
                      std::string(64, 'x'));
  measure_routing();
  measure_writing();
}
