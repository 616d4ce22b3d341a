// What operators look at: health, metrics, traces.
#include <roost/app/metric_registry.hpp>
#include <roost/async/timers.hpp>
#include <roost/di/health.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/roost.hpp>
#include <roost/testing/test_application.hpp>
#include <roost/web/dispatcher.hpp>
#include <roost/web/trace_context.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

using namespace roost;  // as users write it
using roost::http::Method;

namespace {

struct CollectedLines : LogSink {
  std::vector<std::string> lines;
  void write(LogLevel, std::string_view line) override { lines.emplace_back(line); }
  [[nodiscard]] std::string all() const {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
  }
};

// ---- health ------------------------------------------------------------------------------------

struct Switch {
  int state = 0;  // 0: up
};
struct Database {
  static constexpr std::string_view health_name = "database";
  explicit Database(Switch& given) : the_switch{given} {}
  Task<void> check_health() {
    co_await sleep_for(std::chrono::milliseconds(the_switch.state == 3 ? 600'000 : 1));
    if (the_switch.state == 1) throw UnhealthyError("no connection \"left\"");
    if (the_switch.state == 2) throw std::runtime_error("password of db.internal is secret");
    if (the_switch.state == 4) throw 7;
  }
  Switch& the_switch;
};
struct Disk {
  void check_health() { ++checks; }
  int checks = 0;
};
struct CheckedModule {
  static ModuleDef define() { return module<CheckedModule>(providers<Switch, Database, Disk>()); }
};
struct EmptyModule {
  static ModuleDef define() { return module<EmptyModule>(); }
};

TEST(HealthChecks, LivenessAsksNobody) {
  auto app = roost::testing::create<CheckedModule>();
  EXPECT_EQ(app.get("/health").body, R"({"status":"ok"})");
  EXPECT_EQ(app.get("/health/live").body, R"({"status":"ok"})");
  EXPECT_EQ(app.get<Disk>().checks, 0);
}

TEST(HealthChecks, ReadinessAsksEveryProviderThatHasACheck) {
  auto app = roost::testing::create<CheckedModule>();
  const auto answer = app.get("/health/ready");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body,
            R"({"status":"ok","info":{"Disk":{"status":"up"},"database":{"status":"up"}},)"
            R"("error":{},"details":{"Disk":{"status":"up"},"database":{"status":"up"}}})");
  EXPECT_EQ(answer.header("Cache-Control"), "no-cache, no-store, must-revalidate");
  EXPECT_EQ(app.get<Disk>().checks, 1);
  auto none = roost::testing::create<EmptyModule>();
  EXPECT_EQ(none.get("/health/ready").body, R"({"status":"ok","info":{},"error":{},"details":{}})");
}

TEST(HealthChecks, WhatIsDownIsNamedAndSecretsStayInTheLog) {
  auto lines = std::make_shared<CollectedLines>();
  auto app = roost::testing::create<CheckedModule>(
      ApplicationOptions()
          .log(LogOptions().sink(lines).format(LogOptions::Format::json))
          .health_timeout(std::chrono::minutes(1)));
  const auto ask = [&](int state) {
    app.get<Switch>().state = state;
    return app.get("/health/ready");
  };
  const auto down = ask(1);
  EXPECT_EQ(down.status, 503);
  EXPECT_EQ(
      down.body,
      R"({"status":"error","info":{"Disk":{"status":"up"}},)"
      R"("error":{"database":{"status":"down","message":"no connection \"left\""}},)"
      R"("details":{"Disk":{"status":"up"},"database":{"status":"down","message":"no connection \"left\""}}})");
  const auto secret = ask(2);
  EXPECT_EQ(secret.status, 503);
  EXPECT_EQ(secret.body.find("secret"), std::string::npos) << secret.body;
  EXPECT_NE(lines->all().find("password of db.internal is secret"), std::string::npos);
  EXPECT_EQ(ask(4).status, 503);
  EXPECT_EQ(ask(0).status, 200);
}

TEST(HealthChecks, ThatTakeTooLongAreDown) {
  auto app = roost::testing::create<CheckedModule>(
      ApplicationOptions().health_timeout(std::chrono::milliseconds(100)));
  app.get<Switch>().state = 3;
  const auto slow = app.get("/health/ready");
  EXPECT_EQ(slow.status, 503);
  EXPECT_EQ(slow.json().at("error").at("database").at("message"), "no answer within 100 ms");
}

TEST(HealthChecks, CanBeSwitchedOff) {
  auto app = roost::testing::create<CheckedModule>(ApplicationOptions().health(false));
  EXPECT_EQ(app.get("/health/ready").status, 404);
}

