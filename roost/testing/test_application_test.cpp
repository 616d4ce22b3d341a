// Applications answered in process: routes, parameters, results, errors, scopes, overrides.
#include <roost/async/timers.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/roost.hpp>
#include <roost/testing/test_application.hpp>
#include <roost/web/route_descriptor.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

using namespace roost;  // as users write it
using roost::http::Method;

namespace {

struct Note {
  int id = 0;
  std::string text;
};

struct CreateNote {
  std::string text;
  int stars = 1;
  static constexpr auto meta = roost::meta(field<&CreateNote::text>(not_empty, max_length(10)),
                                           field<&CreateNote::stars>(roost::min(1), roost::max(5)));
};

struct Seen {
  std::string method;
  std::string header;
  std::string cookie;
  std::optional<int> n;
};

class Clock_ {
 public:
  virtual ~Clock_() = default;
  virtual std::string now() { return "noon"; }
};

struct RequestCounter {
  using scope = roost::request_scoped;
  explicit RequestCounter(http::Request& request) : path{request.path()} { ++made; }
  std::string path;
  static inline int made = 0;
};

class NotesService {
 public:
  explicit NotesService(Clock_& clock) : clock_{clock} {}
  Task<Note> load(int id) {
    co_await sleep_for(std::chrono::milliseconds(1));
    if (id == 13) throw NotFoundException("Note #13 not found");
    Note note{id, clock_.now()};
    co_return note;
  }

 private:
  Clock_& clock_;
};

struct CurrentUser {
  std::string name;
  static CurrentUser extract(ExecutionContext& context) {
    const auto user = context.request().header("x-user");
    if (!user) throw UnauthorizedException();
    return {std::string(*user)};
  }
};

/// As a layer below the web throws it, with words of its own for the log.
class TooOld final : public Error, public InputFault {
 public:
  TooOld() : Error{"column born of table people: password is hunter2"} {}
  [[nodiscard]] std::string_view input_message() const noexcept override {
    return "dates begin in 1900";
  }
};

class NotesController {
 public:
  explicit NotesController(NotesService& notes) : notes_{notes} {}

  Task<Note> find_one(Param<"id", int> id) { return notes_.load(id); }
  Note create(Body<CreateNote> dto) { return {dto->stars, dto->text}; }
  std::vector<Note> create_many(Body<std::vector<CreateNote>> dtos) {
    std::vector<Note> made;
    for (const CreateNote& dto : *dtos) made.push_back({dto.stars, dto.text});
    return made;
  }
  Note update(Param<"id", int> id, Body<Partial<CreateNote>> patch) {
    Note note{id, "old"};
    if (patch->has<&CreateNote::text>()) note.text = patch->text;
    return note;
  }
  void remove(Param<"id", int>) {}
  std::string text() { return "hello \xC5\xBE"; }
  Seen seen(http::Request& request, Header<"x-thing"> thing, Cookie<"session"> cookie,
            QueryParam<"n", std::optional<int>> n) {
    return {std::string(request.method_text()), *thing, *cookie, *n};
  }
  Response custom() { return Response(418).header("X-Pot", "tea").json(Note{1, "t"}); }
  Redirect away() { return Redirect("/notes/text", 307); }
  std::string who(CurrentUser user) { return user.name; }
  void fails() { throw std::runtime_error("password is hunter2"); }
  void refuses() { throw TooOld{}; }
  Task<void> fails_later() {
    co_await sleep_for(std::chrono::milliseconds(1));
    throw std::runtime_error("password is hunter2");
  }
  Task<void> nothing() { co_return; }
  Note* none() { return nullptr; }
  std::vector<std::byte> bytes() { return {std::byte{0}, std::byte{255}}; }

  static constexpr auto routes = controller(
      "notes", get<&NotesController::find_one>(":id"), get<&NotesController::text>("text"),
      get<&NotesController::seen>("seen"), get<&NotesController::custom>("custom"),
      get<&NotesController::away>("away"), get<&NotesController::who>("who"),
      get<&NotesController::refuses>("refuses"),
      get<&NotesController::fails>("fails", header("Cache-Control", "no-store")),
      get<&NotesController::fails_later>("fails-later"), get<&NotesController::nothing>("nothing"),
      get<&NotesController::none>("none"), get<&NotesController::bytes>("bytes"),
      post<&NotesController::create>(),
      post<&NotesController::create_many>("bulk", validation_pipe().every_item().max_items(3)),
      patch<&NotesController::update>(":id"),
      patch<&NotesController::update>(":id/lenient", validation_pipe().null_is_absent()),
      del<&NotesController::remove>(":id", http_code(204)));

