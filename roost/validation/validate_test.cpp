// Options, conditions, custom rules, transformations and odd shapes of input.
#include <roost/base/error.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/json/read.hpp>
#include <roost/meta/describe.hpp>
#include <roost/meta/mapped_types.hpp>
#include <roost/validation/detail/pattern.hpp>
#include <roost/validation/rules.hpp>
#include <roost/validation/validate.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace validate_test {

using namespace roost;
using validation::ValidationErrors;
using validation::ValidationOptions;
using Texts = std::vector<std::string>;

template <class T>
ValidationErrors errors_for(T& object, const std::string& text,
                            const ValidationOptions& options = {}) {
  json::Issues issues;
  json::read(reflect::type_of<T>(), &object, text, {}, issues);
  return validation::validate(reflect::type_of<T>(), &object, issues, options);
}

template <class T>
Texts messages_for(const std::string& text, const ValidationOptions& options = {}) {
  T object{};
  return errors_for(object, text, options).messages(options);
}

struct Grouped {
  int id;
  std::string name;
  std::string token;

  static constexpr auto meta =
      roost::meta(field<&Grouped::id>(min(1).groups("update")),
                  field<&Grouped::name>(min_length(3).groups("create", "update"), max_length(5)),
                  field<&Grouped::token>(not_empty.always()));
};

TEST(Options, Groups) {
  const std::string bad = R"({"id":0,"name":"A","token":""})";
  EXPECT_EQ(messages_for<Grouped>(bad).size(), 3U);
  ValidationOptions options;
  options.groups = {"create"};
  EXPECT_EQ(
      messages_for<Grouped>(bad, options),
      (Texts{"name must be longer than or equal to 3 characters", "token should not be empty"}));
  options.groups = {"other"};
  EXPECT_EQ(messages_for<Grouped>(bad, options), Texts{"token should not be empty"});
  EXPECT_EQ(messages_for<Grouped>(R"({"id":"x","name":"A","token":"t"})", options),
            Texts{"id must be an integer number"});
  options.groups = {};
  options.strict_groups = true;
  EXPECT_EQ(messages_for<Grouped>(R"({"id":0,"name":"A","token":"t"})", options), Texts{});
}

TEST(Options, StopAtFirstErrorKeepsOnePerMember) {
  ValidationOptions options;
  options.stop_at_first_error = true;
  EXPECT_EQ(
      messages_for<Grouped>(R"({"zip":1,"name":5})", options),
      (Texts{"property zip should not exist", "id must not be less than 1",
             "name must be shorter than or equal to 5 characters", "token should not be empty"}));
}

TEST(Options, UnknownMembersCanBeStripped) {
  ValidationOptions options;
  options.unknown_members = validation::UnknownMembers::strip;
  const std::string body = R"({"id":1,"name":"Ada","token":"t","zip":1})";
  EXPECT_EQ(messages_for<Grouped>(body, options), Texts{});
  EXPECT_EQ(messages_for<Grouped>(body), Texts{"property zip should not exist"});
}

TEST(Options, LimitAndGrouping) {
  ValidationOptions options;
  options.max_messages_length = 30;
  Grouped object{};
  const ValidationErrors errors = errors_for(object, R"({"id":0,"name":"A","token":""})");
  EXPECT_EQ(errors.messages(options),
            (Texts{"id must not be less than 1", "Further validation errors were omitted"}));
  const auto grouped = errors.grouped();
  ASSERT_EQ(grouped.size(), 3U);
  EXPECT_EQ(grouped[1].first, "name");
  EXPECT_EQ(errors[0].rule, "min");
}

enum class Kind { email, sms };
struct Message {
  Kind kind;
  std::string address;
  std::optional<int> retries;
  int urgency = 0;

  static constexpr auto meta = roost::meta(
      field<&Message::address>(when<&Message::kind>(Kind::email, is_email),
                               when<&Message::kind>([](Kind kind) { return kind == Kind::sms; },
                                                    matches("^\\+\\d+$"), max_length(15))),
      field<&Message::retries>(
          when<Message>([](const auto& message) -> bool { return message.urgency > 5; }, min(3))));
};

