// What of an object goes out: hidden and renamed members, and members for some readers only.
#include <roost/http/request.hpp>
#include <roost/roost.hpp>
#include <roost/testing/test_application.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace roost;  // as users write it

namespace {

struct Address {
  std::string city;
  std::string street;
  static constexpr auto meta = roost::meta(field<&Address::street>(groups("admin", "owner")));
};
struct User {
  int id = 7;
  std::string name = "Žofie";
  std::string password_hash = "secret";
  std::string born = "2000";
  std::optional<std::string> email = "z@example.org";
  Address address{"Brno", "Česká 1"};
  static constexpr auto meta =
      roost::meta(field<&User::password_hash>(hidden), field<&User::born>(json_name("bornAt")),
                  field<&User::email>(groups("admin")), field<&User::id>(groups("owner")));
};
struct Team {
  std::vector<User> users{1};
};

TEST(MemberGroups, AreWrittenOnlyWhereTheyAreShown) {
  const User user;
  EXPECT_EQ(json::write(user), R"({"name":"Žofie","bornAt":"2000","address":{"city":"Brno"}})");
  EXPECT_EQ(json::write(user, Groups{}), json::write(user));
  EXPECT_EQ(json::write(user, Groups{}.with("stranger").with("ADMIN")), json::write(user));
  EXPECT_EQ(json::write(user, Groups{}.with("admin")),
            R"({"name":"Žofie","bornAt":"2000","email":"z@example.org",)"
            R"("address":{"city":"Brno","street":"Česká 1"}})");
  EXPECT_EQ(json::write(Team{}, Groups{}.with("owner")),
            R"({"users":[{"id":7,"name":"Žofie","bornAt":"2000",)"
            R"("address":{"city":"Brno","street":"Česká 1"}}]})");
  EXPECT_EQ(json::write(user), R"({"name":"Žofie","bornAt":"2000","address":{"city":"Brno"}})");
}

struct RoleGuard {
  bool can_activate(ExecutionContext& context) {
    if (context.request().header("X-Role") == "owner") {
      context.emplace<ShownGroups>(show_groups("owner"));
    }
    return true;
  }
};
class UsersController {
 public:
  User plain() { return {}; }
  Task<Team> later() { co_return Team{}; }
  Response response() { return Response().json(User{}); }
  static constexpr auto routes =
      controller("users", use_guards<RoleGuard>(), get<&UsersController::plain>(),
                 get<&UsersController::plain>("admin", show_groups("admin")),
                 get<&UsersController::later>("later", show_groups("admin", "owner")),
                 get<&UsersController::response>("response", show_groups("admin")));
};
struct UsersModule {
  static ModuleDef define() {
    return module<UsersModule>(controllers<UsersController>(), providers<RoleGuard>());
  }
};

TEST(ShownGroups, OfARouteOrOfOneRequest) {
  auto app = roost::testing::create<UsersModule>();
  const auto keys = [&](std::string path, std::string role = "") {
    const auto answer = app.inject({.path = std::move(path), .headers = {{"X-Role", role}}});
    std::string found = answer.body.find("email") != std::string::npos ? "email " : "";
    if (answer.body.find("\"id\"") != std::string::npos) found += "id ";
    if (answer.body.find("street") != std::string::npos) found += "street";
    EXPECT_EQ(answer.body.find("secret"), std::string::npos) << answer.body;
    return found;
  };
  EXPECT_EQ(keys("/users"), "");
  EXPECT_EQ(keys("/users/admin"), "email street");
  EXPECT_EQ(keys("/users/later"), "email id street");
  EXPECT_EQ(keys("/users", "owner"), "id street");
  EXPECT_EQ(keys("/users/admin", "owner"), "id street") << "the request's instead of the route's";
  EXPECT_EQ(keys("/users/response"), "") << "written by the handler itself";
}

TEST(ShownGroups, MakeMembersOptionalInTheDocument) {
  const auto document = create<UsersModule>().openapi();
  const auto& user = document.at("components").at("schemas").at("User");
  EXPECT_NE(user.at("properties").find("email"), nullptr);
  EXPECT_EQ(user.at("properties").find("password_hash"), nullptr);
  EXPECT_EQ(json::write(user.at("required")), R"(["name","bornAt","address"])");
}

}  // namespace
