// The messages of the cats contract, through reading and validating its DTO.
#include <roost/base/timestamp.hpp>
#include <roost/json/read.hpp>
#include <roost/meta/describe.hpp>
#include <roost/validation/rules.hpp>
#include <roost/validation/validate.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace cats {

using namespace roost;

enum class Temper { calm, wild, shy };

struct Owner {
  std::string name;
  std::optional<std::string> email;

  static constexpr auto meta =
      roost::meta(field<&Owner::name>(not_empty), field<&Owner::email>(is_email));
};

struct Toy {
  std::string label;
  double price;

  static constexpr auto meta = roost::meta(field<&Toy::price>(max_decimals(2), min(0)));
};

struct CreateCat {
  std::string name;
  int age;
  Temper temper;
  std::string email;
  Timestamp born_at;
  Owner owner;
  std::vector<std::string> tags;
  std::optional<std::vector<Toy>> toys;
  std::optional<std::string> nickname;
  std::optional<bool> indoor;

  static constexpr auto meta = roost::meta(
      field<&CreateCat::name>(length(2, 20)), field<&CreateCat::age>(min(0), max(30)),
      field<&CreateCat::email>(is_email), field<&CreateCat::born_at>(json_name("bornAt")),
      field<&CreateCat::tags>(array_max_size(3)));
};

struct ListCats {
  int page = 1;
  int limit = 10;
  std::optional<Temper> temper;

  static constexpr auto meta =
      roost::meta(field<&ListCats::page>(min(1)), field<&ListCats::limit>(min(1), max(100)));
};

using Texts = std::vector<std::string>;

template <class T>
Texts messages_for(const std::string& text, const validation::ValidationOptions& options = {}) {
  T object{};
  json::Issues issues;
  json::read(reflect::type_of<T>(), &object, text, {}, issues);
  return validation::validate(reflect::type_of<T>(), &object, issues, options).messages(options);
}

/// A good cat whose members can be replaced, left out ("") or added.
Texts with(const std::string& member, const std::string& value) {
  std::vector<std::pair<std::string, std::string>> members{
      {"name", R"("Mia")"},
      {"age", "2"},
      {"temper", R"("shy")"},
      {"email", R"("mia@example.com")"},
      {"bornAt", R"("2022-02-03T00:00:00.000Z")"},
      {"owner", R"({"name":"Eve","email":"eve@example.com"})"},
      {"tags", R"(["a","b"])"},
      {"toys", R"([{"label":"ball","price":1.5}])"},
      {"nickname", R"("M")"},
      {"indoor", "true"}};
  bool known = false;
  for (auto& [name, text] : members) {
    if (name != member) continue;
    text = value;
    known = true;
  }
  if (!known) members.emplace_back(member, value);
  std::string body = "{";
  for (const auto& [name, text] : members) {
    if (text.empty()) continue;
    if (body.size() > 1) body += ',';
    body += '"' + name + "\":" + text;
  }
  return messages_for<CreateCat>(body + "}");
}

const Texts all_of_age{"age must not be greater than 30", "age must not be less than 0",
                       "age must be an integer number"};
const Texts of_nothing{"name must be longer than or equal to 2 characters",
                       "name must be a string",
                       "age must not be greater than 30",
                       "age must not be less than 0",
                       "age must be an integer number",
                       "temper must be one of the following values: calm, wild, shy",
                       "email must be an email",
                       "bornAt must be a Date instance",
                       "owner should not be null or undefined",
                       "each value in tags must be a string",
                       "tags must contain no more than 3 elements",
                       "tags must be an array"};