TEST(Conditions, RulesRunWhileTheConditionHolds) {
  EXPECT_EQ(messages_for<Message>(R"({"kind":"email","address":"x"})"),
            Texts{"address must be an email"});
  EXPECT_EQ(messages_for<Message>(R"({"kind":"sms","address":"+49"})"), Texts{});
  EXPECT_EQ(messages_for<Message>(R"({"kind":"sms","address":"a@example.com"})"),
            Texts{"address must match /^\\+\\d+$/ regular expression"});
  EXPECT_EQ(messages_for<Message>(R"({"kind":"sms","address":"+1","retries":1})"), Texts{});
  EXPECT_EQ(messages_for<Message>(R"({"kind":"sms","address":"+1","retries":1,"urgency":6})"),
            Texts{"retries must not be less than 3"});
}

struct EvenNumber {
  static constexpr std::string_view message = "$property ($value) of $target must be even";
  bool check(int value) const { return value % 2 == 0; }
};
struct StartsWith {
  static constexpr std::string_view key = "startsWith";
  std::string_view prefix;
  std::string_view message = "$property must start with $constraint1";
  bool check(std::string_view value) const { return value.starts_with(prefix); }
  void constraint(std::size_t index, std::string& out) const {
    if (index == 1) out += prefix;
  }
};
struct Span {
  int low = 0;
  int high = 0;
};
struct Ordered {
  static constexpr std::string_view message = "$property must be ordered";
  bool check(const Span& span) const { return span.low <= span.high; }
};
std::string shout(const validation::MessageArguments& arguments) {
  return std::string{arguments.property} + "!";
}

struct CustomRules {
  int seats;
  std::string code;
  Span span;
  std::vector<std::string> names;
  int limit;

  static constexpr auto meta = roost::meta(
      field<&CustomRules::seats>(custom(EvenNumber{})),
      field<&CustomRules::code>(custom(StartsWith{"R-"}), min_length(4).message(&shout)),
      field<&CustomRules::span>(custom(Ordered{})),
      field<&CustomRules::names>(each(custom(StartsWith{"n"}), max_length(3))),
      field<&CustomRules::limit>(
          satisfies([](int limit) { return limit % 10 == 0; }, "$property must be round"),
          max(90).message("$property is $value, over $constraint1; $unknown")));
};

TEST(CustomRules, MessagesAndTypes) {
  EXPECT_EQ(messages_for<CustomRules>(
                R"({"seats":2,"code":"R-12","span":{"low":1,"high":1},"names":["n1"],"limit":90})"),
            Texts{});
  EXPECT_EQ(
      messages_for<CustomRules>(
          R"({"seats":3,"code":"x","span":{"low":2,"high":1},"names":["n","x","long"],"limit":101})"),
      (Texts{"seats (3) of CustomRules must be even", "code!", "code must start with R-",
             "span must be ordered",
             "each value in names must be shorter than or equal to 3 characters",
             "names must start with n", "limit is 101, over 90; $unknown", "limit must be round"}));
  EXPECT_EQ(messages_for<CustomRules>(R"({"seats":"2","code":7,"span":{},"names":[],"limit":0})"),
            (Texts{"seats (2) of CustomRules must be even", "seats must be an integer number",
                   "code!", "code must start with R-", "code must be a string"}));
}

struct Period {
  Timestamp start;
  Timestamp end;
  std::optional<int> share;

  static constexpr auto meta = roost::meta(
      field<&Period::start>(min_date(Timestamp{Timestamp::Duration{0}})),
      ensure<&Period::end>([](const auto& period) -> bool { return period.end > period.start; },
                           "$property must be after start"));
};

TEST(ObjectRules, RunWhenTheMembersAreRight) {
  EXPECT_EQ(messages_for<Period>(R"({"start":"2024-01-01","end":"2024-01-02"})"), Texts{});
  EXPECT_EQ(messages_for<Period>(R"({"start":"2024-01-02","end":"2024-01-01"})"),
            Texts{"end must be after start"});
  EXPECT_EQ(messages_for<Period>(R"({"start":"2024-01-02","end":"2024-01-01","share":"x"})"),
            Texts{"share must be an integer number"});
  EXPECT_EQ(messages_for<Period>(R"({"start":"1960-01-01","end":"2024-01-01"})"),
            Texts{"minimal allowed date for start is 1970-01-01T00:00:00.000Z"});
  EXPECT_EQ(messages_for<std::vector<Period>>(R"([{"start":"2024-01-02","end":"2024-01-01"}])"),
            Texts{"end must be after start"});
}

