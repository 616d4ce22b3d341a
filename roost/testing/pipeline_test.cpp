// The request pipeline at every level: order, short cuts, errors, and that it costs nothing where
// it is not used.
#include <roost/async/timers.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/http/stream.hpp>
#include <roost/roost.hpp>
#include <roost/testing/test_application.hpp>
#include <roost/web/body_stream.hpp>
#include <roost/web/dispatcher.hpp>
#include <roost/web/middleware.hpp>
#include <roost/web/pipes.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace roost;  // as users write it
using roost::http::Method;

namespace {

/// What ran, in order.
struct Trace {
  using visibility = global;
  std::string text;
  void add(std::string_view what) {
    if (!text.empty()) text += ' ';
    text += what;
  }
  std::string take() { return std::exchange(text, {}); }
};

template <FixedString Name>
struct TracingMiddleware {
  explicit TracingMiddleware(Trace& given) : trace{given} {}
  void use(http::Request&, http::Response&) { trace.add(Name.view()); }
  Trace& trace;
};
template <FixedString Name>
struct WrappingMiddleware {
  explicit WrappingMiddleware(Trace& given) : trace{given} {}
  Task<void> use(http::Request&, http::Response&, const Next& next) {
    trace.add(Name.view());
    co_await next();
    trace.add(std::string("/") + std::string(Name.view()));
  }
  Trace& trace;
};
template <FixedString Name>
struct TracingGuard {
  explicit TracingGuard(Trace& given) : trace{given} {}
  bool can_activate(ExecutionContext& context) {
    trace.add(Name.view());
    return context.request().query_parameter("deny") != Name.view();
  }
  Trace& trace;
};
template <FixedString Name>
struct WaitingGuard {
  explicit WaitingGuard(Trace& given) : trace{given} {}
  Task<bool> can_activate(ExecutionContext&) {
    co_await sleep_for(std::chrono::milliseconds(1));
    trace.add(Name.view());
    co_return true;
  }
  Trace& trace;
};
template <FixedString Name>
struct TracingInterceptor {
  explicit TracingInterceptor(Trace& given) : trace{given} {}
  Task<void> intercept(ExecutionContext&, const Next& next) {
    trace.add(Name.view());
    bool failed = false;
    try {
      co_await next();
    } catch (...) {
      failed = true;
    }
    trace.add(std::string(failed ? "!" : "/") + std::string(Name.view()));
    if (failed) throw ConflictException("mapped by " + std::string(Name.view()));
  }
  Trace& trace;
};
template <FixedString Name>
struct TracingPipe {
  explicit TracingPipe(Trace& given) : trace{given} {}
  void transform(PipeValue& value) {
    trace.add(std::string(Name.view()) + ":" + std::string(value.name()));
    if (auto* text = value.as<std::string>()) *text += Name.view();
  }
  Trace& trace;
};
template <FixedString Name>
struct OwnPipe {
  explicit OwnPipe(Trace& given) : trace{given} {}
  std::string transform(const std::string& value) {
    trace.add(Name.view());
    return value + std::string(Name.view());
  }
  Trace& trace;
};
struct LengthPipe {
  explicit LengthPipe(Trace& given) : trace{given} {}
  int transform(const std::string& value) {
    trace.add("length");
    if (value.starts_with("bad")) throw BadRequestException("a bad value");
    return static_cast<int>(value.size());
  }
  Trace& trace;
};
template <FixedString Name, class Caught>
struct TracingFilter {
  using catches = Caught;
  explicit TracingFilter(Trace& given) : trace{given} {}
  void handle(const Caught& caught, ExecutionContext& context) {
    trace.add(Name.view());
    context.response().status(499).body(std::string(Name.view()) + ": " + caught.what());
  }
  Trace& trace;
};
template <FixedString Name>
struct AnyFilter {
  using catches = AnyException;
  explicit AnyFilter(Trace& given) : trace{given} {}
  void handle(const std::exception_ptr&, ExecutionContext& context) {
    trace.add(Name.view());
    context.response().status(498).body(std::string(Name.view()));
  }
  Trace& trace;
};
struct ThrowingFilter {
  using catches = GoneException;
  void handle(const GoneException&, ExecutionContext&) { throw ForbiddenException("by filter"); }
};

using AppGuard = TracingGuard<"guard-app">;
using ModuleGuard = TracingGuard<"guard-module">;
using ControllerGuard1 = TracingGuard<"guard-controller-1">;
using ControllerGuard2 = WaitingGuard<"guard-controller-2">;
using RouteGuard = TracingGuard<"guard-route">;
using AppInterceptor = TracingInterceptor<"inter-app">;
using ModuleInterceptor = TracingInterceptor<"inter-module">;
using ControllerInterceptor = TracingInterceptor<"inter-controller">;
using RouteInterceptor = TracingInterceptor<"inter-route">;
using AppPipe = TracingPipe<"pipe-app">;
using ModulePipe = TracingPipe<"pipe-module">;
using ControllerPipe = TracingPipe<"pipe-controller">;
using RoutePipe = TracingPipe<"pipe-route">;
using ParameterPipe = OwnPipe<"pipe-parameter">;

class FullController {
 public:
  explicit FullController(Trace& trace) : trace_{trace} {}
  std::string all(Piped<Param<"id">, ParameterPipe> id, QueryParam<"q", std::optional<int>>) {
    trace_.add("handler");
    return *id;
  }
  int piped(Piped<Param<"text">, ParameterPipe, LengthPipe> length) { return *length; }
  void fails() { throw NotFoundException("lost"); }

