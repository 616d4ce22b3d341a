// What an application shows of itself: the docs page, the document, routes and graph.
#include <roost/app/application.hpp>
#include <roost/app/command_line.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/di/container.hpp>
#include <roost/di/module.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/json/value.hpp>
#include <roost/openapi/annotations.hpp>
#include <roost/web/controllers.hpp>
#include <roost/web/dispatcher.hpp>
#include <roost/web/extractors.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace {

using roost::Inquiry;

struct Explosive {
  Explosive() { throw roost::Error("this is not to be constructed"); }
};

struct Note {
  std::string text;
};

class NotesController {
 public:
  explicit NotesController(Explosive&) {}
  Note find_one(roost::Param<"id", int>) { return {}; }
  static constexpr auto routes =
      roost::controller("notes", roost::get<&NotesController::find_one>(":id"));
};

struct NotesModule {
  static roost::ModuleDef define() {
    return roost::module<NotesModule>(roost::controllers<NotesController>(),
                                      roost::providers<Explosive>());
  }
};

class QuietController {
 public:
  std::string own() { return "mine"; }
  static constexpr auto routes =
      roost::controller("", roost::get<&QuietController::own>("docs-yaml"));
};
struct QuietModule {
  static roost::ModuleDef define() {
    return roost::module<QuietModule>(roost::controllers<QuietController>());
  }
};

roost::ApplicationOptions silent() {
  return roost::ApplicationOptions().log(roost::LogOptions().level(roost::LogLevel::off));
}

TEST(CommandLine, KnowsOneArgumentOnly) {
  EXPECT_EQ(roost::inquiry_of({}), Inquiry::none);
  const std::vector<std::pair<std::vector<std::string>, Inquiry>> cases{
      {{"--openapi"}, Inquiry::openapi_json},
      {{"--openapi=json"}, Inquiry::openapi_json},
      {{"--openapi=yaml"}, Inquiry::openapi_yaml},
      {{"--routes"}, Inquiry::routes},
      {{"--graph"}, Inquiry::graph},
      {{"--routes", "x"}, Inquiry::none},
      {{"routes"}, Inquiry::none},
      {{"--openapi=xml"}, Inquiry::none}};
  for (const auto& [arguments, inquiry] : cases) {
    EXPECT_EQ(roost::inquiry_of(arguments), inquiry) << arguments.front();
  }
}

TEST(Inspection, ConstructsNothing) {
  const auto application =
      roost::create<NotesModule>(silent().openapi(roost::OpenApiOptions("Notes").version("0.3")));
  const auto document = application.openapi();
  EXPECT_EQ(document.at("info", "title").as_string(), "Notes");
  EXPECT_NE(document.at("paths").find("/notes/{id}"), nullptr);
  EXPECT_NE(document.at("paths").find("/health"), nullptr);
  EXPECT_NE(application.routes().find("NotesController::find_one"), std::string::npos);
  const std::string graph = application.graph();
  EXPECT_TRUE(graph.starts_with("flowchart")) << graph;
  EXPECT_NE(graph.find("Explosive"), std::string::npos) << graph;
}

TEST(Inspection, ReportsFaultyModules) {
  struct Lost {
    static roost::ModuleDef define() { return {}; }
  };
  EXPECT_THROW((void)roost::create<Lost>(silent()).routes(), roost::Error);
}

/// Answers of a started application without a server.
class Docs : public ::testing::Test {
 protected:
  static int status_of(roost::Application& application, std::string_view path) {
    const auto& routes = application.dispatcher().routes();
    for (const auto* route : routes) {
      if (route->path == path) return route->status;
    }
    return 404;
  }
  static bool has_docs(const roost::ApplicationOptions& options) {
    roost::EventLoop loop;
    auto application = roost::create<QuietModule>(options);
    application.start(loop, {});
    const bool found = status_of(application, "/docs") == 200;
    application.stop(loop);
    return found;
  }
};

TEST_F(Docs, AreOffInProductionUnlessAskedFor) {
  ::unsetenv("APP_ENV");
  EXPECT_TRUE(has_docs(silent()));
  EXPECT_FALSE(has_docs(silent().docs(false)));
  ::setenv("APP_ENV", "production", 1);
  EXPECT_FALSE(has_docs(silent()));
  EXPECT_TRUE(has_docs(silent().docs(true)));
  ::unsetenv("APP_ENV");
}

TEST_F(Docs, GiveWayToRoutesOfTheApplication) {
  roost::EventLoop loop;
  auto application = roost::create<QuietModule>(silent().docs(true));
  application.start(loop, {});
  int count = 0;
  for (const auto* route : application.dispatcher().routes()) {
    if (route->path != "/docs-yaml") continue;
    ++count;
    EXPECT_EQ(route->controller, "QuietController");
  }
  EXPECT_EQ(count, 1);
  application.stop(loop);
}

}  // namespace
