// The dynamic value; and random texts compared with another parser, random values with themselves.
#include <roost/json/read.hpp>
#include <roost/json/value.hpp>
#include <roost/json/write.hpp>
#include <roost/meta/describe.hpp>

#include <gtest/gtest.h>
#include <simdjson.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace roost::json {
namespace {

TEST(Value, HoldsEveryKind) {
  EXPECT_TRUE(Value{}.is_null());
  EXPECT_TRUE(Value{nullptr}.is_null());
  EXPECT_TRUE(Value{true}.as_boolean());
  EXPECT_EQ(Value{-5}.as_int64(), -5);
  EXPECT_EQ(Value{5U}.kind(), ValueKind::int64);
  EXPECT_EQ(Value{std::uint64_t{1} << 63}.kind(), ValueKind::uint64);
  EXPECT_EQ(Value{1.5}.as_double(), 1.5);
  EXPECT_EQ(Value{"text"}.as_string(), "text");
  EXPECT_EQ(Value::array(1, "two", nullptr, true).as_array().size(), 4U);
  const Value object = Value::object().set("a", 1).set("b", Value::array());
  EXPECT_EQ(object.dump(), R"({"a":1,"b":[]})");
}

TEST(Value, RefusesToBeTakenForSomethingElse) {
  EXPECT_THROW((void)Value{"1"}.as_int64(), ValueError);
  EXPECT_THROW((void)Value{1}.as_string(), ValueError);
  EXPECT_THROW((void)Value{1.5}.as_int64(), ValueError);
  EXPECT_THROW((void)Value{-1}.as_uint64(), ValueError);
  EXPECT_THROW((void)Value{1e300}.as_int64(), ValueError);
  EXPECT_THROW((void)Value{std::nan("")}.as_uint64(), ValueError);
  EXPECT_THROW((void)Value{}.as_boolean(), ValueError);
  EXPECT_THROW((void)Value{1}.as_array(), ValueError);
  EXPECT_THROW((void)Value{1}.as_object(), ValueError);
  EXPECT_THROW(Value{1}.set("a", 1), ValueError);
  EXPECT_EQ(Value{2.0}.as_int64(), 2);
  EXPECT_EQ(Value{std::numeric_limits<std::uint64_t>::max()}.as_uint64(),
            std::numeric_limits<std::uint64_t>::max());
  try {
    (void)Value{"x"}.as_double();
  } catch (const ValueError& error) {
    EXPECT_STREQ(error.what(), "JSON value: expected a number, it is of kind string");
  }
}

TEST(Value, FindsByPath) {
  const Value value = Value::parse(R"({"toys":[{"label":"ball","price":1.5}],"n":null})");
  EXPECT_EQ(value.at("toys", 0, "price").as_double(), 1.5);
  EXPECT_EQ(&value.at(), &value);
  EXPECT_EQ(value.find("none"), nullptr);
  EXPECT_EQ(value.find(std::size_t{0}), nullptr);
  ASSERT_NE(value.find("n"), nullptr);
  const auto message = [&](auto... steps) -> std::string {
    try {
      (void)value.at(steps...);
    } catch (const ValueError& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  EXPECT_EQ(message("toys", 3, "price"), "JSON value: nothing at \"toys.3\": the array is shorter");
  EXPECT_EQ(message("toys", 0, "colour"),
            "JSON value: nothing at \"toys.0.colour\": the object has no such member");
  EXPECT_EQ(message("n", "x"), "JSON value: nothing at \"n.x\": it lies in a value of kind null");
}

TEST(Value, ObjectsKeepTheirOrder) {
  Value value;
  value.set("z", 1).set("a", 2).set("z", 3);
  EXPECT_EQ(value.dump(), R"({"z":3,"a":2})");
  EXPECT_TRUE(value.as_object().erase("z"));
  EXPECT_FALSE(value.as_object().erase("z"));
  EXPECT_EQ(value.dump(), R"({"a":2})");
  Value list;
  list.push_back(1).push_back(value);
  EXPECT_EQ(list.dump(), R"([1,{"a":2}])");
}

TEST(Value, Equality) {
  EXPECT_EQ(Value{1}, Value{1.0});
  EXPECT_EQ(Value{std::uint64_t{1} << 63}, Value{9223372036854775808.0});
  EXPECT_NE(Value{9007199254740993}, Value{9007199254740992.0});
  EXPECT_NE(Value{std::uint64_t{1} << 63}, Value{std::numeric_limits<std::int64_t>::min()});
  EXPECT_NE(Value{0}, Value{false});
  EXPECT_NE(Value{}, Value{false});
  EXPECT_NE(Value{"1"}, Value{1});
  EXPECT_EQ(Value::parse(R"({"a":1,"b":[1,{"c":null}]})"),
            Value::parse(R"( {"b":[1.0,{"c":null}],"a":1} )"));
  EXPECT_NE(Value::parse(R"({"a":1})"), Value::parse(R"({"a":1,"b":null})"));
  EXPECT_NE(Value::parse("[1,2]"), Value::parse("[2,1]"));
}

TEST(Value, CopiesAndMoves) {
  Value value = Value::parse(R"({"a":[1,"a text that is too long to be kept inside",{"b":2}]})");
  Value copy = value;
  copy.as_object().find("a")->as_array()[0] = "changed";
  EXPECT_EQ(value.at("a", 0), Value{1});
  Value moved = std::move(value);
  EXPECT_EQ(moved.at("a", 2, "b"), Value{2});
  moved = moved.at("a");  // a part of itself
  EXPECT_EQ(moved.at(0), Value{1});
  moved = std::move(moved.as_array()[2]);
  EXPECT_EQ(moved.dump(), R"({"b":2})");
  Value& self = moved;
  moved = self;
  EXPECT_EQ(moved.dump(), R"({"b":2})");
}

TEST(Value, ExactNumbers) {
  for (const char* text : {"0", "-1", "9223372036854775807", "-9223372036854775808",
                           "9223372036854775808", "18446744073709551615", "0.1", "1.5e+300"}) {
    EXPECT_EQ(Value::parse(text).dump(), text);
  }
  EXPECT_EQ(Value::parse("18446744073709551616").kind(), ValueKind::number);
  EXPECT_EQ(Value::parse("1.0").kind(), ValueKind::number);
  EXPECT_EQ(Value::parse("-0").dump(), "0");
  EXPECT_THROW((void)Value::parse("1e400"), ReadError);
}

TEST(Value, RefusesDuplicateMembersInSmallAndLargeObjects) {
  EXPECT_THROW((void)Value::parse(R"({"a":1,"a":1})"), ReadError);
  EXPECT_THROW((void)Value::parse(R"([{"a":{"b":1,"\u0062":1}}])"), ReadError);
  std::string text = "{";
  for (int i = 0; i < 40; ++i) text += "\"m" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  EXPECT_EQ(Value::parse(text + "\"z\":1}").as_object().size(), 41U);
  try {
    (void)Value::parse(text + R"("m3":[],"m39":1})");
    FAIL() << "nothing was thrown";
  } catch (const ReadError& error) {
    EXPECT_STREQ(error.what(),
                 "cannot read JSON: m3: given more than once\nm39: given more than once");
  }
}

TEST(Value, LimitsDepth) {
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  EXPECT_THROW((void)Value::parse(deep), ReadError);
  Value value;
  for (int i = 0; i < 600; ++i) value = Value::array(std::move(value));
  EXPECT_THROW((void)value.dump(), Error);
}

TEST(Value, IsDestroyedWithoutRecursion) {
  Value value;
  for (int i = 0; i < 300'000; ++i) {
    if (i % 2 == 0) {
      value = Value::array(std::move(value));
    } else {
      Value object = Value::object();
      object.set("a", std::move(value));
      value = std::move(object);
    }
  }
  EXPECT_TRUE(value.is_object());
}

struct Holder {
  std::string name;
  Value data;
  std::optional<Value> more;
  std::map<std::string, Value> rest;
};

TEST(Value, IsAMember) {
  constexpr std::string_view text =
      R"({"name":"n","data":{"x":[1,2.5,null]},"more":"m","rest":{"k":[]}})";
  const auto result = read<Holder>(text);
  ASSERT_TRUE(result) << to_string(result.issues);
  EXPECT_EQ(write(result.value), text);
  const auto faulty = read<Holder>(R"({"name":"n","data":{"x":[1,{"a":1,"a":2}]},"rest":{}})");
  ASSERT_EQ(faulty.issues.size(), 1U);
  EXPECT_EQ(describe(faulty.issues.front()), "data.x.1.a: given more than once");
  EXPECT_EQ(faulty.issues.front().field->name, "data");
}

TEST(Value, ForPeople) {
  EXPECT_EQ(Value::parse(R"({"a":[1,{}],"b":"x\\\"{,"})").dump_pretty(),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": \"x\\\\\\\"{,\"\n}");
}

// Random values and texts.

class Random {
 public:
  Random() : seed_{std::random_device{}()}, engine_{seed_} {}
  [[nodiscard]] unsigned seed() const { return seed_; }

  std::size_t below(std::size_t limit) { return engine_() % limit; }
  std::uint64_t bits() { return engine_(); }

  double number() {
    for (;;) {
      const std::uint64_t word = engine_();
      double value = 0;
      std::memcpy(&value, &word, sizeof value);
      if (std::isfinite(value)) return value;
    }
  }
  std::string text() {
    static const char* const pieces[] = {
        "a",          "Z", "\"",     "\\",         "\n",         "\x01",      "\u00e9", "\u20ac",
        "\U0001F600", " ", "/",      "\x7f",       "\t",         "\uFFFF",    "{",      "]",
        ",",          ":", "\uD7FF", "\U0010FFFF", "plain text", "0123456789"};
    std::string made;
    for (std::size_t i = below(12); i > 0; --i) made += pieces[below(std::size(pieces))];
    return made;
  }
  Value value(unsigned depth) {
    switch (below(depth == 0 ? 7 : 9)) {
      case 0:
        return nullptr;
      case 1:
        return below(2) == 0;
      case 2:
        return static_cast<std::int64_t>(bits());
      case 3:
        return bits();
      case 4:
        return number();
      case 5:
        return static_cast<int>(below(100));
      case 6:
        return text();
      case 7: {
        Value array = Value::array();
        for (std::size_t i = below(6); i > 0; --i) array.push_back(value(depth - 1));
        return array;
      }
      default: {
        Value object = Value::object();
        for (std::size_t i = below(6) + (below(20) == 0 ? 20 : 0); i > 0; --i) {
          object.set(text(), value(depth - 1));
        }
        return object;
      }
    }
  }

 private:
  unsigned seed_;
  std::mt19937_64 engine_;
};

TEST(RandomValues, SurviveTheirText) {
  Random random;
  SCOPED_TRACE("seed " + std::to_string(random.seed()));
  for (int i = 0; i < 3000; ++i) {
    const Value value = random.value(5);
    const std::string text = value.dump();
    ASSERT_EQ(Value::parse(text), value) << text;
    ASSERT_EQ(Value::parse(text).dump(), text);
    ASSERT_EQ(Value::parse(value.dump_pretty()), value);
  }
}

TEST(RandomValues, DoublesSurviveTheirText) {
  Random random;
  SCOPED_TRACE("seed " + std::to_string(random.seed()));
  for (int i = 0; i < 30'000; ++i) {
    const double value = random.number();
    const std::string text = write(value);
    const auto result = read<double>(text);
    ASSERT_TRUE(result) << text;
    ASSERT_EQ(result.value, value) << text;
    ASSERT_EQ(write(static_cast<double>(random.below(1000)) / 8).find('e'), std::string::npos);
  }
}

struct Sample {
  std::int64_t a = 0;
  std::uint64_t b = 0;
  double c = 0;
  std::string d;
  std::optional<std::string> e;
  std::vector<std::int8_t> f;
  std::map<std::string, double> g;
  Value h;
};

TEST(RandomValues, ObjectsSurviveTheirText) {
  Random random;
  SCOPED_TRACE("seed " + std::to_string(random.seed()));
  for (int i = 0; i < 2000; ++i) {
    Sample sample{static_cast<std::int64_t>(random.bits()),
                  random.bits(),
                  random.number(),
                  random.text(),
                  {},
                  {},
                  {},
                  random.value(3)};
    if (random.below(2) == 0) sample.e = random.text();
    for (std::size_t n = random.below(5); n > 0; --n) {
      sample.f.push_back(static_cast<std::int8_t>(random.bits()));
      sample.g[random.text()] = random.number();
    }
    const std::string text = write(sample);
    const auto result = read<Sample>(text);
    ASSERT_TRUE(result) << text << '\n' << to_string(result.issues);
    ASSERT_EQ(write(result.value), text);
  }
}

bool has_same_content(const simdjson::dom::element& a, const Value& b) {
  switch (a.type()) {
    case simdjson::dom::element_type::NULL_VALUE:
      return b.is_null();
    case simdjson::dom::element_type::BOOL:
      return b == Value{bool{a}};
    case simdjson::dom::element_type::INT64:
      return b == Value{std::int64_t{a}};
    case simdjson::dom::element_type::UINT64:
      return b == Value{std::uint64_t{a}};
    case simdjson::dom::element_type::DOUBLE:
      return b == Value{double{a}};
    case simdjson::dom::element_type::STRING:
      return b == Value{std::string_view{a}};
    case simdjson::dom::element_type::ARRAY: {
      std::size_t i = 0;
      for (const auto element : a.get_array()) {
        if (!b.find(i) || !has_same_content(element, *b.find(i))) return false;
        ++i;
      }
      return b.as_array().size() == i;
    }
    case simdjson::dom::element_type::OBJECT: {
      std::size_t i = 0;
      for (const auto& [name, element] : a.get_object()) {
        if (!b.find(name) || !has_same_content(element, *b.find(name))) return false;
        ++i;
      }
      return b.as_object().size() == i;
    }
  }
  return false;
}

bool has_long_number(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits >= 19) return true;
  }
  return false;
}