  static constexpr auto routes = controller(
      "full", use_guards<ControllerGuard1>(), use_guards<ControllerGuard2>(),
      use_interceptors<ControllerInterceptor>(), use_pipes<ControllerPipe>(),
      get<&FullController::all>(":id", use_guards<RouteGuard>(), use_pipes<RoutePipe>(),
                                use_interceptors<RouteInterceptor>()),
      get<&FullController::piped>("piped/:text"), get<&FullController::fails>("fails/1"));

 private:
  Trace& trace_;
};

struct TraceModule {
  using exports = roost::exports<Trace>;
  static ModuleDef define() {
    return module<TraceModule>(global{}, providers<Trace, TracingMiddleware<"mw-global">>(),
                               use_middleware<TracingMiddleware<"mw-global">>());
  }
};
struct FullModule {
  static ModuleDef define() {
    return module<FullModule>(
        controllers<FullController>(),
        providers<ModuleGuard, ControllerGuard1, ControllerGuard2, RouteGuard, ModuleInterceptor,
                  ControllerInterceptor, RouteInterceptor, ModulePipe, ControllerPipe, RoutePipe,
                  ParameterPipe, LengthPipe, TracingMiddleware<"mw-import">,
                  TracingMiddleware<"mw-controller">>(),
        use_guards<ModuleGuard>(), use_interceptors<ModuleInterceptor>(), use_pipes<ModulePipe>(),
        use_middleware<TracingMiddleware<"mw-import">>(),
        use_middleware<TracingMiddleware<"mw-controller">>().for_controllers<FullController>());
  }
};
struct FullAppModule {
  static ModuleDef define() {
    return module<FullAppModule>(
        imports<TraceModule, FullModule>(),
        providers<AppGuard, AppInterceptor, AppPipe, TracingMiddleware<"mw-1">,
                  WrappingMiddleware<"mw-2">>(),
        everywhere(use_guards<AppGuard>(), use_interceptors<AppInterceptor>(),
                   use_pipes<AppPipe>()),
        use_middleware<TracingMiddleware<"mw-1">, WrappingMiddleware<"mw-2">>());
  }
};

TEST(Pipeline, RunsInTheDocumentedOrder) {
  auto app = roost::testing::create<FullAppModule>();
  const auto answer = app.get("/full/x?q=1");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body, "xpipe-apppipe-modulepipe-controllerpipe-routepipe-parameter");
  EXPECT_EQ(app.get<Trace>().take(),
            "mw-global mw-1 mw-2 mw-import mw-controller "
            "guard-app guard-module guard-controller-1 guard-controller-2 guard-route "
            "inter-app inter-module inter-controller inter-route "
            "pipe-app:id pipe-module:id pipe-controller:id pipe-route:id pipe-parameter "
            "pipe-app:q pipe-module:q pipe-controller:q pipe-route:q "
            "handler /inter-route /inter-controller /inter-module /inter-app /mw-2");
}

