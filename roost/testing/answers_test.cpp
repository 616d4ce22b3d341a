// Handlers that return files and streams, and cookies that were signed as parameters.
#include <roost/http/stream.hpp>
#include <roost/roost.hpp>
#include <roost/testing/test_application.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace roost {
namespace {

using http::Method;
using roost::testing::TestResponse;

std::string header(const TestResponse& answer, const char* name) {
  return std::string(answer.header(name).value_or("(none)"));
}

// ---- files and streams --------------------------------------------------------------------------

/// Counts down, a line at a time.
class Countdown final : public http::Stream {
 public:
  explicit Countdown(int from) : left_{from} {}
  Task<bool> next(std::string& out) override {
    out += std::to_string(left_) + "\n";
    co_return --left_ > 0;
  }

 private:
  int left_;
};

struct Folder {
  std::string path;
};

class ReportsController {
 public:
  explicit ReportsController(Folder& folder) : folder_{folder.path} {}

  FileResponse report() { return FileResponse(folder_ + "/report.txt"); }
  Task<FileResponse> saved() {
    co_return FileResponse(folder_ + "/report.txt")
        .download_as("Bericht \"Ä\".txt")
        .media_type("text/x-report")
        .cache_control("no-store");
  }
  FileResponse any(QueryParam<"path"> path) {
    return FileResponse::beneath(folder_ + "/open", *path);
  }
  FileResponse folder() { return FileResponse(folder_); }
  FileResponse large() { return FileResponse(folder_ + "/large.bin"); }

  std::unique_ptr<Countdown> countdown() { return std::make_unique<Countdown>(3); }
  Task<std::unique_ptr<http::Stream>> later() { co_return std::make_unique<Countdown>(2); }
  Owned<Countdown> owned() { return make_owned<Countdown>(1); }
  std::unique_ptr<Countdown> none() { return nullptr; }
  FileResponse no_file() { return FileResponse(""); }

  static constexpr auto routes = controller(
      "", get<&ReportsController::report>("report"), get<&ReportsController::saved>("saved"),
      get<&ReportsController::any>("any"), get<&ReportsController::folder>("folder"),
      get<&ReportsController::large>("large"),
      get<&ReportsController::countdown>("countdown", roost::header("Content-Type", "text/plain")),
      get<&ReportsController::later>("later"), get<&ReportsController::owned>("owned"),
      get<&ReportsController::none>("none"), get<&ReportsController::no_file>("no-file"),
      post<&ReportsController::report>("made"));