 private:
  NotesService& notes_;
};

class ScopedController {
 public:
  explicit ScopedController(RequestCounter& counter, RequestCounter& same)
      : counter_{counter}, same_{&counter == &same} {}
  std::string path() { return counter_.path + (same_ ? " same" : " other"); }
  Task<std::string> path_later() {
    co_await sleep_for(std::chrono::milliseconds(1));
    co_return counter_.path;
  }
  static constexpr auto routes = controller("scoped", get<&ScopedController::path>(),
                                            get<&ScopedController::path_later>("later"));

 private:
  RequestCounter& counter_;
  bool same_;
};

struct NotesModule {
  static ModuleDef define() {
    return module<NotesModule>(controllers<NotesController, ScopedController>(),
                               providers<NotesService, Clock_, RequestCounter>());
  }
};

struct AppModule {
  static ModuleDef define() { return module<AppModule>(imports<NotesModule>()); }
};

roost::testing::TestRequest request(Method method, std::string path, std::string json = {}) {
  roost::testing::TestRequest made;
  made.method = method;
  made.path = std::move(path);
  made.json = std::move(json);
  return made;
}

class InProcess : public ::testing::Test {
 protected:
  roost::testing::TestApplication app = roost::testing::create<AppModule>();
};

TEST_F(InProcess, AnswersHealth) {
  const auto answer = app.get("/health");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"status":"ok"})");
  EXPECT_EQ(answer.header("content-type"), "application/json; charset=utf-8");
}

TEST_F(InProcess, RunsCoroutinesAndReadsPathParameters) {
  EXPECT_EQ(app.get("/notes/7").body, R"({"id":7,"text":"noon"})");
  const auto missing = app.get("/notes/13");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body,
            R"({"message":"Note #13 not found","error":"Not Found","statusCode":404})");
  const auto bad = app.get("/notes/1.5");
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(bad.body, R"x({"message":"Validation failed (numeric string is expected)",)x"
                      R"x("error":"Bad Request","statusCode":400})x");
}

TEST_F(InProcess, ValidatesBodies) {
  const auto good = app.inject(request(Method::POST, "/notes", R"({"text":"hi"})"));
  EXPECT_EQ(good.status, 201);
  EXPECT_EQ(good.body, R"({"id":1,"text":"hi"})");
  const auto bad = app.inject(request(Method::POST, "/notes", R"({"stars":9,"zzz":1})"));
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(bad.body,
            R"({"message":["property zzz should not exist",)"
            R"("text must be shorter than or equal to 10 characters",)"
            R"("text should not be empty","text must be a string",)"
            R"("stars must not be greater than 5"],"error":"Bad Request","statusCode":400})");
}

TEST_F(InProcess, RefusesBodiesThatAreNoObjects) {
  for (const char* text : {"null", "5", "\"text\"", "{\"text\":", "{'text':'a'}", "nul"}) {
    const auto answer = app.inject(request(Method::POST, "/notes", text));
    EXPECT_EQ(answer.status, 400) << text;
    EXPECT_TRUE(answer.json().at("message").is_string()) << answer.body;
  }
}

TEST_F(InProcess, KnowsMediaTypesAndCharacterSets) {
  auto post = [&](std::string type, std::string body) {
    roost::testing::TestRequest made = request(Method::POST, "/notes");
    made.headers.emplace_back("Content-Type", std::move(type));
    made.body = std::move(body);
    return app.inject(made);
  };
  EXPECT_EQ(post("application/json; charset=UTF-8", R"({"text":"a"})").status, 201);
  EXPECT_EQ(post("application/json", "\xEF\xBB\xBF{\"text\":\"a\"}").body,
            R"({"id":1,"text":"a"})");
  EXPECT_EQ(post("application/json", "\xEF\xBB\xBF\xEF\xBB\xBF{}").status, 400);
  // Another type than JSON itself is no JSON, as it is in NestJS.
  EXPECT_EQ(post("application/problem+json", R"({"text":"a"})").status, 400);
  EXPECT_EQ(post("application/json; charset=iso-8859-1", R"({"text":"a"})").status, 415);
  EXPECT_EQ(post("application/x-www-form-urlencoded", "text=a+b%21").body,
            R"({"id":1,"text":"a b!"})");
  // A form holds strings: no number comes out of it by accident.
  EXPECT_EQ(post("application/x-www-form-urlencoded", "text=a&stars=2").status, 400);
  EXPECT_EQ(post("text/plain", R"({"text":"a"})").status, 400);
}