TEST(Pipeline, GuardsStopEverythingBehindThem) {
  auto app = roost::testing::create<FullAppModule>();
  const auto answer = app.get("/full/x?deny=guard-controller-1");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.body,
            R"({"message":"Forbidden resource","error":"Forbidden","statusCode":403})");
  EXPECT_EQ(
      app.get<Trace>().take(),
      "mw-global mw-1 mw-2 mw-import mw-controller guard-app guard-module guard-controller-1");
}

TEST(Pipeline, InterceptorsSeeWhatPipesAndHandlersThrow) {
  auto app = roost::testing::create<FullAppModule>();
  EXPECT_EQ(app.get("/full/piped/abc").body,
            std::to_string(
                std::string_view{"abcpipe-apppipe-modulepipe-controllerpipe-parameter"}.size()));
  app.get<Trace>().take();
  const auto refused = app.get("/full/piped/bad");
  EXPECT_EQ(refused.status, 409) << refused.body;
  const std::string trace = app.get<Trace>().take();
  EXPECT_TRUE(trace.ends_with("pipe-parameter length !inter-controller !inter-module !inter-app"))
      << trace;
  EXPECT_EQ(app.get("/full/fails/1").json().at("message"), "mapped by inter-app");
}

TEST(Pipeline, MiddlewareSeesRequestsThatNoRouteAnswers) {
  auto app = roost::testing::create<FullAppModule>();
  const auto answer = app.get("/nowhere?x=1");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.json().at("message"), "Cannot GET /nowhere?x=1");
  EXPECT_EQ(app.get<Trace>().take(), "mw-global mw-1 mw-2 mw-import");
  EXPECT_EQ(app.inject({.method = Method::PUT, .path = "/full/x"}).status, 405);
  EXPECT_EQ(app.inject({.method = Method::POST, .path = "/nowhere", .json = "{"}).status, 400);
}

TEST(Pipeline, CanBePrinted) {
  auto app = roost::testing::create<FullAppModule>();
  app.start();
  const std::string text = app.application().dispatcher().dump_pipelines();
  EXPECT_NE(text.find("GET /full/:id\n"
                      "  middleware "),
            std::string::npos)
      << text;
  EXPECT_LT(text.find("guard-controller-2"), text.find("guard-route")) << text;
  EXPECT_NE(text.find("GET /health\n  handler HealthController::check\n"), std::string::npos)
      << text;
}

// ---- routes without anything -----------------------------------------------------------------

class PlainController {
 public:
  std::string plain() { return "plain"; }
  static constexpr auto routes = controller("plain", get<&PlainController::plain>());
};
struct PlainModule {
  static ModuleDef define() { return module<PlainModule>(controllers<PlainController>()); }
};

TEST(Pipeline, IsEmptyWhereNothingIsUsed) {
  auto app = roost::testing::create<PlainModule>(ApplicationOptions().docs(false));
  app.start();
  EXPECT_EQ(app.application().dispatcher().dump_pipelines(),
            "GET /plain\n  handler PlainController::plain\n"
            "GET /health\n  handler HealthController::check\n"
            "GET /health/live\n  handler HealthController::check\n"
            "GET /health/ready\n  handler HealthController::ready\n");
  http::Request request;
  ASSERT_TRUE(request.assign_target("/plain"));
  http::Response response;
  EXPECT_FALSE(app.application().dispatcher().handle(request, response)) << "no coroutine";
  EXPECT_EQ(response.body_view(), "plain");
}

struct QuickGuard {
  bool can_activate(ExecutionContext& context) {
    return context.request().header("x-key").has_value();
  }
};
class GuardedController {
 public:
  std::string plain() { return "in"; }
  static constexpr auto routes =
      controller("guarded", use_guards<QuickGuard>(), get<&GuardedController::plain>());
};
struct GuardedModule {
  static ModuleDef define() {
    return module<GuardedModule>(controllers<GuardedController>(), providers<QuickGuard>());
  }
};