 private:
  std::string folder_;
};

std::string& folder_of_test() {
  static std::string folder;
  return folder;
}

struct ReportsModule {
  static ModuleDef define() {
    return module<ReportsModule>(controllers<ReportsController>(),
                                 value<Folder>(Folder{folder_of_test()}));
  }
};

class Answers : public ::testing::Test {
 protected:
  Answers() {
    std::string name = "/tmp/roost-answers-XXXXXX";
    if (mkdtemp(name.data()) != nullptr) folder_of_test() = name;
    std::filesystem::create_directories(name + "/open");
    write("report.txt", "0123456789");
    write("open/a.css", "body{}");
    write("large.bin", std::string(300'000, 'L'));
    std::filesystem::create_symlink("../report.txt", name + "/open/link.txt");
  }
  ~Answers() override { std::filesystem::remove_all(folder_of_test()); }
  static void write(const std::string& name, const std::string& text) {
    std::ofstream{folder_of_test() + "/" + name} << text;
  }
};

TEST_F(Answers, AFileHasItsTypeAndCanBeAskedForAgainOrInParts) {
  auto app = roost::testing::create<ReportsModule>();
  const TestResponse whole = app.get("/report");
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.body, "0123456789");
  EXPECT_EQ(header(whole, "Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(header(whole, "Cache-Control"), "private, no-cache");
  EXPECT_EQ(header(whole, "Content-Disposition"), "(none)");
  const std::string tag = header(whole, "ETag");
  EXPECT_EQ(app.inject({.path = "/report", .headers = {{"If-None-Match", tag}}}).status, 304);
  const TestResponse part = app.inject({.path = "/report", .headers = {{"Range", "bytes=2-4"}}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(header(part, "Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(app.inject({.path = "/report", .headers = {{"Range", "bytes=10-"}}}).status, 416);
  const TestResponse head = app.inject({.method = Method::HEAD, .path = "/report"});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(app.get("/large").body, std::string(300'000, 'L'));
}

TEST_F(Answers, OnlyGetAsksForPartsAndOnlyReadingIsSpared) {
  auto app = roost::testing::create<ReportsModule>();
  const std::string tag = header(app.get("/report"), "ETag");
  const std::string date = header(app.get("/report"), "Last-Modified");
  struct Asked {
    const char* name;
    std::string value;
    int head;
  };
  for (const Asked& asked : {Asked{"Range", "bytes=2-4", 200}, Asked{"Range", "bytes=10-", 200},
                             Asked{"If-None-Match", tag, 304}, Asked{"If-None-Match", "*", 304},
                             Asked{"If-Modified-Since", date, 304}}) {
    const auto send = [&](Method method, const char* path) {
      return app.inject({.method = method, .path = path, .headers = {{asked.name, asked.value}}});
    };
    const TestResponse made = send(Method::POST, "/made");
    EXPECT_EQ(made.status, 201) << asked.name << ": " << asked.value;
    EXPECT_EQ(made.body, "0123456789") << asked.name << ": " << asked.value;
    EXPECT_EQ(header(made, "Content-Range"), "(none)") << asked.name << ": " << asked.value;
    EXPECT_EQ(send(Method::HEAD, "/report").status, asked.head)
        << asked.name << ": " << asked.value;
  }
}

TEST_F(Answers, ADownloadHasANameOfAnyCharacters) {
  auto app = roost::testing::create<ReportsModule>();
  const TestResponse saved = app.get("/saved");
  EXPECT_EQ(header(saved, "Content-Disposition"),
            "attachment; filename=\"Bericht ____.txt\"; "
            "filename*=UTF-8''Bericht%20%22%C3%84%22.txt");
  EXPECT_EQ(header(saved, "Content-Type"), "text/x-report");
  EXPECT_EQ(header(saved, "Cache-Control"), "no-store");
}

TEST_F(Answers, WhatIsNoFileIsNotFound) {
  auto app = roost::testing::create<ReportsModule>();
  EXPECT_EQ(app.get("/any?path=a.css").body, "body{}");
  EXPECT_EQ(app.get("/any?path=/a.css").body, "body{}") << "below the folder, not of the machine";
  for (const char* path : {"/any?path=b.css", "/any?path=../report.txt", "/any?path=link.txt",
                           "/any?path=a.css%00.txt", "/any?path=", "/any?path=.", "/folder"}) {
    const TestResponse answer = app.get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.body, R"({"message":"File not found","error":"Not Found","statusCode":404})");
  }
}

TEST_F(Answers, AStreamIsReturnedAsItIs) {
  auto app = roost::testing::create<ReportsModule>();
  const TestResponse countdown = app.get("/countdown");
  EXPECT_EQ(countdown.body, "3\n2\n1\n");
  EXPECT_EQ(header(countdown, "Content-Type"), "text/plain");
  const TestResponse later = app.get("/later");
  EXPECT_EQ(later.body, "2\n1\n");
  EXPECT_EQ(header(later, "Content-Type"), "application/octet-stream");
  EXPECT_EQ(app.get("/owned").body, "1\n");
  EXPECT_EQ(app.get("/none").status, 500);
}

class ListsController {
 public:
  int numbers(QueryParam<"ids", std::vector<int>> ids) { return static_cast<int>(ids->size()); }
  int flags(QueryParam<"ids", std::optional<std::vector<bool>>> ids) {
    return ids->has_value() ? static_cast<int>(ids.value()->size()) : -1;
  }
  std::string said(Header<"x-thing", std::optional<std::string>> thing,
                   Header<"authorization", std::optional<std::string>> who) {
    return thing->value_or("nothing") + " by " + who->value_or("nobody");
  }
  static constexpr auto routes =
      controller("lists", get<&ListsController::said>("said"),
                 get<&ListsController::numbers>("numbers"), get<&ListsController::flags>("flags"));
};
struct ListsModule {
  static ModuleDef define() { return module<ListsModule>(controllers<ListsController>()); }
};

TEST(Lists, SayWhichItemIsWrong) {
  auto app = roost::testing::create<ListsModule>();
  EXPECT_EQ(app.get("/lists/numbers?ids=1,-2,3").body, "3");
  EXPECT_EQ(app.get("/lists/flags").body, "-1");
  const auto message = [&](const char* path) {
    return app.get(path).json().at("message").as_string();
  };
  EXPECT_EQ(message("/lists/numbers?ids=1,x,y"), "[1] item must be a number");
  EXPECT_EQ(message("/lists/numbers?ids=1,2,"), "[2] item must be a number");
  EXPECT_EQ(message("/lists/numbers?ids=1&ids=x"), "[1] item must be a number");
  EXPECT_EQ(message("/lists/flags?ids=maybe"), "[0] item must be a boolean value");
  EXPECT_EQ(message("/lists/numbers"), "Validation failed (parsable array expected)");
  EXPECT_EQ(message("/lists/numbers?ids="), "Validation failed (parsable array expected)");
}

TEST(Lists, AreWhatRepeatedHeadersMake) {
  auto app = roost::testing::create<ListsModule>();
  const auto said = [&](std::vector<std::pair<std::string, std::string>> headers) {
    return app.inject({.path = "/lists/said", .headers = std::move(headers)}).body;
  };
  EXPECT_EQ(said({}), "nothing by nobody");
  EXPECT_EQ(said({{"X-Thing", "a"}}), "a by nobody");
  EXPECT_EQ(said({{"X-Thing", ""}, {"X-THING", "b, c"}, {"x-thing", "d"}}), ", b, c, d by nobody");
  EXPECT_EQ(said({{"Authorization", "one"}, {"Authorization", "two"}}), "nothing by one");
}

struct LogLines : LogSink {
  std::string text;
  void write(LogLevel, std::string_view line) override { text += line; }
};

TEST_F(Answers, NothingInsteadOfAStreamOrFileIsTheFaultOfItsHandler) {
  auto lines = std::make_shared<LogLines>();
  auto app =
      roost::testing::create<ReportsModule>(ApplicationOptions().log(LogOptions().sink(lines)));
  EXPECT_EQ(app.get("/none").status, 500);
  EXPECT_EQ(app.get("/no-file").status, 500);
  for (const char* said : {"ReportsController::none returned no stream",
                           "ReportsController::no_file returned no file"}) {
    EXPECT_NE(lines->text.find(said), std::string::npos) << lines->text;
  }
}

// ---- signed cookies -----------------------------------------------------------------------------

class AccountController {
 public:
  explicit AccountController(CookieSigner& signer) : signer_{signer} {}
  std::string sign() { return signer_.sign("user", "7"); }
  int who(SignedCookie<"user", int> user) { return *user; }
  std::string maybe(SignedCookie<"user", std::optional<std::string>> user) {
    return user->value_or("nobody");
  }
  static constexpr auto routes =
      controller("account", get<&AccountController::sign>("sign"), get<&AccountController::who>(),
                 get<&AccountController::maybe>("maybe"));

 private:
  CookieSigner& signer_;
};
struct AccountModule {
  static ModuleDef define() {
    return module<AccountModule>(controllers<AccountController>(),
                                 value<CookieSigner>(CookieSigner{"a secret of sixteen bytes"}));
  }
};

TEST(SignedCookies, CountOnlyWithOurSignature) {
  auto app = roost::testing::create<AccountModule>();
  const auto with = [&](const char* path, const std::string& cookie) {
    return app.inject({.path = path, .headers = {{"Cookie", "user=" + cookie}}});
  };
  const std::string good = app.get("/account/sign").body;
  EXPECT_EQ(with("/account", good).body, "7");
  EXPECT_EQ(with("/account/maybe", good).body, "7");
  for (const std::string& bad :
       {std::string{"7"}, good + "x", "8" + good.substr(1), std::string{}}) {
    EXPECT_EQ(with("/account", bad).status, 400) << bad;
    EXPECT_EQ(with("/account/maybe", bad).body, "nobody") << bad;
  }
  EXPECT_EQ(app.get("/account").status, 400);
  EXPECT_EQ(app.get("/account/maybe").body, "nobody");
}

class LonelyController {
 public:
  std::string who(SignedCookie<"user"> user) { return *user; }
  static constexpr auto routes = controller("lonely", get<&LonelyController::who>());
};
struct LonelyModule {
  static ModuleDef define() { return module<LonelyModule>(controllers<LonelyController>()); }
};

TEST(SignedCookies, NeedASignerWhenTheApplicationStarts) {
  try {
    auto app = roost::testing::create<LonelyModule>();
    static_cast<void>(app.get("/lonely"));
    FAIL() << "started without a CookieSigner";
  } catch (const Error& error) {
    EXPECT_NE(std::string_view{error.what()}.find("CookieSigner"), std::string_view::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace roost