struct SignUp {
  std::string name;
  std::string email;
  std::string lang;
  std::optional<int> retries;
  Kind kind;

  static constexpr auto meta =
      roost::meta(field<&SignUp::name>(trim, length(2, 10)),
                  field<&SignUp::email>(trim, lowercase, is_email,
                                        transform([](std::string& text) { text += "!"; })),
                  field<&SignUp::lang>(default_value("en"), length(2)),
                  field<&SignUp::retries>(default_value(3), max(5)),
                  field<&SignUp::kind>(default_value("sms")));
};

TEST(Transformations, RunBeforeTheRules) {
  SignUp object{};
  const ValidationErrors errors =
      errors_for(object, R"({"name":"  Ada ","email":" ADA@ÉXAMPLE.com "})");
  EXPECT_EQ(errors.messages(), Texts{"email must be an email"});  // of the last transformation
  EXPECT_EQ(object.name, "Ada");
  EXPECT_EQ(object.email, "ada@éxample.com!");
  EXPECT_EQ(object.lang, "en");
  EXPECT_EQ(object.retries, 3);
  EXPECT_EQ(object.kind, Kind::sms);
}

TEST(Transformations, DefaultsStandInForNullAndAreNotUsedOtherwise) {
  SignUp object{};
  EXPECT_EQ(errors_for(object,
                       R"({"name":"Ada","email":"a@b.co","lang":null,"retries":9,"kind":"email"})")
                .messages(),
            (Texts{"email must be an email", "retries must not be greater than 5"}));
  EXPECT_EQ(object.lang, "en");
  EXPECT_EQ(object.retries, 9);
  EXPECT_EQ(object.kind, Kind::email);
}

struct Circle {
  double radius;
  static constexpr auto meta = roost::meta(field<&Circle::radius>(positive));
};
struct Square {
  double side;
  static constexpr auto meta = roost::meta(field<&Square::side>(positive));
};
struct Shapes {
  std::variant<Circle, Square> shape;
  std::map<std::string, Circle> named;
  std::map<std::string, int> counts;
  std::vector<std::vector<int>> rows;
  json::Value extra;

  static constexpr auto meta =
      roost::meta(field<&Shapes::counts>(each(min(1))), field<&Shapes::extra>(is_object));
};

TEST(Shapes, VariantsMapsAndMatrices) {
  EXPECT_EQ(
      messages_for<Shapes>(
          R"({"shape":{"side":1},"named":{"a":{"radius":1}},"counts":{"x":1},"rows":[[1],[]],"extra":{}})"),
      Texts{});
  EXPECT_EQ(
      messages_for<Shapes>(
          R"({"shape":{"side":-1},"named":{"a":{"radius":0}},"counts":{"x":0},"rows":[[1],"x"],"extra":[]})"),
      (Texts{"shape.side must be a positive number", "named.a.radius must be a positive number",
             "each value in counts must not be less than 1", "each value in rows must be an array",
             "extra must be an object"}));
  EXPECT_FALSE(messages_for<Shapes>(
                   R"({"shape":{"side":1},"named":{},"counts":{},"rows":[[1],["x"]],"extra":{}})")
                   .empty());
  EXPECT_FALSE(
      messages_for<Shapes>(
          R"({"shape":{"side":1},"named":{"a":5},"counts":{"x":"y"},"rows":[],"extra":{}})")
          .empty());
  EXPECT_FALSE(
      messages_for<Shapes>(R"({"shape":5,"named":{},"counts":{},"rows":[],"extra":{}})").empty());
}

struct Small {
  std::int8_t tiny;
  std::uint16_t port;
};