TEST(Pipeline, PlainGuardsNeedNoCoroutine) {
  auto app = roost::testing::create<GuardedModule>();
  app.start();
  for (const bool with_key : {false, true}) {
    http::Request request;
    ASSERT_TRUE(request.assign_target("/guarded"));
    if (with_key) request.add_header("X-Key", "1");
    http::Response response;
    EXPECT_FALSE(app.application().dispatcher().handle(request, response));
    EXPECT_EQ(response.status(), with_key ? 200U : 403U);
  }
}

// ---- filters -----------------------------------------------------------------------------------

using AppFilter = TracingFilter<"filter-app", HttpException>;
using AppAnyFilter = AnyFilter<"filter-any">;
using ControllerFilter = TracingFilter<"filter-controller", BadRequestException>;
using RouteFilterFirst = TracingFilter<"filter-route-1", HttpException>;
using RouteFilterLast = TracingFilter<"filter-route-2", NotFoundException>;

struct ThrowingMiddleware {
  void use(http::Request& request, http::Response&) {
    if (request.query_parameter("kind") == "middleware") throw ImATeapotException("short");
  }
};
struct AnsweringMiddleware {
  bool use(http::Request& request, http::Response& response) {
    if (request.query_parameter("kind") != "answered") return true;
    response.body("ended");
    return false;
  }
};

class ThrowController {
 public:
  void raise(QueryParam<"kind"> kind) {
    if (*kind == "400") throw BadRequestException("bad");
    if (*kind == "404") throw NotFoundException("none");
    if (*kind == "409") throw ConflictException("twice");
    if (*kind == "410") throw GoneException("gone");
    if (*kind == "plain") throw std::runtime_error("secret");
  }
  Task<void> raise_later(QueryParam<"kind"> kind) {
    co_await sleep_for(std::chrono::milliseconds(1));
    raise(kind);
  }
  static constexpr auto routes = controller(
      "throw", use_filters<ControllerFilter>(), get<&ThrowController::raise>("plain"),
      get<&ThrowController::raise_later>("later"), post<&ThrowController::raise>("plain"),
      get<&ThrowController::raise>("both", use_filters<RouteFilterFirst, RouteFilterLast>()),
      get<&ThrowController::raise>("throwing", use_filters<ThrowingFilter>()));
};
struct ThrowModule {
  static ModuleDef define() {
    return module<ThrowModule>(
        imports<TraceModule>(), controllers<ThrowController>(),
        providers<AppFilter, AppAnyFilter, ControllerFilter, RouteFilterFirst, RouteFilterLast,
                  ThrowingFilter, ThrowingMiddleware, AnsweringMiddleware>(),
        use_middleware<ThrowingMiddleware, AnsweringMiddleware>(),
        everywhere(use_filters<AppAnyFilter, AppFilter>()));
  }
};

TEST(Filters, TheNearestThatCatchesAnswers) {
  auto app = roost::testing::create<ThrowModule>();
  for (const std::string path : {"/throw/plain", "/throw/later"}) {
    EXPECT_EQ(app.get(path + "?kind=400").body, "filter-controller: bad");
    EXPECT_EQ(app.get(path + "?kind=409").body, "filter-app: twice");
    EXPECT_EQ(app.get(path + "?kind=plain").body, "filter-any");
  }
  EXPECT_EQ(app.get("/throw/both?kind=400").body, "filter-route-1: bad");
  EXPECT_EQ(app.get("/throw/both?kind=404").body, "filter-route-2: none") << "of a list the last";
}

TEST(Filters, OfTheApplicationSeeMiddlewareAndUnknownRoutes) {
  auto app = roost::testing::create<ThrowModule>();
  EXPECT_EQ(app.get("/throw/plain?kind=middleware").body, "filter-app: short");
  EXPECT_EQ(app.get("/none?kind=middleware").body, "filter-app: short");
  EXPECT_EQ(app.get("/none").body, "filter-app: Cannot GET /none");
}

TEST(Filters, ThatThrowFallToTheStandardAnswer) {
  auto app = roost::testing::create<ThrowModule>();
  const auto answer = app.get("/throw/throwing?kind=410");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.body, R"({"message":"by filter","error":"Forbidden","statusCode":403})");
}

