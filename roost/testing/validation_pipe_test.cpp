// The options of validation for the application, a controller, a route and one parameter.
#include <roost/roost.hpp>
#include <roost/testing/test_application.hpp>
#include <roost/validation/validation_error.hpp>

#include <gtest/gtest.h>

#include <exception>
#include <string>
#include <string_view>

namespace validation_pipe_test {

using namespace roost;
using http::Method;

struct Note {
  std::string text;
  int stars = 1;
  static constexpr auto meta =
      roost::meta(field<&Note::text>(not_empty, max_length(5)),
                  field<&Note::stars>(roost::min(1).groups("rated"), roost::max(5)));
};
struct Filter {
  int page = 1;
  static constexpr auto meta = roost::meta(field<&Filter::page>(roost::min(1)));
};

struct Lenient {
  static constexpr auto validation = validation_pipe().strip_unknown();
};
struct Teapot {
  static constexpr auto validation = validation_pipe().status(418).stop_at_first_error();
};

std::exception_ptr conflict(const validation::ValidationErrors& errors) {
  return std::make_exception_ptr(
      ConflictException("refused: " + std::to_string(errors.messages({}).size())));
}

class NotesController {
 public:
  Note usual(Body<Note> note) { return *note; }
  Note one(Checked<Body<Note>, Lenient> note, Checked<Query<Filter>, Teapot> /*filter*/) {
    return *note;
  }
  int number(Checked<Param<"id", int>, Teapot> id) { return *id; }
  static constexpr auto routes = controller(
      "notes", post<&NotesController::usual>(),
      post<&NotesController::usual>("factory", validation_pipe().error_factory(&conflict)),
      post<&NotesController::usual>("rated", validation_pipe().groups("rated")),
      post<&NotesController::usual>("all", validation_pipe().groups("rated").with_ungrouped()),
      post<&NotesController::usual>("strict", validation_pipe().strict_groups()),
      post<&NotesController::usual>("short", validation_pipe().max_messages_length(10)),
      post<&NotesController::one>("one"), get<&NotesController::number>(":id"));
};
class StrictController {
 public:
  Note usual(Body<Note> note) { return *note; }
  static constexpr auto routes =
      controller("strict", validation_pipe().grouped(), post<&StrictController::usual>(),
                 post<&StrictController::usual>("plain", validation_pipe().without_messages()));
};
struct AppModule {
  static ModuleDef define() {
    return module<AppModule>(controllers<NotesController, StrictController>());
  }
};

class ValidationPipes : public ::testing::Test {
 protected:
  roost::testing::TestResponse post(std::string path, std::string body) {
    return app.inject({.method = Method::POST, .path = std::move(path), .json = std::move(body)});
  }

  roost::testing::TestApplication app = roost::testing::create<AppModule>(
      ApplicationOptions().validation(validation_pipe().status(422).strip_unknown()));
};

constexpr const char* faulty = R"({"text":"","stars":0})";

TEST_F(ValidationPipes, OfTheApplicationHoldWhereNothingElseIsSaid) {
  EXPECT_EQ(post("/notes", R"({"text":"a","color":"red"})").body, R"({"text":"a","stars":1})");
  const auto refused = post("/notes", faulty);
  EXPECT_EQ(refused.status, 422);
  EXPECT_NE(refused.body.find("Unprocessable Entity"), std::string::npos) << refused.body;
}

TEST_F(ValidationPipes, OfAControllerAndARouteTakeThePlaceOfTheApplications) {
  EXPECT_EQ(
      post("/strict", faulty).body,
      R"({"message":{"text":["text should not be empty"],)"
      R"("stars":["stars must not be less than 1"]},"error":"Bad Request","statusCode":400})");
  EXPECT_EQ(post("/strict", R"({"text":"a","color":"red"})").status, 400);
  EXPECT_EQ(post("/strict/plain", faulty).body, R"({"message":"Bad Request","statusCode":400})");
}

TEST_F(ValidationPipes, AFactoryMakesTheException) {
  const auto refused = post("/notes/factory", faulty);
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.body.find("refused: 2"), std::string::npos) << refused.body;
}

TEST_F(ValidationPipes, GroupsChooseRules) {
  EXPECT_EQ(post("/notes/rated", R"({"text":"","stars":9})").status, 201);
  EXPECT_EQ(post("/notes/rated", R"({"text":"","stars":0})").status, 400);
  EXPECT_EQ(post("/notes/all", R"({"text":"","stars":1})").status, 400);
  EXPECT_EQ(post("/notes/strict", R"({"text":"a","stars":0})").status, 201);
  EXPECT_EQ(post("/notes/strict", R"({"text":"a","stars":6})").status, 400);
}

TEST_F(ValidationPipes, LongListsOfMessagesEnd) {
  EXPECT_NE(post("/notes/short", faulty).body.find("omitted"), std::string::npos);
}

TEST_F(ValidationPipes, OfOneParameterHoldForItAlone) {
  EXPECT_EQ(post("/notes/one", R"({"text":"a","color":"red"})").status, 201);
  EXPECT_EQ(post("/notes/one", R"({"text":""})").status, 400);
  EXPECT_EQ(post("/notes/one?page=0", R"({"text":"a"})").status, 418);
  EXPECT_EQ(post("/notes/one?color=red", R"({"text":"a"})").status, 418);
  EXPECT_EQ(app.get("/notes/x").status, 418);
  EXPECT_EQ(app.get("/notes/7").body, "7");
}

TEST_F(ValidationPipes, AreInTheDocument) {
  const json::Value document = app.get("/docs-json").json();
  const auto answers = [&](std::string_view path, std::string_view method) -> const json::Value& {
    return document.at("paths", path, method, "responses");
  };
  EXPECT_NE(answers("/notes", "post").find("422"), nullptr);
  EXPECT_EQ(answers("/strict", "post").find("422"), nullptr);
  EXPECT_NE(answers("/notes/one", "post").find("418"), nullptr);
  const auto takes_more = [&](std::string_view path) {
    const std::string& reference = document
                                       .at("paths", path, "post", "requestBody", "content",
                                           "application/json", "schema", "$ref")
                                       .as_string();
    const std::string name = reference.substr(reference.rfind('/') + 1);
    return document.at("components", "schemas", name).find("additionalProperties") == nullptr;
  };
  EXPECT_TRUE(takes_more("/notes")) << "what the application strips may be sent";
  EXPECT_TRUE(takes_more("/notes/one"));
  EXPECT_FALSE(takes_more("/strict"));
}

}  // namespace validation_pipe_test