TEST(Types, RangesOfIntegersAreNamed) {
  EXPECT_EQ(messages_for<Small>(R"({"tiny":300,"port":-1})"),
            (Texts{"tiny must not be greater than 127", "port must not be less than 0"}));
  EXPECT_EQ(messages_for<Small>(R"({"tiny":1.0,"port":65535})"), Texts{});
  EXPECT_EQ(messages_for<Small>(R"({"tiny":1,"tiny":2,"port":1})"),
            Texts{"property tiny should not be given more than once"});
}

TEST(Types, StrangersAreRefusedOnce) {
  EXPECT_EQ(
      messages_for<Small>(R"({"tiny":1,"x":1,"port":1,"x":2,"tiny":2,"y":1,"tiny":3,"x":3})"),
      (Texts{"property x should not exist", "property tiny should not be given more than once",
             "property y should not exist"}));
}

TEST(Partial, OnlyGivenMembersAreChecked) {
  EXPECT_EQ(messages_for<Partial<Grouped>>("{}"), Texts{});
  EXPECT_EQ(messages_for<Partial<Grouped>>(R"({"name":"A"})"),
            Texts{"name must be longer than or equal to 3 characters"});
  EXPECT_EQ(messages_for<Partial<Grouped>>(R"({"id":"x"})"),
            (Texts{"id must not be less than 1", "id must be an integer number"}));
}

TEST(Partial, OtherThanAnObjectIsRefusedAndNullIsNothing) {
  EXPECT_EQ(messages_for<Partial<Grouped>>("[]"), Texts{"Validation failed (object is expected)"});
  EXPECT_EQ(messages_for<Partial<Grouped>>("null"), Texts{});
}

struct Address {
  std::string city;
};
struct Customer {
  std::string name;
  std::optional<Address> address;
  std::optional<std::string> phone;
  Timestamp since;
  static constexpr auto meta = roost::meta(field<&Customer::name>(length(2, 5)),
                                           field<&Customer::address>(not_null, is_object),
                                           field<&Customer::phone>(not_null, max_length(3)),
                                           field<&Customer::since>(optional, date_time));
};

TEST(Nulls, FailEveryRuleOfWhatMayOnlyBeLeftOut) {
  EXPECT_EQ(messages_for<Customer>(R"({"name":"Ann"})"), Texts{});
  EXPECT_EQ(
      messages_for<Customer>(R"({"name":null,"address":null,"phone":null,"since":null})"),
      (Texts{"name must be longer than or equal to 2 characters", "name must be a string",
             "address must be an object", "nested property address must be either object or array",
             "phone must be shorter than or equal to 3 characters", "phone must be a string",
             "since must be an ISO 8601 date-time string"}));
  EXPECT_EQ(messages_for<Customer>(R"({"name":"Ann","address":[],"since":"2026-05-01"})"),
            (Texts{"address must be an object", "since must be an ISO 8601 date-time string"}));
}

struct Room {
  std::string name;
  std::vector<Address> doors;
  std::optional<Address> address;
};

TEST(Misplaced, WhatTheyHoldIsCheckedAllTheSame) {
  EXPECT_EQ(messages_for<Room>(R"({"name":"x","doors":{"city":5,"b":1}})"),
            (Texts{"doors must be an array", "doors.property b should not exist",
                   "doors.city must be a string"}));
  EXPECT_EQ(messages_for<Room>(R"({"name":"x","doors":{"city":"a"}})"),
            Texts{"doors must be an array"});
  EXPECT_EQ(messages_for<Room>(
                R"({"name":"x","doors":[],"address":[ {"city":"],\"[{"} , 5,[{"x":"\\"}],null]})"),
            (Texts{"address must be an object",
                   "address.nested property address must be either object or array",
                   "address.2.0.property x should not exist", "address.2.0.city must be a string",
                   "address.nested property address must be either object or array"}));
  EXPECT_EQ(messages_for<Room>(R"({"name":"x","doors":[],"address":[ ]})"),
            Texts{"address must be an object"});
}