TEST_F(InProcess, LooksAtBodiesThatNobodyReads) {
  struct Sent {
    Method method;
    const char* path;
    int status;  // with a body that is well-formed
  };
  for (const auto& [method, path, good] :
       {Sent{Method::DELETE, "/notes/1", 204}, Sent{Method::GET, "/notes/7", 200},
        Sent{Method::GET, "/scoped/later", 200}}) {
    const auto send = [&, sent = method, to = path](std::string type, std::string body,
                                                    std::string encoding = "identity") {
      roost::testing::TestRequest made = request(sent, to);
      made.headers.emplace_back("Content-Type", std::move(type));
      made.headers.emplace_back("Content-Encoding", std::move(encoding));
      made.body = std::move(body);
      return app.inject(made).status;
    };
    const std::string json = "application/json";
    EXPECT_EQ(send(json, R"({"text":"more than was asked for"})"), good) << path;
    EXPECT_EQ(send(json, "[]"), good) << path;
    EXPECT_EQ(send(json, ""), good) << path;
    EXPECT_EQ(send("text/plain", "{"), good) << path;
    EXPECT_EQ(send("text/plain; charset=nope", "a", "gzip"), good) << path;
    EXPECT_EQ(send("application/x-www-form-urlencoded", "a=%"), good) << path;
    for (const char* malformed : {"{", "null", "5", "{'a':1}", "[1,]", " "}) {
      EXPECT_EQ(send(json, malformed), 400) << path << ' ' << malformed;
    }
    EXPECT_EQ(send(json + "; charset=latin1", "{}"), 415) << path;
    EXPECT_EQ(send(json, "{}", "nope"), 415) << path;
    EXPECT_EQ(send("application/x-www-form-urlencoded; charset=nope", "a=b"), 415) << path;
  }
  // Who takes the request itself reads the body in his own way.
  roost::testing::TestRequest own = request(Method::GET, "/notes/seen", "{");
  own.headers.emplace_back("X-Thing", "a");
  own.headers.emplace_back("Cookie", "session=b");
  EXPECT_EQ(app.inject(own).status, 200);
}

TEST_F(InProcess, HasNothingUnderNumbersThatAreTooLarge) {
  for (const std::string path :
       {"/notes/99999999999999999999", "/notes/-2147483649", "/notes/2147483648"}) {
    const auto answer = app.get(path);
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.body,
              R"({"message":"Cannot GET )" + path + R"(","error":"Not Found","statusCode":404})");
  }
  EXPECT_EQ(app.get("/notes/9e99").status, 400);
  EXPECT_EQ(app.get("/notes/seen?n=99999999999999999999").status, 400);
}

TEST_F(InProcess, ReportsEveryItemWhereTheRouteAsksForIt) {
  const auto bad = app.inject(
      request(Method::POST, "/notes/bulk", R"([{"text":"a"},{"text":1},{"text":"b","stars":0}])"));
  EXPECT_EQ(bad.status, 400);
  EXPECT_NE(bad.body.find("[1] text must be a string"), std::string::npos) << bad.body;
  EXPECT_NE(bad.body.find("[2] stars must not be less than 1"), std::string::npos) << bad.body;
  const auto many = app.inject(request(Method::POST, "/notes/bulk", R"([{"text":"a"},{},{},{}])"));
  EXPECT_EQ(many.body, R"x({"message":"Validation failed (at most 3 items are allowed)",)x"
                       R"x("error":"Bad Request","statusCode":400})x");
}

TEST(Validated, ThrowsWhatABodyWouldBeAnsweredWith) {
  EXPECT_EQ(validated(CreateNote{.text = "a"}).text, "a");
  try {
    (void)validated(CreateNote{});
    FAIL();
  } catch (const HttpException& error) {
    EXPECT_EQ(error.status(), 400);
    EXPECT_EQ(error.body(), R"({"message":["text should not be empty"],)"
                            R"("error":"Bad Request","statusCode":400})");
  }
}