// ---- metrics -----------------------------------------------------------------------------------

class ThingsController {
 public:
  std::string one(Param<"id", int> id) { return std::to_string(*id); }
  std::string make() { return "made"; }
  std::string every() { return "every"; }
  void fails() { throw std::runtime_error("oops"); }
  Task<void> slow() { co_await sleep_for(std::chrono::milliseconds(30)); }
  static constexpr auto routes =
      controller("things", get<&ThingsController::one>(":id"), post<&ThingsController::make>(),
                 all<&ThingsController::every>("every"), get<&ThingsController::fails>("fails"),
                 get<&ThingsController::slow>("slow"));
};
struct ThingsModule {
  static ModuleDef define() { return module<ThingsModule>(controllers<ThingsController>()); }
};

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(MetricsPage, IsThereOnlyWhenAskedFor) {
  auto app = roost::testing::create<ThingsModule>();
  EXPECT_EQ(app.get("/metrics").status, 404);
}

TEST(MetricsPage, CountsByRouteMethodAndStatus) {
  auto app = roost::testing::create<ThingsModule>(ApplicationOptions().metrics(true));
  for (int i = 0; i < 3; ++i) app.get("/things/" + std::to_string(i));
  app.get("/things/x");
  app.inject({.method = Method::HEAD, .path = "/things/1"});
  app.inject({.method = Method::POST, .path = "/things"});
  app.inject({.method = Method::PATCH, .path = "/things/every"});
  app.inject({.method = Method::DELETE, .path = "/things/1"});
  app.get("/nowhere/%22%0A");
  app.get("/things/fails");
  app.get("/things/slow");
  const auto page = app.get("/metrics");
  EXPECT_EQ(page.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  const std::string& text = page.body;
  for (
      const char* line : {
          "# TYPE http_requests_total counter",
          R"(http_requests_total{method="GET",route="/things/:id",status="200"} 3)",
          R"(http_requests_total{method="GET",route="/things/:id",status="400"} 1)",
          R"(http_requests_total{method="HEAD",route="/things/:id",status="200"} 1)",
          R"(http_requests_total{method="POST",route="/things",status="201"} 1)",
          R"(http_requests_total{method="PATCH",route="/things/every",status="200"} 1)",
          R"(http_requests_total{method="DELETE",route="",status="405"} 1)",
          R"(http_requests_total{method="GET",route="",status="404"} 1)",
          R"(http_requests_total{method="GET",route="/things/fails",status="500"} 1)",
          R"(http_request_duration_seconds_count{method="GET",route="/things/:id"} 4)",
          R"(http_request_duration_seconds_bucket{method="GET",route="/things/:id",le="+Inf"} 4)",
          R"(http_request_duration_seconds_bucket{method="GET",route="/things/slow",le="0.025"} 0)",
          R"(http_request_duration_seconds_count{method="GET",route="/things/slow"} 1)",
          "http_requests_in_flight 1",
      }) {
    EXPECT_TRUE(has_line(text, line)) << line << "\nis missing in\n" << text;
  }
  for (const char* name : {"process_cpu_seconds_total ", "process_resident_memory_bytes ",
                           "process_open_fds ", "process_start_time_seconds "}) {
    EXPECT_NE(text.find(std::string("\n") + name), std::string::npos) << name;
  }
  EXPECT_EQ(text.find("nowhere"), std::string::npos) << "clients must not make series";
  EXPECT_TRUE(
      app.get("/metrics")
          .body.find(R"(http_requests_total{method="GET",route="/metrics",status="200"} 1)") !=
      std::string::npos);
}

class TillService {
 public:
  explicit TillService(MetricRegistry& metrics)
      : sold_{metrics.counter("till_sold_total", "Things sold,\nby all tills.",
                              MetricLabels{"kind", "by"})},
        open_{metrics.gauge("till_open", "Tills that are open.")},
        prices_{metrics.histogram("till_price_euros", "What things cost.", MetricBuckets{1, 10})} {}

  void sell(std::string_view kind, double price) {
    sold_.with(kind, "a \"till\"").increment();
    open_.add(1.5);
    prices_.observe(price);
  }

 private:
  Labelled<Counter> sold_;
  Gauge open_;
  Histogram prices_;
};
class TillController {
 public:
  explicit TillController(TillService& till) : till_{till} {}
  void sell() {
    till_.sell("hat", 10);
    till_.sell("hat", 0.5);
    till_.sell("coat", 99);
  }
  static constexpr auto routes = controller("till", post<&TillController::sell>());

 private:
  TillService& till_;
};
struct TillModule {
  static ModuleDef define() {
    return module<TillModule>(controllers<TillController>(), providers<TillService>());
  }
};

TEST(MetricsPage, ShowsWhatTheApplicationCounts) {
  auto app = roost::testing::create<TillModule>(ApplicationOptions().metrics(true));
  ASSERT_EQ(app.inject({.method = Method::POST, .path = "/till"}).status, 201);
  const std::string text = app.get("/metrics").body;
  EXPECT_TRUE(has_line(text, R"(# HELP till_sold_total Things sold,\nby all tills.)")) << text;
  EXPECT_TRUE(has_line(text, "# TYPE till_sold_total counter")) << text;
  EXPECT_TRUE(has_line(text, R"(till_sold_total{kind="hat",by="a \"till\""} 2)")) << text;
  EXPECT_TRUE(has_line(text, R"(till_sold_total{kind="coat",by="a \"till\""} 1)")) << text;
  EXPECT_TRUE(has_line(text, "# TYPE till_open gauge")) << text;
  EXPECT_TRUE(has_line(text, "till_open 4.5")) << text;
  EXPECT_TRUE(has_line(text, "# TYPE till_price_euros histogram")) << text;
  EXPECT_TRUE(has_line(text, R"(till_price_euros_bucket{le="1"} 1)")) << text;
  EXPECT_TRUE(has_line(text, R"(till_price_euros_bucket{le="10"} 2)")) << text;
  EXPECT_TRUE(has_line(text, R"(till_price_euros_bucket{le="+Inf"} 3)")) << text;
  EXPECT_TRUE(has_line(text, "till_price_euros_sum 109.5")) << text;
  EXPECT_TRUE(has_line(text, "till_price_euros_count 3")) << text;
}

TEST(MetricsPage, AnApplicationMayCountWithoutShowingIt) {
  auto app = roost::testing::create<TillModule>(ApplicationOptions());
  EXPECT_EQ(app.inject({.method = Method::POST, .path = "/till"}).status, 201);
  EXPECT_EQ(app.get("/metrics").status, 404);
}

TEST(MetricsPage, CountsWhoLeavesAndWhatWasRefused) {
  auto app = roost::testing::create<ThingsModule>(ApplicationOptions().metrics(true));
  app.start();
  web::Dispatcher& dispatcher = app.application().dispatcher();
  {
    http::Request request;
    ASSERT_TRUE(request.assign_target("/things/1"));
    http::Response response;
    EXPECT_FALSE(dispatcher.handle(request, response));
    EXPECT_TRUE(has_line(app.get("/metrics").body, "http_requests_in_flight 2"));
  }
  {
    http::Request request;
    http::Response response;
    dispatcher.refuse(431, "too much", response);
    dispatcher.on_response(request, response);
  }
  const std::string text = app.get("/metrics").body;
  EXPECT_TRUE(has_line(text, "http_requests_in_flight 1")) << text;
  EXPECT_TRUE(
      has_line(text, R"(http_requests_total{method="GET",route="/things/:id",status="499"} 1)"));
  EXPECT_TRUE(has_line(text, R"(http_requests_refused_total{status="431"} 1)"));
}

// ---- traces ------------------------------------------------------------------------------------

class TracesController {
 public:
  std::string trace(TraceContext trace) {
    return std::string(trace.parent_id()) + " " + trace.traceparent() + " " + trace.tracestate();
  }
  static constexpr auto routes = controller("trace", get<&TracesController::trace>());
};
struct TracesModule {
  static ModuleDef define() { return module<TracesModule>(controllers<TracesController>()); }
};

constexpr const char* given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(Traces, AreContinued) {
  auto lines = std::make_shared<CollectedLines>();
  auto app = roost::testing::create<TracesModule>(ApplicationOptions().access_log(true).log(
      LogOptions().sink(lines).format(LogOptions::Format::json)));
  const auto answer = app.inject(
      {.path = "/trace",
       .headers = {{"Traceparent", given}, {"tracestate", "a=1"}, {"TraceState", "b=ä"}}});
  const std::string ours = answer.header("traceresponse").value_or("");
  EXPECT_TRUE(ours.starts_with("00-0af7651916cd43dd8448eb211c80319c-")) << ours;
  EXPECT_TRUE(ours.ends_with("-01"));
  EXPECT_NE(ours, given);
  EXPECT_EQ(answer.body, "b7ad6b7169203331 " + ours + " a=1,b=ä");
  const std::string log = lines->all();
  EXPECT_NE(
      log.find(R"("traceId":"0af7651916cd43dd8448eb211c80319c","spanId":")" + ours.substr(36, 16)),
      std::string::npos)
      << log;
}

TEST(Traces, BeginHereWithoutOne) {
  auto app = roost::testing::create<TracesModule>();
  const auto answer = app.get("/trace");
  EXPECT_EQ(answer.header("traceresponse"), std::nullopt);
  EXPECT_TRUE(answer.body.starts_with(" 00-")) << answer.body;
  EXPECT_TRUE(answer.body.ends_with("-00 ")) << answer.body;
  EXPECT_NE(answer.body, app.get("/trace").body);
  auto off = roost::testing::create<TracesModule>(ApplicationOptions().trace_context(false));
  EXPECT_EQ(
      off.inject({.path = "/trace", .headers = {{"traceparent", given}}}).header("traceresponse"),
      std::nullopt);
}

TEST(Traces, ThatAreMalformedCountForNothing) {
  const std::string good = given;
  const auto changed = [&](std::size_t at, std::string_view by) {
    std::string text = good;
    return text.replace(at, by.size(), by);
  };
  ASSERT_TRUE(TraceContext::parse(good, ""));
  EXPECT_TRUE(TraceContext::parse("cc" + good.substr(2), ""));
  EXPECT_TRUE(TraceContext::parse("cc" + good.substr(2) + "-what-comes", ""));
  EXPECT_FALSE(TraceContext::parse(changed(53, "00"), "")->sampled());
  EXPECT_EQ(TraceContext::parse(changed(53, "ff"), "")->traceparent().substr(52), "-01");
  for (const std::string& bad :
       {std::string(), std::string("00"), good.substr(0, 54), good + "-", good + "-00", good + "x",
        "cc" + good.substr(2) + "x", changed(0, "ff"), changed(0, "0g"), changed(3, "0AF7"),
        changed(3, std::string(32, '0')), changed(36, std::string(16, '0')), changed(53, "0g"),
        changed(2, "_"), changed(35, "0"), changed(52, " "), " " + good, std::string(55, '-'),
        std::string(5000, '0')}) {
    EXPECT_FALSE(TraceContext::parse(bad, "")) << bad;
  }
  EXPECT_EQ(TraceContext::parse(good, std::string(513, 'a'))->tracestate(), "");
  auto app = roost::testing::create<TracesModule>();
  const auto twice =
      app.inject({.path = "/trace", .headers = {{"traceparent", given}, {"traceparent", given}}});
  EXPECT_EQ(twice.header("traceresponse"), std::nullopt);
}

// ---- cookies -----------------------------------------------------------------------------------

class SessionController {
 public:
  explicit SessionController(CookieSigner& signer) : signer_{signer} {}
  Response begin() {
    return Response(204)
        .cookie(SetCookie("sid", signer_.sign("sid", "user 7 ä")).max_age(std::chrono::hours(1)))
        .cookie(SetCookie("theme", "dark; really").http_only(false));
  }
  Response end() { return Response(204).cookie(SetCookie::removal("sid")); }
  std::string who(http::Request& request) {
    return signer_.read(request, "sid").value_or("nobody");
  }
  static constexpr auto routes =
      controller("session", post<&SessionController::begin>(), del<&SessionController::end>(),
                 get<&SessionController::who>());

 private:
  CookieSigner& signer_;
};
struct SessionModule {
  static ModuleDef define() {
    return module<SessionModule>(controllers<SessionController>(),
                                 value<CookieSigner>(CookieSigner{"a secret of sixteen bytes"}));
  }
};

TEST(Cookies, AreSetSignedReadAndTakenAway) {
  auto app = roost::testing::create<SessionModule>();
  const auto begun = app.inject({.method = Method::POST, .path = "/session"});
  std::vector<std::string> cookies;
  for (const auto& [name, text] : begun.headers) {
    if (name == "Set-Cookie") cookies.push_back(text);
  }
  ASSERT_EQ(cookies.size(), 2U);
  EXPECT_EQ(cookies[1], "theme=dark%3B%20really; Path=/; SameSite=Lax");
  const std::string pair = cookies[0].substr(0, cookies[0].find(';'));
  EXPECT_EQ(app.inject({.path = "/session", .headers = {{"Cookie", pair}}}).body, "user 7 ä");
  EXPECT_EQ(app.inject({.path = "/session", .headers = {{"Cookie", pair + "x"}}}).body, "nobody");
  EXPECT_EQ(app.get("/session").body, "nobody");
  EXPECT_TRUE(app.inject({.method = Method::DELETE, .path = "/session"})
                  .header("Set-Cookie")
                  .value_or("")
                  .starts_with("sid=; Max-Age=0;"));
}

}  // namespace
