// Typed writing: every kind of value, escapes, numbers in ECMAScript's layout, members left out.
#include <roost/base/nullable.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/json/read.hpp>
#include <roost/json/write.hpp>
#include <roost/meta/describe.hpp>
#include <roost/meta/without.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace roost::json {
namespace {

enum class Level : std::int8_t { low = -1, middle = 0, high = 5 };

struct Rating {
  int score = 0;
  int count = 0;
};

struct Item {
  int id = 0;
  std::string name;
  bool active = false;
  std::vector<std::string> tags;
  Rating rating;
};

TEST(Write, AnObject) {
  EXPECT_EQ(write(Item{42, "Alpha", true, {"fast", "new"}, {42, -127}}),
            R"({"id":42,"name":"Alpha","active":true,"tags":["fast","new"],)"
            R"("rating":{"score":42,"count":-127}})");
}

TEST(Write, AppendsToWhatIsThere) {
  std::string out = "data: ";
  const Rating rating{1, 2};
  write(reflect::type_of<Rating>(), &rating, out);
  EXPECT_EQ(out, R"(data: {"score":1,"count":2})");
}

struct Maybe {
  std::optional<int> first;
  std::optional<std::string> second;
  int third = 3;
  Nullable<int> fourth;
  std::optional<int> fifth;
  std::unique_ptr<Rating> sixth;
  std::shared_ptr<int> seventh;

  static constexpr auto meta = roost::meta(field<&Maybe::fifth>(write_null));
};

TEST(Write, LeavesOutWhatIsAbsent) {
  Maybe maybe;
  EXPECT_EQ(write(maybe), R"({"third":3,"fifth":null})");
  maybe.first = 1;
  maybe.fourth = nullptr;
  maybe.fifth = 5;
  maybe.sixth = std::make_unique<Rating>();
  maybe.seventh = std::make_shared<int>(7);
  EXPECT_EQ(
      write(maybe),
      R"({"first":1,"third":3,"fourth":null,"fifth":5,"sixth":{"score":0,"count":0},"seventh":7})");
}

struct OnlyOptional {
  std::optional<int> a, b;
};

TEST(Write, ObjectsWithoutAnythingToWrite) {
  EXPECT_EQ(write(OnlyOptional{}), "{}");
  EXPECT_EQ(write(OnlyOptional{.a = {}, .b = 2}), R"({"b":2})");
  EXPECT_EQ(write(std::vector<OnlyOptional>(2)), "[{},{}]");
  EXPECT_EQ(write(std::vector<std::optional<int>>{1, std::nullopt}), "[1,null]");
  EXPECT_EQ(write(std::vector<int>{}), "[]");
  EXPECT_EQ(write(std::map<std::string, int>{}), "{}");
  EXPECT_EQ(write(std::optional<int>{}), "null");
}

struct Guarded {
  std::string secret = "s";
  std::string password = "p";
  std::string created = "c";

  static constexpr auto meta =
      roost::meta(field<&Guarded::secret>(hidden), field<&Guarded::password>(write_only),
                  field<&Guarded::created>(read_only, json_name("created \"at\"\n")));
};

TEST(Write, HonoursAnnotations) { EXPECT_EQ(write(Guarded{}), R"({"created \"at\"\n":"c"})"); }

TEST(Write, Containers) {
  EXPECT_EQ(write(std::map<std::string, int>{{"a\"", 1}, {"b", 2}}), R"({"a\"":1,"b":2})");
  EXPECT_EQ(write(std::map<int, bool>{{-1, true}, {2, false}}), R"({"-1":true,"2":false})");
  EXPECT_EQ(write(std::map<Level, int>{{Level::low, 1}, {static_cast<Level>(3), 2}}),
            R"({"low":1,"3":2})");
  EXPECT_EQ(write(std::vector<bool>{true, false}), "[true,false]");
  EXPECT_EQ(write(std::list<Rating>(1)), R"([{"score":0,"count":0}])");
  EXPECT_EQ(write(std::set<std::string>{"b", "a"}), R"(["a","b"])");
  EXPECT_EQ(write(std::array<int, 3>{1, 2, 3}), "[1,2,3]");
  EXPECT_EQ(write(std::vector<std::vector<int>>{{}, {1}, {2, 3}}), "[[],[1],[2,3]]");
}