TEST_F(InProcess, PartialBodiesSayWhatWasGiven) {
  EXPECT_EQ(app.inject(request(Method::PATCH, "/notes/3", "{}")).body, R"({"id":3,"text":"old"})");
  EXPECT_EQ(app.inject(request(Method::PATCH, "/notes/3", R"({"text":"new"})")).body,
            R"({"id":3,"text":"new"})");
  EXPECT_EQ(app.inject(request(Method::PATCH, "/notes/3", R"({"text":null})")).status, 400);
  EXPECT_EQ(app.inject(request(Method::PATCH, "/notes/3/lenient", R"({"text":null})")).body,
            R"({"id":3,"text":"old"})")
      << "the route says that null is as good as nothing";
  EXPECT_EQ(app.inject(request(Method::PATCH, "/notes/3", R"({"text":5})")).status, 400);
}

TEST_F(InProcess, WritesEveryKindOfResult) {
  const auto text = app.get("/notes/text");
  EXPECT_EQ(text.header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(text.body, "hello \xC5\xBE");
  const auto custom = app.get("/notes/custom");
  EXPECT_EQ(custom.status, 418);
  EXPECT_EQ(custom.header("x-pot"), "tea");
  EXPECT_EQ(custom.body, R"({"id":1,"text":"t"})");
  const auto away = app.get("/notes/away");
  EXPECT_EQ(away.status, 307);
  EXPECT_EQ(away.header("Location"), "/notes/text");
  const auto removed = app.inject(request(Method::DELETE, "/notes/3"));
  EXPECT_EQ(removed.status, 204);
  EXPECT_EQ(removed.body, "");
  EXPECT_EQ(removed.header("Content-Type"), std::nullopt);
  EXPECT_EQ(app.get("/notes/nothing").body, "");
  EXPECT_EQ(app.get("/notes/none").body, "null");
  const auto bytes = app.get("/notes/bytes");
  EXPECT_EQ(bytes.header("Content-Type"), "application/octet-stream");
  EXPECT_EQ(bytes.body, std::string_view("\0\xff", 2));
}

TEST_F(InProcess, ExtractsHeadersCookiesAndQueries) {
  roost::testing::TestRequest made = request(Method::GET, "/notes/seen?n=5");
  made.headers = {{"X-Thing", "v"}, {"Cookie", "a=b; session=s%201"}};
  EXPECT_EQ(app.inject(made).body, R"({"method":"GET","header":"v","cookie":"s 1","n":5})");
  made.path = "/notes/seen";
  EXPECT_EQ(app.inject(made).body, R"({"method":"GET","header":"v","cookie":"s 1"})");
  made.path = "/notes/seen?n=5&n=6";
  EXPECT_EQ(app.inject(made).status, 400);
  made.path = "/notes/seen";
  made.headers.pop_back();
  EXPECT_EQ(app.inject(made).status, 400);
}

TEST_F(InProcess, CustomExtractorsMayRefuse) {
  EXPECT_EQ(app.get("/notes/who").status, 401);
  roost::testing::TestRequest made = request(Method::GET, "/notes/who");
  made.headers = {{"X-User", "ann"}};
  EXPECT_EQ(app.inject(made).body, "ann");
}

TEST_F(InProcess, NeverTellsWhatFailedInside) {
  for (const char* path : {"/notes/fails", "/notes/fails-later"}) {
    const auto answer = app.get(path);
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.body, R"({"statusCode":500,"message":"Internal server error"})");
  }
  EXPECT_EQ(app.get("/notes/fails").header("cache-control"), "no-store");
}

TEST_F(InProcess, WhatOnlyTheClientCanHaveCausedIsABadRequest) {
  const auto answer = app.get("/notes/refuses");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body,
            R"({"message":"dates begin in 1900","error":"Bad Request","statusCode":400})");
}

TEST_F(InProcess, AnswersUnknownPathsAndMethods) {
  const auto missing = app.get("/nope?x=1&y=<b>");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body,
            R"({"message":"Cannot GET /nope?x=1&y=<b>","error":"Not Found","statusCode":404})");
  const auto wrong = app.inject(request(Method::PUT, "/notes/3"));
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "GET, HEAD, DELETE, PATCH, OPTIONS");
  const auto options = app.inject(request(Method::OPTIONS, "/notes/3"));
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("Allow"), "GET, HEAD, DELETE, PATCH, OPTIONS");
  EXPECT_EQ(app.inject(request(Method::HEAD, "/notes/text")).status, 200);
}