TEST(Cats, AcceptsGoodOnes) {
  EXPECT_EQ(with("name", R"("Mia")"), Texts{});
  EXPECT_EQ(with("age", "2e0"), Texts{});
  EXPECT_EQ(with("bornAt", R"("2022-02-03T01:00:00+01:00")"), Texts{});
  EXPECT_EQ(with("bornAt", R"("2022-02-03")"), Texts{});
  EXPECT_EQ(with("email", R"("a+b@example.co.uk")"), Texts{});
  EXPECT_EQ(with("email", R"("\"a b\"@example.com")"), Texts{});
  EXPECT_EQ(with("email", R"("žofie@example.com")"), Texts{});
  EXPECT_EQ(with("nickname", "null"), Texts{});
  EXPECT_EQ(with("toys", "null"), Texts{});
  EXPECT_EQ(with("toys", ""), Texts{});
}

TEST(Cats, Age) {
  EXPECT_EQ(with("age", "true"), all_of_age);
  EXPECT_EQ(with("age", "\"2\""), all_of_age);
  EXPECT_EQ(with("age", "2.5"), Texts{"age must be an integer number"});
  EXPECT_EQ(with("age", "31.5"),
            (Texts{"age must not be greater than 30", "age must be an integer number"}));
  EXPECT_EQ(with("age", "-1"), Texts{"age must not be less than 0"});
  EXPECT_EQ(with("age", "31"), Texts{"age must not be greater than 30"});
  EXPECT_EQ(with("age", "3000000000"), Texts{"age must not be greater than 30"});
  EXPECT_FALSE(with("age", "1e400").empty());
}

TEST(Cats, Name) {
  EXPECT_EQ(with("name", ""),
            (Texts{"name must be longer than or equal to 2 characters", "name must be a string"}));
  EXPECT_EQ(with("name", "null"),
            (Texts{"name must be longer than or equal to 2 characters", "name must be a string"}));
  EXPECT_EQ(with("name", "12"),
            (Texts{"name must be longer than or equal to 2 and shorter than or equal to 20 "
                   "characters",
                   "name must be a string"}));
  EXPECT_EQ(with("name", R"("A")"), Texts{"name must be longer than or equal to 2 characters"});
  EXPECT_EQ(with("name", R"("🐱")"), Texts{"name must be longer than or equal to 2 characters"});
  EXPECT_EQ(with("name", R"("🐱🐱🐱🐱🐱🐱🐱🐱🐱🐱🐱🐱🐱🐱🐱🐱🐱🐱🐱🐱")"), Texts{});
  EXPECT_EQ(with("name", '"' + std::string(21, 'A') + '"'),
            Texts{"name must be shorter than or equal to 20 characters"});
}

TEST(Cats, OtherMembers) {
  EXPECT_EQ(with("temper", R"("CALM")"),
            Texts{"temper must be one of the following values: calm, wild, shy"});
  EXPECT_EQ(with("email", R"("nope")"), Texts{"email must be an email"});
  EXPECT_EQ(with("email", R"("Mia <mia@example.com>")"), Texts{"email must be an email"});
  EXPECT_EQ(with("email", ""), Texts{"email must be an email"});
  EXPECT_EQ(with("bornAt", R"("soon")"), Texts{"bornAt must be a Date instance"});
  EXPECT_EQ(with("bornAt", "null"), Texts{"bornAt must be a Date instance"});
  EXPECT_EQ(with("indoor", R"("true")"), Texts{"indoor must be a boolean value"});
  EXPECT_EQ(with("indoor", "0"), Texts{"indoor must be a boolean value"});
  EXPECT_EQ(with("nickname", "1"), Texts{"nickname must be a string"});
  EXPECT_EQ(with("color", R"("red")"), Texts{"property color should not exist"});
}

TEST(Cats, Owner) {
  EXPECT_EQ(with("owner", ""), Texts{"owner should not be null or undefined"});
  EXPECT_EQ(with("owner", "null"), (Texts{"owner should not be null or undefined",
                                          "nested property owner must be either object or array"}));
  EXPECT_EQ(with("owner", "5"), Texts{"nested property owner must be either object or array"});
  EXPECT_EQ(with("owner", "[]"), Texts{"owner must be an object"});
  EXPECT_EQ(with("owner", R"({"name":"Eve","phone":"1"})"),
            Texts{"owner.property phone should not exist"});
  EXPECT_EQ(with("owner", R"({"email":"x"})"),
            (Texts{"owner.name should not be empty", "owner.name must be a string",
                   "owner.email must be an email"}));
}

TEST(Cats, TagsAndToys) {
  EXPECT_EQ(with("tags", ""),
            (Texts{"each value in tags must be a string",
                   "tags must contain no more than 3 elements", "tags must be an array"}));
  EXPECT_EQ(with("tags", R"(["a",1,null])"), Texts{"each value in tags must be a string"});
  EXPECT_EQ(with("tags", R"(["a","b","c","d"])"),
            Texts{"tags must contain no more than 3 elements"});
  EXPECT_EQ(with("tags", R"("a,b")"),
            (Texts{"tags must contain no more than 3 elements", "tags must be an array"}));
  EXPECT_EQ(with("toys", R"({"label":"x","price":1})"), Texts{"toys must be an array"});
  EXPECT_EQ(with("toys", "5"),
            (Texts{"toys must be an array",
                   "each value in nested property toys must be either object or array"}));
  EXPECT_EQ(with("toys", R"([{"label":"x","price":1.005}])"),
            Texts{"toys.0.price must be a number conforming to the specified constraints"});
  EXPECT_EQ(with("toys", R"([{"label":"x","price":1},{"label":"y","price":2,"z":1}])"),
            Texts{"toys.1.property z should not exist"});
  EXPECT_EQ(with("toys", R"([null,{"label":"x","price":-1}])"),
            (Texts{"toys.each value in nested property toys must be either object or array",
                   "toys.1.price must not be less than 0"}));
}

TEST(Cats, EverythingAtOnce) {
  EXPECT_EQ(messages_for<CreateCat>("{}"), of_nothing);
  EXPECT_EQ(messages_for<CreateCat>("null"), of_nothing);
  EXPECT_EQ(messages_for<CreateCat>("[]"), of_nothing);
  EXPECT_EQ(messages_for<CreateCat>("5"), of_nothing);
  EXPECT_EQ(
      messages_for<CreateCat>(
          R"({"name":1,"age":"x","temper":"q","email":"e","bornAt":"b","owner":{"name":""},)"
          R"("tags":[1],"toys":[{}],"nickname":1,"indoor":"no","zzz":1})"),
      (Texts{"property zzz should not exist",
             "name must be longer than or equal to 2 and shorter than or equal to 20 characters",
             "name must be a string", "age must not be greater than 30",
             "age must not be less than 0", "age must be an integer number",
             "temper must be one of the following values: calm, wild, shy",
             "email must be an email", "bornAt must be a Date instance",
             "owner.name should not be empty", "each value in tags must be a string",
             "toys.0.label must be a string", "toys.0.price must not be less than 0",
             "toys.0.price must be a number conforming to the specified constraints",
             "nickname must be a string", "indoor must be a boolean value"}));
}

TEST(Cats, Bulk) {
  const std::string good = R"({"name":"Mia","age":2,"temper":"shy","email":"mia@example.com",)"
                           R"("bornAt":"2022-02-03","owner":{"name":"Eve"},"tags":[]})";
  const std::string bad = R"({"name":"Mia","age":"x","temper":"shy","email":"mia@example.com",)"
                          R"("bornAt":"2022-02-03","owner":{"name":1},"tags":[]})";
  using Cats = std::vector<CreateCat>;
  EXPECT_EQ(messages_for<Cats>("[]"), Texts{});
  EXPECT_EQ(messages_for<Cats>("[" + good + "," + good + "]"), Texts{});
  EXPECT_EQ(messages_for<Cats>(good), Texts{"Validation failed (parsable array expected)"});
  Texts expected = all_of_age;
  expected.emplace_back("owner.name must be a string");
  EXPECT_EQ(messages_for<Cats>("[" + good + "," + bad + "," + bad + "]"), expected);
  validation::ValidationOptions all;
  all.first_bad_item_only = false;
  const Texts every = messages_for<Cats>("[" + good + "," + bad + "," + bad + "]", all);
  ASSERT_EQ(every.size(), 8U);
  EXPECT_EQ(every.front(), "[1] age must not be greater than 30");
  EXPECT_EQ(every.back(), "[2] owner.name must be a string");
}

TEST(Cats, ListOptions) {
  EXPECT_EQ(messages_for<ListCats>("{}"), Texts{});
  EXPECT_EQ(messages_for<ListCats>(R"({"page":"x","limit":0,"temper":"q"})"),
            (Texts{"page must not be less than 1", "page must be an integer number",
                   "limit must not be less than 1",
                   "temper must be one of the following values: calm, wild, shy"}));
}

}  // namespace cats