TEST(Arrays, InThePlaceOfAnObjectHaveMembersThatItDoesNot) {
  EXPECT_EQ(messages_for<Partial<Grouped>>("[{},5]"),
            (Texts{"property 0 should not exist", "property 1 should not exist"}));
  std::string many = "[0";
  for (int i = 0; i < 5000; ++i) many += ",0";
  EXPECT_EQ(messages_for<Partial<Grouped>>(many + "]").size(), 1000U);
}

struct Seat {
  int row;
  std::optional<int> person;
  static constexpr auto meta = roost::meta(field<&Seat::person>(json_name("who")));
};
struct Hall {
  std::vector<Seat> seats;
  static constexpr auto meta = roost::meta(field<&Hall::seats>(array_unique_by<&Seat::person>()));
};

TEST(Lists, UniqueByAMember) {
  const auto messages = [](const std::string& seats) {
    return messages_for<Hall>(R"({"seats":)" + seats + "}");
  };
  const std::string repeated = "All seats's elements must be unique";
  EXPECT_EQ(messages("[]"), Texts{});
  EXPECT_EQ(messages(R"([{"row":1,"who":1},{"row":1,"who":2}])"), Texts{});
  EXPECT_EQ(messages(R"([{"row":1,"who":7},{"row":2,"who":8},{"row":3,"who":7}])"),
            Texts{repeated});
  // What does not fit its type is compared as it was given.
  EXPECT_EQ(messages(R"([{"row":1,"who":"a"},{"row":1,"who":"b"},5])").size(), 3U);
  const auto same = messages(R"([{"row":1,"who":"a"},{"row":1,"who":"a"}])");
  EXPECT_NE(std::find(same.begin(), same.end(), repeated), same.end());
  // What is no object has no such member: twice that is the same, and so is null twice.
  const auto repeats = [&](const std::string& seats) {
    const auto said = messages(seats);
    return std::find(said.begin(), said.end(), repeated) != said.end();
  };
  EXPECT_TRUE(repeats(R"([5,"x"])"));
  EXPECT_TRUE(repeats(R"(["a",{"row":1}])"));
  EXPECT_TRUE(repeats("[null,null]"));
  EXPECT_FALSE(repeats(R"([null,5,{"row":1,"who":1}])"));
  EXPECT_EQ(messages("5"),
            (Texts{repeated, "seats must be an array",
                   "each value in nested property seats must be either object or array"}));
}

struct Labels {
  std::vector<std::string> labels;
  std::optional<std::string> name;
  static constexpr auto meta =
      roost::meta(field<&Labels::labels>(each(length(2, 3))), field<&Labels::name>(length(1, 3)));
};

TEST(Lengths, WordTheirMessageByTheWholeValue) {
  const auto labels = [](const std::string& value) {
    return messages_for<Labels>(R"({"labels":)" + value + "}");
  };
  const std::string of = "each value in labels must be ";
  EXPECT_EQ(labels(R"(["a"])"), Texts{of + "longer than or equal to 2 characters"});
  EXPECT_EQ(labels(R"(["ab","abcd"])"),
            Texts{of + "longer than or equal to 2 and shorter than or equal to 3 characters"});
  EXPECT_EQ(labels(R"(["ab","ab","ab","a"])"), Texts{of + "shorter than or equal to 3 characters"});
  const auto name = [](const std::string& value) {
    return messages_for<Labels>(R"({"labels":[],"name":)" + value + "}");
  };
  EXPECT_EQ(name("[]").front(), "name must be longer than or equal to 1 characters");
  EXPECT_EQ(name("[1,2,3,4]").front(), "name must be shorter than or equal to 3 characters");
  EXPECT_EQ(name("[1]").front(),
            "name must be longer than or equal to 1 and shorter than or equal to 3 characters");
}

struct BadPattern {
  std::string text;
  static constexpr auto meta = roost::meta(field<&BadPattern::text>(matches("(a")));
};

TEST(Prepare, RefusesFaultyPatterns) {
  try {
    validation::prepare(reflect::type_of<std::vector<BadPattern>>());
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string{error.what()}.find("BadPattern::text"), std::string::npos)
        << error.what();
    EXPECT_NE(std::string{error.what()}.find("(a"), std::string::npos);
  }
}

