// Where routes are answered: global prefix and versions.
#include <roost/http/request.hpp>
#include <roost/roost.hpp>
#include <roost/testing/test_application.hpp>
#include <roost/web/dispatcher.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

using namespace roost;  // as users write it
using roost::http::Method;

namespace {

class CatsController {
 public:
  std::string one(Param<"id", int> id) { return "one " + std::to_string(*id); }
  std::string two(Param<"name"> name) { return "two " + *name; }
  std::string all() { return "all"; }
  std::string newest() { return "newest"; }
  std::string make() { return "made"; }
  static constexpr auto routes = controller("cats", version("1"), get<&CatsController::one>(":id"),
                                            get<&CatsController::two>(":name", version("2")),
                                            get<&CatsController::all>(version("1", "2").neutral()),
                                            get<&CatsController::newest>("newest", version("2")),
                                            post<&CatsController::make>());
};
class StatusController {
 public:
  std::string status() { return "status"; }
  std::string tenant(http::Request& request) {
    return std::string(request.path_parameter("tenant").value_or("none"));
  }
  static constexpr auto routes = controller("", get<&StatusController::status>("status"),
                                            post<&StatusController::status>("status"),
                                            get<&StatusController::tenant>("tenant"));
};
class EverywhereController {
 public:
  std::string all() { return "neutral"; }
  static constexpr auto routes =
      controller("everywhere", version_neutral, get<&EverywhereController::all>());
};
struct CatsModule {
  static ModuleDef define() {
    return module<CatsModule>(
        controllers<CatsController, StatusController, EverywhereController>());
  }
};
struct EverywhereModule {
  static ModuleDef define() {
    return module<EverywhereModule>(controllers<EverywhereController>());
  }
};
struct StatusModule {
  static ModuleDef define() { return module<StatusModule>(controllers<StatusController>()); }
};

using roost::testing::TestApplication;

std::string ask(TestApplication& app, std::string_view path, std::string_view header = {},
                std::string_view value = {}) {
  roost::testing::TestRequest request{.path = std::string(path)};
  if (!header.empty()) request.headers.emplace_back(header, value);
  const auto answer = app.inject(request);
  return answer.status == 200 ? answer.body : std::to_string(answer.status);
}

TEST(Prefix, StandsBeforeTheRoutesOfModulesOnly) {
  auto app = roost::testing::create<StatusModule>(ApplicationOptions().global_prefix("/api/"));
  EXPECT_EQ(ask(app, "/api/status"), "status");
  EXPECT_EQ(ask(app, "/status"), "404");
  EXPECT_EQ(app.get("/status").json().at("message"), "Cannot GET /status");
  EXPECT_EQ(ask(app, "/api"), "404");
  EXPECT_EQ(ask(app, "/api/api/status"), "404");
  EXPECT_EQ(app.get("/health").status, 200);
  EXPECT_EQ(app.get("/api/health").status, 404);
  EXPECT_EQ(app.inject({.method = Method::DELETE, .path = "/api/status"}).header("Allow"),
            "GET, HEAD, POST, OPTIONS");
}

TEST(Prefix, HasExceptionsAndPlaceholders) {
  auto app = roost::testing::create<StatusModule>(ApplicationOptions().global_prefix(
      GlobalPrefix("t/:tenant").except(Method::POST, "status/")));
  EXPECT_EQ(ask(app, "/t/katzen-caf%C3%A9/tenant"), "katzen-café");
  EXPECT_EQ(ask(app, "/t/a/status"), "status");
  EXPECT_EQ(app.inject({.method = Method::POST, .path = "/status"}).status, 201);
  EXPECT_EQ(app.inject({.method = Method::POST, .path = "/t/a/status"}).status, 405);
  EXPECT_EQ(ask(app, "/status"), "405");
  auto wild = roost::testing::create<CatsModule>(
      ApplicationOptions()
          .versioning(Versioning::uri())
          .global_prefix(GlobalPrefix("api").except("cats/*rest").except("status")));
  EXPECT_EQ(ask(wild, "/v2/cats/newest"), "newest");
  EXPECT_EQ(ask(wild, "/api/v2/cats/newest"), "404");
  EXPECT_EQ(ask(wild, "/cats"), "404");
  EXPECT_EQ(ask(wild, "/api/cats"), "all");
  EXPECT_EQ(ask(wild, "/status"), "status");
}

TEST(Prefix, IsInTheListsOfRoutes) {
  const auto app = create<StatusModule>(ApplicationOptions().global_prefix("api"));
  EXPECT_NE(app.routes().find("/api/status"), std::string::npos) << app.routes();
  EXPECT_NE(app.openapi().at("paths").find("/api/status"), nullptr);
  EXPECT_EQ(app.openapi().at("paths").find("/status"), nullptr);
}

TEST(Prefix, ThatIsMalformedStopsTheStart) {
  for (const char* pattern : {"a/*", ":"}) {
    auto app = roost::testing::create<StatusModule>(ApplicationOptions().global_prefix(pattern));
    EXPECT_THROW(app.start(), StartupError) << pattern;
    auto excepted = roost::testing::create<StatusModule>(
        ApplicationOptions().global_prefix(GlobalPrefix("api").except(pattern)));
    EXPECT_THROW(excepted.start(), StartupError) << pattern;
  }
}

TEST(Versions, CountForNothingUnlessAskedFor) {
  auto app = roost::testing::create<EverywhereModule>();
  EXPECT_EQ(ask(app, "/everywhere"), "neutral");
  EXPECT_EQ(ask(app, "/v1/everywhere"), "404");
  auto clash = roost::testing::create<CatsModule>();
  EXPECT_THROW(clash.start(), StartupError) << "two routes for /cats/:id without versions";
}

TEST(Versions, InThePath) {
  auto app = roost::testing::create<CatsModule>(
      ApplicationOptions().global_prefix("api").versioning(Versioning::uri()));
  EXPECT_EQ(ask(app, "/api/v1/cats/7"), "one 7");
  EXPECT_EQ(ask(app, "/api/v2/cats/7"), "two 7");
  EXPECT_EQ(ask(app, "/api/v2/cats/newest"), "newest");
  EXPECT_EQ(ask(app, "/api/v1/cats/newest"), "400") << "a number is expected";
  EXPECT_EQ(ask(app, "/api/cats"), "all");
  EXPECT_EQ(ask(app, "/api/v1/cats"), "all");
  EXPECT_EQ(ask(app, "/api/v3/cats"), "404");
  EXPECT_EQ(ask(app, "/v1/api/cats"), "404");
  EXPECT_EQ(ask(app, "/api/cats/7"), "404");
  EXPECT_EQ(ask(app, "/api/status"), "status");
  EXPECT_EQ(ask(app, "/api/everywhere"), "neutral");
  EXPECT_EQ(ask(app, "/api/v1/everywhere"), "404");
  const auto document = app.application().openapi();
  EXPECT_NE(document.at("paths").find("/api/v2/cats/{name}"), nullptr) << document.dump_pretty();
}

TEST(Versions, InThePathWithADefaultAndAnotherLetter) {
  auto app = roost::testing::create<CatsModule>(
      ApplicationOptions().versioning(Versioning::uri("version-").default_version("7.1")));
  EXPECT_EQ(ask(app, "/version-7.1/status"), "status");
  EXPECT_EQ(ask(app, "/status"), "404");
  EXPECT_EQ(ask(app, "/version-1/cats/1"), "one 1");
  EXPECT_EQ(ask(app, "/everywhere"), "neutral");
  auto bad = roost::testing::create<StatusModule>(
      ApplicationOptions().versioning(Versioning::uri().default_version("1/2")));
  EXPECT_THROW(bad.start(), StartupError);
}

TEST(Versions, InAHeader) {
  auto app = roost::testing::create<CatsModule>(
      ApplicationOptions().versioning(Versioning::header("X-Version")));
  EXPECT_EQ(ask(app, "/cats/7", "x-version", "1"), "one 7");
  EXPECT_EQ(ask(app, "/cats/7", "X-Version", " 2 "), "two 7");
  EXPECT_EQ(ask(app, "/cats/newest", "X-Version", "2"), "newest");
  EXPECT_EQ(ask(app, "/cats/newest", "X-Version", "1"), "400") << "falls through to the number";
  for (const std::string_view unknown : {"3", "1,2", "v1", "\xc3\xa9", ""}) {
    EXPECT_EQ(ask(app, "/cats/7", "X-Version", unknown), "404") << unknown;
    EXPECT_EQ(ask(app, "/cats", "X-Version", unknown), "all") << unknown;
    EXPECT_EQ(ask(app, "/status", "X-Version", unknown), "status") << unknown;
  }
  EXPECT_EQ(ask(app, "/cats/7"), "404");
  EXPECT_EQ(ask(app, "/cats"), "all");
  EXPECT_EQ(ask(app, "/status", "X-Version", "2"), "status");
  EXPECT_EQ(ask(app, "/health", "X-Version", "2"), R"({"status":"ok"})");
  EXPECT_EQ(app.get("/cats").header("Vary"), "X-Version");
  // What is allowed is said of the version asked for.
  EXPECT_EQ(app.inject({.method = Method::PUT, .path = "/cats", .headers = {{"X-Version", "2"}}})
                .header("Allow"),
            "GET, HEAD, OPTIONS");
  EXPECT_EQ(app.inject({.method = Method::PUT, .path = "/cats", .headers = {{"X-Version", "1"}}})
                .header("Allow"),
            "GET, HEAD, POST, OPTIONS");
  const std::string table = app.application().routes();
  EXPECT_NE(table.find("/cats/:name (X-Version: 2)"), std::string::npos) << table;
  EXPECT_NE(table.find("/cats (X-Version: 1|2, or none)"), std::string::npos) << table;
  const auto document = app.application().openapi();
  const auto& parameters = document.at("paths").at("/cats/newest").at("get").at("parameters");
  EXPECT_EQ(json::write(parameters), R"([{"name":"X-Version","in":"header","required":true,)"
                                     R"("schema":{"type":"string","enum":["2"]}}])");
}

TEST(Versions, InTheMediaType) {
  auto app =
      roost::testing::create<CatsModule>(ApplicationOptions().versioning(Versioning::media_type()));
  const auto accept = [&](std::string_view value) { return ask(app, "/cats/7", "Accept", value); };
  EXPECT_EQ(accept("application/json;v=1"), "one 7");
  EXPECT_EQ(accept("text/html;q=0.5, application/json; q=1 ; V = \"2\""), "two 7");
  for (const std::string_view unknown : {"application/json", "v=1", "*/*;v=", "*/*;v", ";;;,,;",
                                         "application/json;version=1", "a/b;v=\"1"}) {
    EXPECT_EQ(accept(unknown), "404") << unknown;
  }
  EXPECT_EQ(app.get("/cats").header("Vary"), "Accept");
}

TEST(Versions, WhereTheApplicationSays) {
  auto app = roost::testing::create<CatsModule>(ApplicationOptions().versioning(
      Versioning::custom([](const http::Request& request) { return request.query(); })));
  EXPECT_EQ(ask(app, "/cats/7?1"), "one 7");
  EXPECT_EQ(ask(app, "/cats/7?2"), "two 7");
  EXPECT_EQ(ask(app, "/cats/7"), "404");
}

TEST(Versions, CostRoutesWithoutThemNothing) {
  auto app = roost::testing::create<StatusModule>(
      ApplicationOptions().docs(false).global_prefix("api").versioning(Versioning::uri()));
  app.start();
  EXPECT_EQ(app.application().dispatcher().dump_pipelines(),
            "GET /api/status\n  handler StatusController::status\n"
            "POST /api/status\n  handler StatusController::status\n"
            "GET /api/tenant\n  handler StatusController::tenant\n"
            "GET /health\n  handler HealthController::check\n"
            "GET /health/live\n  handler HealthController::check\n"
            "GET /health/ready\n  handler HealthController::ready\n");
}

}  // namespace