/// What both must agree on. Numbers that are integers for one and too large for the other, and
/// duplicate names, are told apart by the issue.
void compare_with_simdjson(const std::string& text) {
  simdjson::dom::parser parser;
  simdjson::dom::element theirs;
  const simdjson::error_code error = parser.parse(text).get(theirs);
  const auto ours = read<Value>(text);
  if (ours.issues.document_fault()) {
    ASSERT_NE(error, simdjson::SUCCESS) << text << '\n' << to_string(ours.issues);
  } else if (ours.ok()) {
    // It refuses integers that need more than 64 bits, which are doubles for us.
    if (error == simdjson::NUMBER_ERROR && has_long_number(text)) return;
    ASSERT_EQ(error, simdjson::SUCCESS) << text;
    ASSERT_TRUE(has_same_content(theirs, ours.value)) << text;
  }
}

TEST(RandomTexts, AreReadAsAnotherParserReadsThem) {
  Random random;
  SCOPED_TRACE("seed " + std::to_string(random.seed()));
  constexpr std::string_view bytes = "{}[],:\"\\0123456789.eE+-truefalsn u\x01\x80\xc3\xa9\xff\n";
  for (int i = 0; i < 10'000; ++i) {
    std::string text = random.value(3).dump();
    for (std::size_t changes = random.below(4); changes > 0 && !text.empty(); --changes) {
      const std::size_t at = random.below(text.size());
      const char c = bytes[random.below(bytes.size())];
      switch (random.below(4)) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.insert(at, 1, c);
          break;
        case 2:
          text.erase(at, 1);
          break;
        default:
          text.resize(at);
          break;
      }
    }
    compare_with_simdjson(text);
    if (HasFatalFailure()) return;
  }
}

TEST(RandomTexts, NeverUpsetTypedReading) {
  Random random;
  SCOPED_TRACE("seed " + std::to_string(random.seed()));
  for (int i = 0; i < 5000; ++i) {
    Sample sample{1, 2, 3, random.text(), random.text(), {1}, {{"a", 1}}, random.value(2)};
    std::string text = write(sample);
    for (std::size_t changes = random.below(5); changes > 0; --changes) {
      text[random.below(text.size())] = static_cast<char>(random.bits());
    }
    const auto result = read<Sample>(text);
    for (const Issue& issue : result.issues) ASSERT_FALSE(describe(issue).empty());
    if (result) {
      ASSERT_TRUE(read<Sample>(write(result.value)));
    }
  }
}

}  // namespace
}  // namespace roost::json