TEST(Middleware, MayAnswerItself) {
  auto app = roost::testing::create<ThrowModule>();
  const auto answer = app.inject({.method = Method::POST, .path = "/throw/plain?kind=answered"});
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, "ended");
  EXPECT_EQ(app.get("/none?kind=answered").body, "ended");
}

// ---- places of middleware ----------------------------------------------------------------------

class PlacesController {
 public:
  std::string any() { return "any"; }
  static constexpr auto routes =
      controller("", get<&PlacesController::any>("cats"), get<&PlacesController::any>("cats/one"),
                 get<&PlacesController::any>("dogs"));
};
struct PlacesModule {
  static ModuleDef define() {
    return module<PlacesModule>(
        imports<TraceModule>(), controllers<PlacesController>(),
        providers<TracingMiddleware<"cats">, TracingMiddleware<"not-one">>(),
        use_middleware<TracingMiddleware<"cats">>().for_paths("/cats", "cats/*rest"),
        use_middleware<TracingMiddleware<"not-one">>().except("/cats/:id", "/dogs"));
  }
};

TEST(Middleware, RunsWhereItsPathsSay) {
  auto app = roost::testing::create<PlacesModule>();
  (void)app.get("/cats");
  EXPECT_EQ(app.get<Trace>().take(), "mw-global cats not-one");
  (void)app.get("/cats/one");
  EXPECT_EQ(app.get<Trace>().take(), "mw-global cats");
  (void)app.get("/cats/none/at/all");
  EXPECT_EQ(app.get<Trace>().take(), "mw-global cats not-one");
  (void)app.get("/dogs");
  EXPECT_EQ(app.get<Trace>().take(), "mw-global");
}

// ---- metadata, composed annotations, request-scoped links, timeouts ---------------------------

struct Roles {
  std::string_view role;
};
struct RolesGuard {
  using scope = request_scoped;
  explicit RolesGuard(http::Request& given) : request{given} {}
  bool can_activate(ExecutionContext& context) {
    const Roles* roles = context.metadata<Roles>();
    return roles == nullptr || request.header("x-role") == roles->role;
  }
  http::Request& request;
};
constexpr auto admins_only = annotations(use_guards<RolesGuard>(), Roles{"admin"}, http_code(202));

class RolesController {
 public:
  std::string all(ExecutionContext& context) {
    std::string text;
    for (std::size_t i = 0; context.metadata<Roles>(i) != nullptr; ++i) {
      text += context.metadata<Roles>(i)->role;
      text += ' ';
    }
    return text;
  }
  std::string open() { return "open"; }
  Task<std::string> slow() {
    co_await sleep_for(std::chrono::seconds(30));
    co_return "late";
  }
  Task<std::string> quick() {
    co_await sleep_for(std::chrono::milliseconds(1));
    co_return "in time";
  }
  static constexpr auto routes =
      controller("roles", Roles{"user"}, get<&RolesController::all>("admin", admins_only),
                 get<&RolesController::all>("user", use_guards<RolesGuard>()),
                 get<&RolesController::open>("open"),
                 get<&RolesController::slow>("slow", timeout(std::chrono::milliseconds(20))),
                 get<&RolesController::quick>("quick", timeout(std::chrono::seconds(20))));
};
struct RolesModule {
  static ModuleDef define() {
    return module<RolesModule>(controllers<RolesController>(), providers<RolesGuard>());
  }
};

TEST(Metadata, OfTheRouteHidesThatOfTheController) {
  auto app = roost::testing::create<RolesModule>();
  const auto with_role = [&](std::string path, std::string role) {
    return app.inject({.path = std::move(path), .headers = {{"X-Role", std::move(role)}}});
  };
  const auto admin = with_role("/roles/admin", "admin");
  EXPECT_EQ(admin.status, 202);
  EXPECT_EQ(admin.body, "admin user ");
  EXPECT_EQ(with_role("/roles/admin", "user").status, 403);
  EXPECT_EQ(with_role("/roles/user", "user").body, "user ");
  EXPECT_EQ(app.get("/roles/open").status, 200);
}