TEST(Patterns, BackreferencesAndLookAroundAreMatched) {
  struct Word {
    std::string_view pattern;
    std::string_view text;
    bool found;
  };
  constexpr Word words[] = {
      {"^(a|b)\\1$", "aa", true},
      {"^(a|b)\\1$", "ab", false},
      {"^(a|b)\\1$", "aa\n", false},
      {"^(\\d)\\1$", "٣٣", false},
      {"(?<=\\$)\\d+", "$15", true},
      {"(?<=\\$)\\d+", "15", false},
      {"a(?=[&[]b)", "a&b", true},
      {"^(?<q>['\"])\\w*\\k<q>$", "'x'", true},
      {"^(?<q>['\"])\\w*\\k<q>$", "'x\"", false},
      {"^(.)\\1$", "😀😀", true},
  };
  for (const Word& word : words) {
    EXPECT_EQ((validation::detail::Pattern{word.pattern, ""}.found_in(word.text)), word.found)
        << word.pattern << " in " << word.text;
  }
}

TEST(Patterns, NoTextStallsASearchThatTracksBack) {
  // Exponential, quadratic, and a plain one over a long text: each would run for minutes.
  constexpr std::string_view patterns[] = {"^(x+x+)+\\1y$", "(x*)(x*)(x*)(x*)\\1z",
                                           "(?<=x)(a|b)\\1"};
  for (const std::string_view pattern : patterns) {
    const validation::detail::Pattern search{pattern, ""};
    EXPECT_FALSE(search.found_in(std::string(60'000, 'x'))) << pattern;
    EXPECT_FALSE(search.found_in(std::string(5'000'000, 'x'))) << pattern;
  }
}

struct Caller {
  std::string anywhere;
  std::string german;
  static constexpr auto meta = roost::meta(field<&Caller::anywhere>(is_phone_number()),
                                           field<&Caller::german>(is_phone_number("DE")));
};

TEST(PhoneNumbers, AreWholeTextsAndAssigned) {
  EXPECT_EQ(messages_for<Caller>(R"({"anywhere":"+44 20 7183 8750","german":"030 123456"})"),
            Texts{});
  EXPECT_EQ(
      messages_for<Caller>(R"({"anywhere":"call +442071838750","german":"+442071838750"})"),
      (Texts{"anywhere must be a valid phone number", "german must be a valid phone number"}));
}

struct NowhereCaller {
  std::string number;
  static constexpr auto meta = roost::meta(field<&NowhereCaller::number>(is_phone_number("XX")));
};

TEST(PhoneNumbers, AnUnknownRegionIsReportedAtStart) {
  EXPECT_THROW(validation::prepare(reflect::type_of<NowhereCaller>()), Error);
}

TEST(Documents, FaultsAreSummaries) {
  EXPECT_FALSE(messages_for<Grouped>("{\"id\":").empty());
  EXPECT_EQ(messages_for<std::vector<int>>(R"([1,"x",2,"y"])"),
            Texts{"[1] item must be an integer number"});
}

struct Lists {
  std::vector<std::string> tags;
  std::vector<double> numbers;
  std::string color;
  static constexpr auto meta = roost::meta(
      field<&Lists::tags>(array_unique, array_contains("a"), array_not_contains("z"), not_empty),
      field<&Lists::numbers>(array_unique, array_min_size(1)),
      field<&Lists::color>(one_of("red", "green"), not_equals("green")));
};

TEST(Lists, EqualElementsAndContents) {
  EXPECT_EQ(messages_for<Lists>(R"({"tags":["a","b"],"numbers":[1,2],"color":"red"})"), Texts{});
  EXPECT_EQ(messages_for<Lists>(R"({"tags":["z","b","b"],"numbers":[1,1.0],"color":"green"})"),
            (Texts{"tags should not contain z values", "tags must contain a values",
                   "All tags's elements must be unique", "All numbers's elements must be unique",
                   "color should not be equal to green"}));
  EXPECT_EQ(messages_for<Lists>(R"({"tags":[],"numbers":[],"color":"blue"})"),
            (Texts{"tags should not be empty", "tags must contain a values",
                   "numbers must contain at least 1 elements",
                   "color must be one of the following values: red, green"}));
}

}  // namespace validate_test