TEST(Write, VariantsWriteWhatTheyHold) {
  using V = std::variant<int, std::string, Rating>;
  EXPECT_EQ(write(std::vector<V>{1, "x", Rating{1, 2}}), R"([1,"x",{"score":1,"count":2}])");
}

TEST(Write, EnumeratorsTimesAndUuids) {
  EXPECT_EQ(write(Level::low), R"("low")");
  EXPECT_EQ(write(static_cast<Level>(4)), "4");
  EXPECT_EQ(write(*Timestamp::parse("2022-02-03T01:00:00+01:00")), R"("2022-02-03T00:00:00.000Z")");
  EXPECT_EQ(write(Uuid{}), R"("00000000-0000-0000-0000-000000000000")");
}

TEST(Write, IntegersToTheirLimits) {
  EXPECT_EQ(write(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(write(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(write(std::int8_t{-128}), "-128");
  EXPECT_EQ(write(std::uint8_t{255}), "255");
  EXPECT_EQ(write(std::int16_t{-32768}), "-32768");
  EXPECT_EQ(write(std::uint16_t{65535}), "65535");
  EXPECT_EQ(write(std::uint32_t{4294967295U}), "4294967295");
}

TEST(Write, DoublesAsEcmascriptDoes) {
  const std::pair<double, const char*> cases[] = {
      {0, "0"},
      {-0.0, "-0"},
      {1, "1"},
      {-1.5, "-1.5"},
      {0.1, "0.1"},
      {100000, "100000"},
      {1e20, "100000000000000000000"},
      {123456789012345680000.0, "123456789012345680000"},
      {1e21, "1e+21"},
      {1.5e300, "1.5e+300"},
      {1e-6, "0.000001"},
      {1.25e-6, "0.00000125"},
      {1e-7, "1e-7"},
      {-1.5e-10, "-1.5e-10"},
      {5e-324, "5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {0.1 + 0.2, "0.30000000000000004"},
      {9007199254740993.0, "9007199254740992"},
      {1234567.875, "1234567.875"},
      {std::numeric_limits<double>::infinity(), "null"},
      {-std::numeric_limits<double>::infinity(), "null"},
      {std::numeric_limits<double>::quiet_NaN(), "null"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(write(value), text);
  EXPECT_EQ(write(0.1F), "0.1");
  EXPECT_EQ(write(16777216.0F), "16777216");
  EXPECT_EQ(write(3.4028235e38F), "3.4028235e+38");
  EXPECT_EQ(write(std::numeric_limits<float>::quiet_NaN()), "null");
}

TEST(Write, EscapesStringsOfEveryLength) {
  for (std::size_t size = 0; size < 70; ++size) {
    const std::string plain(size, 'x');
    EXPECT_EQ(write(plain), '"' + plain + '"');
    for (std::size_t at = 0; at < size; ++at) {
      std::string text = plain;
      text[at] = '"';
      EXPECT_EQ(write(text), '"' + plain.substr(0, at) + "\\\"" + plain.substr(at + 1) + '"');
      text[at] = '\x1f';
      EXPECT_EQ(write(text), '"' + plain.substr(0, at) + "\\u001f" + plain.substr(at + 1) + '"');
      text[at] = '\xff';
      EXPECT_EQ(write(text), '"' + plain.substr(0, at) + "\uFFFD" + plain.substr(at + 1) + '"');
    }
  }
  EXPECT_EQ(write(std::string{"\b\f\n\r\t\"\\/\x7f\0", 10}),
            "\"\\b\\f\\n\\r\\t\\\"\\\\/\x7f\\u0000\"");
  EXPECT_EQ(write(std::string{"\u00e9\u20ac\U0001F600"}), "\"\u00e9\u20ac\U0001F600\"");
}

TEST(Write, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(write(std::string{"a\xc0\xafz"}), "\"a\uFFFD\uFFFDz\"");
  EXPECT_EQ(write(std::string{"\xed\xa0\x80"}), "\"\uFFFD\uFFFD\uFFFD\"");
  EXPECT_EQ(write(std::string{"\xe2\x82"}), "\"\uFFFD\"");
  EXPECT_EQ(write(std::string{"\xe2\x82z"}), "\"\uFFFDz\"");
  EXPECT_EQ(write(std::string{"\xf4\x90\x80\x80"}), "\"\uFFFD\uFFFD\uFFFD\uFFFD\"");
}

struct Chain {
  std::shared_ptr<Chain> next;
  std::vector<Chain> more;
};

TEST(Write, StopsAtObjectsThatContainThemselves) {
  auto chain = std::make_shared<Chain>();
  chain->next = chain;
  std::string out = "before";
  try {
    write(reflect::type_of<Chain>(), chain.get(), out);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_STREQ(
        error.what(),
        "cannot write JSON: nested deeper than 512 levels; does the object contain itself?");
  }
  EXPECT_EQ(out, "before");
  chain->next.reset();
}

TEST(Write, ForPeople) {
  EXPECT_EQ(write_pretty(Item{1, "a:{,}\"", false, {}, {}}),
            "{\n  \"id\": 1,\n  \"name\": \"a:{,}\\\"\",\n  \"active\": false,\n  \"tags\": [],\n"
            "  \"rating\": {\n    \"score\": 0,\n    \"count\": 0\n  }\n}");
}

TEST(Write, LargeTexts) {
  std::vector<Item> items(3000, Item{7, std::string(100, 'n'), true, {"t\n"}, {1, 2}});
  const std::string text = write(items);
  const auto result = read<std::vector<Item>>(text);
  ASSERT_TRUE(result) << to_string(result.issues);
  EXPECT_EQ(result.value.size(), items.size());
  EXPECT_EQ(write(result.value), text);
}

TEST(Write, PointersShowWhatTheyPointAt) {
  const Rating rating{1, 2};
  const std::vector<const Rating*> ratings{&rating, nullptr};
  EXPECT_EQ(write(ratings), R"([{"score":1,"count":2},null])");
}

struct Ring {
  int id = 0;
  Ring* next = nullptr;
};

TEST(Write, AReferenceToAnObjectAroundItEndsTheCycle) {
  Ring first{1, nullptr};
  Ring second{2, &first};
  first.next = &second;
  EXPECT_EQ(write(first), R"({"id":1,"next":{"id":2,"next":null}})");
  EXPECT_EQ(write(std::vector<Ring*>{&first, &second}),
            R"([{"id":1,"next":{"id":2,"next":null}},{"id":2,"next":{"id":1,"next":null}}])");
}

struct Place {
  std::string name;
  int rooms = 0;
};
struct Visit {
  Place* place = nullptr;
  Place* next = nullptr;
  static constexpr auto meta = roost::meta(field<&Visit::place>(without("rooms")));
};

TEST(Write, PartsOfWhatIsReferredToMayBeLeftOut) {
  Place home{"home", 3};
  const Visit visit{&home, &home};
  EXPECT_EQ(write(visit), R"({"place":{"name":"home"},"next":{"name":"home","rooms":3}})");
  EXPECT_EQ(write(Visit{}), R"({"place":null,"next":null})");
}

TEST(Write, APointerIsNeverRead) {
  const auto result = read<Ring>(R"({"id":1,"next":{"id":2}})");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.issues.size(), 1U);
}

}  // namespace
}  // namespace roost::json