TEST_F(InProcess, MakesRequestScopedInstancesOncePerRequest) {
  RequestCounter::made = 0;
  EXPECT_EQ(app.get("/scoped").body, "/scoped same");
  EXPECT_EQ(app.get("/scoped/later").body, "/scoped/later");
  EXPECT_EQ(RequestCounter::made, 2);
}

// ---- guards, interceptors, filters ------------------------------------------------------------

struct Trace {
  using scope = roost::request_scoped;
  std::string text;
};
struct Roles {
  std::string_view role;
};
constexpr Roles roles(std::string_view role) { return {role}; }

class TokenGuard {
 public:
  bool can_activate(ExecutionContext& context) {
    const auto token = context.request().header("authorization");
    if (!token) throw UnauthorizedException();
    context.emplace<std::string>(*token);
    return true;
  }
};
class RoleGuard {
 public:
  Task<bool> can_activate(ExecutionContext& context) {
    co_await sleep_for(std::chrono::milliseconds(1));
    const Roles* wanted = context.metadata<Roles>();
    const std::string* token = context.find<std::string>();
    co_return wanted == nullptr || (token != nullptr && *token == wanted->role);
  }
};
class Outer {
 public:
  using scope = roost::request_scoped;
  explicit Outer(Trace& trace) : trace_{trace} {}
  Task<void> intercept(ExecutionContext& context, const Next& next) {
    trace_.text += "outer ";
    co_await next();
    context.response().body() += " after " + trace_.text;
  }

 private:
  Trace& trace_;
};
class Inner {
 public:
  using scope = roost::request_scoped;
  explicit Inner(Trace& trace) : trace_{trace} {}
  Task<void> intercept(ExecutionContext& context, const Next& next) {
    trace_.text += "inner";
    if (context.request().header("x-skip")) {
      context.response().body("skipped");
      co_return;
    }
    co_await next();
  }

 private:
  Trace& trace_;
};
struct Teapot : Error {
  using Error::Error;
};
class TeapotFilter {
 public:
  using catches = Teapot;
  void handle(const Teapot& teapot, ExecutionContext& context) {
    context.response().status(418).body(teapot.what());
  }
};

class GuardedController {
 public:
  std::string open() { return "open"; }
  std::string admin() { return "admin"; }
  void brew() { throw Teapot("short and stout"); }
  void broken() { throw std::runtime_error("other"); }

  static constexpr auto routes =
      controller("guarded", use_guards<TokenGuard, RoleGuard>(), use_interceptors<Outer>(),
                 use_filters<TeapotFilter>(), get<&GuardedController::open>("open"),
                 get<&GuardedController::admin>("admin", roles("root"), use_interceptors<Inner>()),
                 get<&GuardedController::brew>("brew"), get<&GuardedController::broken>("broken"));
};
struct GuardedModule {
  static ModuleDef define() {
    return module<GuardedModule>(
        controllers<GuardedController>(),
        providers<TokenGuard, RoleGuard, Outer, Inner, Trace, TeapotFilter>());
  }
};
struct ForgottenModule {
  static ModuleDef define() {
    return module<ForgottenModule>(controllers<GuardedController>(), providers<TokenGuard>());
  }
};

roost::testing::TestRequest as(std::string_view token, std::string path) {
  roost::testing::TestRequest made = request(Method::GET, std::move(path));
  made.headers.emplace_back("Authorization", token);
  return made;
}

TEST(Enhancers, GuardsDecideBeforeAnythingElse) {
  auto app = roost::testing::create<GuardedModule>();
  EXPECT_EQ(app.get("/guarded/open").status, 401);
  EXPECT_EQ(app.inject(as("any", "/guarded/open")).body, "open after outer ");
  const auto denied = app.inject(as("any", "/guarded/admin"));
  EXPECT_EQ(denied.status, 403);
  EXPECT_EQ(denied.body,
            R"({"message":"Forbidden resource","error":"Forbidden","statusCode":403})");
  EXPECT_EQ(app.inject(as("root", "/guarded/admin")).status, 200);
}