TEST(Timeout, EndsASlowHandler) {
  auto app = roost::testing::create<RolesModule>();
  const auto answer = app.get("/roles/slow");
  EXPECT_EQ(answer.status, 408);
  EXPECT_EQ(answer.body, R"({"message":"Request Timeout","statusCode":408})");
  EXPECT_EQ(app.get("/roles/quick").body, "in time");
}

// ---- around streams ----------------------------------------------------------------------------

/// Three pieces.
class Words final : public http::Stream {
 public:
  Task<bool> next(std::string& out) override {
    co_await sleep_for(std::chrono::milliseconds(0));
    out += "word ";
    co_return ++at_ < 3;
  }

 private:
  int at_ = 0;
};

/// What an interceptor may put in the place of a stream.
class Louder final : public http::Stream {
 public:
  explicit Louder(std::unique_ptr<http::Stream> inner) : inner_{std::move(inner)} {}
  Task<bool> next(std::string& out) override {
    std::string piece;
    const bool more = co_await inner_->next(piece);
    for (const char c : piece) out += c == 'w' ? 'W' : c;
    co_return more;
  }

 private:
  std::unique_ptr<http::Stream> inner_;
};

struct StreamInterceptor {
  explicit StreamInterceptor(Trace& given) : trace{given} {}
  Task<void> intercept(ExecutionContext& context, const Next& next) {
    trace.add("before");
    co_await next();
    http::Response& response = context.response();
    trace.add(response.has_stream() ? "after a stream" : "after a text");
    if (response.has_stream()) response.stream(std::make_unique<Louder>(response.take_stream()));
  }
  Trace& trace;
};
struct StreamFilter {
  using catches = ConflictException;
  explicit StreamFilter(Trace& given) : trace{given} {}
  void handle(const ConflictException&, ExecutionContext& context) {
    trace.add("filter");
    context.response().status(418).body("filtered");
  }
  Trace& trace;
};

class WordsController {
 public:
  std::unique_ptr<http::Stream> words() { return std::make_unique<Words>(); }
  Task<std::unique_ptr<http::Stream>> none() {
    co_await sleep_for(std::chrono::milliseconds(0));
    throw ConflictException("before the stream");
  }
  Task<std::string> read(BodyStream body) {
    const auto piece = co_await body.read();
    if (!piece) throw ConflictException("no body");
    co_return std::string(*piece);
  }
  static constexpr auto routes =
      controller("words", use_interceptors<StreamInterceptor>(), use_filters<StreamFilter>(),
                 get<&WordsController::words>(), get<&WordsController::none>("none"),
                 post<&WordsController::read>());
};
struct WordsModule {
  static ModuleDef define() {
    return module<WordsModule>(controllers<WordsController>(),
                               providers<Trace, StreamInterceptor, StreamFilter>());
  }
};

TEST(Streams, ComeThroughThePipeline) {
  auto app = roost::testing::create<WordsModule>();
  EXPECT_EQ(app.get("/words").body, "Word Word Word ");
  EXPECT_EQ(app.get<Trace>().take(), "before after a stream");
  const auto refused = app.get("/words/none");
  EXPECT_EQ(refused.status, 418);
  EXPECT_EQ(refused.body, "filtered");
  EXPECT_EQ(app.get<Trace>().take(), "before filter");
  const auto read = app.inject({.method = Method::POST,
                                .path = "/words",
                                .headers = {{"Content-Type", "text/plain"}},
                                .body = "given"});
  EXPECT_EQ(read.body, "given");
  EXPECT_EQ(app.get<Trace>().take(), "before after a text");
  EXPECT_EQ(app.inject({.method = Method::POST, .path = "/words"}).status, 418);
  EXPECT_EQ(app.get<Trace>().take(), "before filter");
}

struct NowhereModule {
  static ModuleDef define() {
    return module<NowhereModule>(controllers<PlainController>(),
                                 everywhere(use_guards<QuickGuard>()),
                                 use_middleware<AnsweringMiddleware>().for_paths("/a{"));
  }
};

TEST(Pipeline, NamesWhatIsNotProvided) {
  auto app = roost::testing::create<NowhereModule>();
  try {
    app.start();
    FAIL() << "it started";
  } catch (const StartupError& error) {
    const std::string what = error.what();
    EXPECT_NE(what.find("/a{"), std::string::npos) << what;
  }
}

}  // namespace