TEST(Enhancers, InterceptorsStandAroundTheHandlerFromTheControllerInwards) {
  auto app = roost::testing::create<GuardedModule>();
  EXPECT_EQ(app.inject(as("root", "/guarded/admin")).body, "admin after outer inner");
  auto skipping = as("root", "/guarded/admin");
  skipping.headers.emplace_back("X-Skip", "1");
  EXPECT_EQ(app.inject(skipping).body, "skipped after outer inner");
}

TEST(Enhancers, FiltersAnswerWhatTheyCatch) {
  auto app = roost::testing::create<GuardedModule>();
  const auto brewed = app.inject(as("any", "/guarded/brew"));
  EXPECT_EQ(brewed.status, 418);
  EXPECT_EQ(brewed.body, "short and stout");
  EXPECT_EQ(app.inject(as("any", "/guarded/broken")).status, 500);
}

TEST(Enhancers, MustBeProvided) {
  auto app = roost::testing::create<ForgottenModule>();
  try {
    app.start();
    FAIL() << "started without the guard";
  } catch (const StartupError& error) {
    const std::string what = error.what();
    EXPECT_NE(what.find("RoleGuard of route /guarded/open"), std::string::npos) << what;
    EXPECT_NE(what.find("TeapotFilter"), std::string::npos) << what;
  }
}

struct BadPattern {
  std::string text;
  static constexpr auto meta = roost::meta(field<&BadPattern::text>(matches("(")));
};
class BadPatternController {
 public:
  std::string create(Body<BadPattern> body) { return body->text; }
  static constexpr auto routes = controller("bad", post<&BadPatternController::create>());
};
struct BadPatternModule {
  static ModuleDef define() {
    return module<BadPatternModule>(controllers<BadPatternController>());
  }
};

struct MailConfig {
  std::string mail_server;
  int mail_port = 25;
};
class MailController {
 public:
  explicit MailController(const MailConfig& config) : config_{config} {}
  std::string address() { return config_.mail_server + ":" + std::to_string(config_.mail_port); }
  static constexpr auto routes = controller("mail", get<&MailController::address>());

 private:
  const MailConfig& config_;
};
struct MailModule {
  static ModuleDef define() {
    return module<MailModule>(imports<ConfigModule<MailConfig>>(), controllers<MailController>());
  }
};

TEST(Start, ProvidesConfigurationOrStopsWithWhatIsMissing) {
  ::unsetenv("MAIL_SERVER");
  auto without = roost::testing::create<MailModule>();
  try {
    without.start();
    FAIL() << "started without MAIL_SERVER";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("MAIL_SERVER is not set"), std::string::npos)
        << error.what();
  }
  ::setenv("MAIL_SERVER", "mx", 1);
  auto with = roost::testing::create<MailModule>();
  EXPECT_EQ(with.get("/mail").body, "mx:25");
  ::unsetenv("MAIL_SERVER");
}

TEST(Start, StopsAtARuleThatMakesNoSense) {
  auto app = roost::testing::create<BadPatternModule>();
  try {
    app.start();
    FAIL() << "started with a pattern that does not compile";
  } catch (const StartupError& error) {
    const std::string what = error.what();
    EXPECT_NE(what.find("BadPattern"), std::string::npos) << what;
    EXPECT_NE(what.find("text"), std::string::npos) << what;
  }
}

TEST(Enhancers, RoutesThatNameNoneHaveAnEmptyChain) {
  const auto& notes = web::describe_controller<NotesController>();
  for (const auto& route : notes.routes) EXPECT_EQ(route.chain, nullptr) << route.path;
  const auto& guarded = web::describe_controller<GuardedController>();
  EXPECT_NE(guarded.routes[1].chain->dump().find("TokenGuard"), std::string::npos);
  EXPECT_EQ(guarded.routes[1].chain->interceptors.size(), 2u);
}

TEST(Overrides, TakeThePlaceOfProviders) {
  struct Night : Clock_ {
    std::string now() override { return "night"; }
  } night;
  auto app = roost::testing::create<AppModule>().override_with<Clock_>(night);
  EXPECT_EQ(app.get("/notes/7").body, R"({"id":7,"text":"night"})");
  EXPECT_EQ(&app.get<Clock_>(), &night);
}

}  // namespace
