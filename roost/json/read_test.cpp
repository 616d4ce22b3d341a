// Typed reading: what is accepted, and every kind of issue with its path and raw value.
#include <roost/base/nullable.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/json/elements.hpp>
#include <roost/json/read.hpp>
#include <roost/json/write.hpp>
#include <roost/meta/describe.hpp>
#include <roost/meta/mapped_types.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace roost::json {
namespace {

enum class Temper { calm, wild, shy };

struct Toy {
  std::string label;
  double price = 0;

  static constexpr auto meta = roost::meta(field<&Toy::price>(required));
};

struct Owner {
  std::string name;
  std::optional<std::string> email;
};

struct Cat {
  std::string name;
  int age;
  Temper temper;
  Timestamp born_at;
  Owner owner;
  std::vector<std::string> tags;
  std::optional<std::vector<Toy>> toys;
  std::optional<bool> indoor;
  int lives = 9;

  static constexpr auto meta = roost::meta(field<&Cat::born_at>(json_name("bornAt")));
};

constexpr std::string_view good_cat =
    R"({"name":"Tom","age":3,"temper":"calm","bornAt":"2020-01-02T03:04:05.000Z",)"
    R"("owner":{"name":"Ann"},"tags":["grey"]})";

/// "path code raw" of every issue.
std::vector<std::string> list(const Issues& issues) {
  std::vector<std::string> lines;
  for (const Issue& issue : issues) {
    lines.push_back(to_string(issue.path) + ' ' + std::string{to_string(issue.code)});
  }
  return lines;
}

template <class T>
std::vector<std::string> faults(std::string_view text, const ReadOptions& options = {}) {
  return list(read<T>(text, options).issues);
}

template <class T>
std::string fault(std::string_view text) {
  const ReadResult<T> result = read<T>(text);
  if (!result.issues.document_fault()) return "no document fault: " + to_string(result.issues);
  EXPECT_EQ(result.issues.size(), 1U);
  return result.issues.front().detail;
}

using Lines = std::vector<std::string>;

TEST(Read, FillsAnObject) {
  const auto result = read<Cat>(
      R"( { "temper" : "shy", "name" : "Kit", "age" : -2, "bornAt" : "2019-06-07",
            "owner" : { "name" : "Bob", "email" : "bob@example.com" }, "tags" : [ ],
            "toys" : [ { "label" : "ball", "price" : 1.5 }, {"price":2,"label":""} ],
            "indoor" : false, "lives" : 7 } )");
  ASSERT_TRUE(result) << to_string(result.issues);
  const Cat& cat = result.value;
  EXPECT_EQ(cat.name, "Kit");
  EXPECT_EQ(cat.age, -2);
  EXPECT_EQ(cat.temper, Temper::shy);
  EXPECT_EQ(cat.born_at.to_string(), "2019-06-07T00:00:00.000Z");
  EXPECT_EQ(cat.owner.email, "bob@example.com");
  ASSERT_TRUE(cat.toys);
  ASSERT_EQ(cat.toys->size(), 2U);
  EXPECT_EQ((*cat.toys)[0].price, 1.5);
  EXPECT_EQ((*cat.toys)[1].price, 2);
  EXPECT_EQ(cat.indoor, false);
  EXPECT_EQ(cat.lives, 7);
}

TEST(Read, LeavesWhatIsAbsent) {
  const auto result = read<Cat>(good_cat);
  ASSERT_TRUE(result) << to_string(result.issues);
  EXPECT_FALSE(result.value.toys);
  EXPECT_FALSE(result.value.indoor);
  EXPECT_EQ(result.value.lives, 9);
}

TEST(Read, NullIsForOptionalTypesOnly) {
  constexpr std::string_view text =
      R"({"name":"T","age":3,"temper":"calm","bornAt":"2020-01-02","owner":{"name":"A","email":null},)"
      R"("tags":[],"toys":null,"indoor":null,"lives":null})";
  EXPECT_EQ(faults<Cat>(text), Lines{"lives null_value"});
  ReadOptions options;
  options.null_members = NullMembers::as_absent;
  const auto result = read<Cat>(text, options);
  ASSERT_TRUE(result) << to_string(result.issues);
  EXPECT_EQ(result.value.lives, 9);
  EXPECT_EQ(faults<Cat>(R"({"name":null,"age":null,"temper":null,"bornAt":null,"owner":null,)"
                        R"("tags":null})"),
            (Lines{"name null_value", "age null_value", "temper null_value", "bornAt null_value",
                   "owner null_value", "tags null_value"}));
}

struct Contact {
  std::optional<std::string> email;
  Nullable<int> age;

  static constexpr auto meta =
      roost::meta(field<&Contact::email>(not_null), field<&Contact::age>(not_null));
};

TEST(Read, MembersMayRefuseNullAlthoughTheyMayBeAbsent) {
  EXPECT_TRUE(read<Contact>("{}"));
  EXPECT_EQ(faults<Contact>(R"({"email":null,"age":null})"),
            (Lines{"email null_value", "age null_value"}));
  EXPECT_EQ(faults<Partial<Contact>>(R"({"email":null,"age":5})"), Lines{"email null_value"});
  ReadOptions options;
  options.null_members = NullMembers::as_absent;
  const auto result = read<Contact>(R"({"email":null,"age":null})", options);
  ASSERT_TRUE(result) << to_string(result.issues);
  EXPECT_TRUE(result.value.age.is_absent());
}

struct Meeting {
  Timestamp start;
  std::vector<Timestamp> breaks;

  static constexpr auto meta =
      roost::meta(field<&Meeting::start>(date_time), field<&Meeting::breaks>(optional, date_time));
};

TEST(Read, TextFormsNarrowWhatIsRead) {
  const auto start = [](std::string_view text) {
    return faults<Meeting>(R"({"start":")" + std::string{text} + R"("})");
  };
  for (const char* text :
       {"2026-05-01T10:00Z", "2026-05-01T10:00:59.1+23:59", "2026-05-01T10:00:00.123-02:30"}) {
    EXPECT_EQ(start(text), Lines{}) << text;
  }
  for (const char* text :
       {"2026-05-01", "2026-05-01T10:00", "2026-05-01T10:00:00.123", "2026-05-01T10:00:00.1234Z",
        "2026-02-30T10:00Z", "", "x", "2026-05-01T10:00:60Z", "2026-05-01T10:00:00+24:00"}) {
    EXPECT_EQ(start(text), Lines{"start invalid_text"}) << text;
  }
  const auto result =
      read<Meeting>(R"({"start":"2026-05-01T08:00Z","breaks":["2026-05-01T10:00Z","2026-05-01"]})");
  EXPECT_EQ(to_string(result.issues), "breaks.1: must be an ISO 8601 date-time string");
}

TEST(Read, ReportsEveryMissingMember) {
  EXPECT_EQ(faults<Cat>("{}"), (Lines{"name missing", "age missing", "temper missing",
                                      "bornAt missing", "owner missing", "tags missing"}));
  const auto result = read<Cat>("{}");
  EXPECT_EQ(result.issues[1].raw.kind, RawKind::absent);
  ASSERT_NE(result.issues[1].field, nullptr);
  EXPECT_EQ(result.issues[1].field->name, "age");
  ASSERT_NE(result.issues[1].type, nullptr);
  EXPECT_EQ(result.issues[1].type->kind, reflect::TypeKind::integer);
}

TEST(Read, CollectsEverythingAtEveryDepthAndGoesOn) {
  EXPECT_EQ(
      faults<Cat>(
          R"({"name":5,"age":"2","temper":"Calm","bornAt":"2022-02-31","owner":{"nam":"x"},)"
          R"("tags":["a",1,null,{"deep":[1,2,[]]},"b"],)"
          R"("toys":[{"label":"ok","price":1},{"price":"1"},7,{"label":"z","price":2,"x":[]}],)"
          R"("indoor":"false","lives":2.5,"claws":{"a":1}})"),
      (Lines{"name wrong_type", "age wrong_type", "temper invalid_text", "bornAt invalid_text",
             "owner.nam unknown_member", "owner.name missing", "tags.1 wrong_type",
             "tags.2 null_value", "tags.3 wrong_type", "toys.1.price wrong_type",
             "toys.1.label missing", "toys.2 wrong_type", "toys.3.x unknown_member",
             "indoor wrong_type", "lives not_an_integer", "claws unknown_member"}));
}

TEST(Read, KeepsIndicesOfFaultyElements) {
  Cat cat{};
  Issues issues;
  EXPECT_FALSE(read(reflect::type_of<Cat>(), &cat, R"({"tags":["a",1,"c"],"toys":[1,{"price":3}]})",
                    {}, issues));
  EXPECT_EQ(cat.tags, (std::vector<std::string>{"a", "", "c"}));
  ASSERT_TRUE(cat.toys);
  EXPECT_EQ(cat.toys->at(1).price, 3);
}

TEST(Read, NamesTheMemberThatHoldsAFaultyElement) {
  const auto result =
      read<Cat>(R"({"name":"T","age":3,"temper":"calm","bornAt":"2020-01-02","owner":{"name":"A"},)"
                R"("tags":["a",7],"toys":[{"label":"b","price":null}],"zz":1})");
  ASSERT_EQ(result.issues.size(), 3U);
  EXPECT_EQ(result.issues[0].field->name, "tags");
  EXPECT_EQ(result.issues[0].path, (Path{"tags", std::size_t{1}}));
  EXPECT_EQ(result.issues[0].type->kind, reflect::TypeKind::string);
  EXPECT_EQ(result.issues[1].field->name, "price");
  EXPECT_EQ(result.issues[2].field, nullptr);
  EXPECT_EQ(result.issues[2].type, nullptr);
  EXPECT_EQ(result.issues.find(Path{"tags", std::size_t{1}}), &result.issues[0]);
  EXPECT_EQ(result.issues.find(Path{"tags"}), nullptr);
}

RawValue raw_of_age(std::string_view value) {
  const auto result = read<Cat>(R"({"name":"T","temper":"calm","bornAt":"2020-01-02",)"
                                R"("owner":{"name":"A"},"tags":[],"age":)" +
                                std::string{value} + "}");
  EXPECT_EQ(result.issues.size(), 1U) << value << ": " << to_string(result.issues);
  return result.issues.empty() ? RawValue{} : result.issues[0].raw;
}

TEST(Read, KeepsWhatWasThere) {
  EXPECT_EQ(raw_of_age("null").kind, RawKind::null);
  EXPECT_EQ(raw_of_age("true").kind, RawKind::boolean);
  EXPECT_TRUE(raw_of_age("true").boolean);
  EXPECT_FALSE(raw_of_age("false").boolean);
  EXPECT_EQ(raw_of_age(R"("a\u00e9\n")").text, "a\u00e9\n");
  EXPECT_EQ(raw_of_age("[1,[2,3],4]").kind, RawKind::array);
  EXPECT_EQ(raw_of_age("[1,[2,3],4]").size, 3U);
  EXPECT_EQ(raw_of_age(R"({"a":1,"b":{"c":2}})").kind, RawKind::object);
  EXPECT_EQ(raw_of_age(R"({"a":1,"b":{"c":2}})").size, 2U);
  const RawValue fraction = raw_of_age("2.5");
  EXPECT_EQ(fraction.number, 2.5);
  EXPECT_FALSE(fraction.int64);
  const RawValue large = raw_of_age("18446744073709551615");
  EXPECT_FALSE(large.int64);
  EXPECT_EQ(large.uint64, 18446744073709551615U);
  const RawValue negative = raw_of_age("-9223372036854775808");
  EXPECT_EQ(negative.int64, std::numeric_limits<std::int64_t>::min());
  EXPECT_FALSE(negative.uint64);
  EXPECT_EQ(raw_of_age("1e400").number, std::numeric_limits<double>::infinity());
  EXPECT_EQ(raw_of_age("-1e400").number, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(raw_of_age("99999999999").int64, 99999999999);
}

TEST(Read, CutsHugeRawStringsAtACharacter) {
  std::string text;
  while (text.size() < RawValue::max_text + 10) text += "\u20ac";
  const RawValue raw = raw_of_age('"' + text + '"');
  EXPECT_EQ(raw.size, text.size());
  EXPECT_EQ(raw.text.size(), RawValue::max_text - RawValue::max_text % 3);
}

struct Numbers {
  std::optional<std::int8_t> i8;
  std::optional<std::uint8_t> u8;
  std::optional<std::int16_t> i16;
  std::optional<std::uint16_t> u16;
  std::optional<std::int32_t> i32;
  std::optional<std::uint32_t> u32;
  std::optional<std::int64_t> i64;
  std::optional<std::uint64_t> u64;
  std::optional<float> f;
  std::optional<double> d;
};

TEST(Read, IntegersOfEverySizeToTheirLimits) {
  const auto low =
      read<Numbers>(R"({"i8":-128,"u8":0,"i16":-32768,"u16":0,"i32":-2147483648,"u32":0,)"
                    R"("i64":-9223372036854775808,"u64":0})");
  ASSERT_TRUE(low) << to_string(low.issues);
  EXPECT_EQ(low.value.i8, -128);
  EXPECT_EQ(low.value.i64, std::numeric_limits<std::int64_t>::min());
  const auto high = read<Numbers>(
      R"({"i8":127,"u8":255,"i16":32767,"u16":65535,"i32":2147483647,"u32":4294967295,)"
      R"("i64":9223372036854775807,"u64":18446744073709551615})");
  ASSERT_TRUE(high) << to_string(high.issues);
  EXPECT_EQ(high.value.u8, 255);
  EXPECT_EQ(high.value.i64, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(high.value.u64, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(
      faults<Numbers>(
          R"({"i8":128,"u8":256,"i16":32768,"u16":65536,"i32":2147483648,"u32":4294967296,)"
          R"("i64":9223372036854775808,"u64":18446744073709551616})"),
      (Lines{"i8 out_of_range", "u8 out_of_range", "i16 out_of_range", "u16 out_of_range",
             "i32 out_of_range", "u32 out_of_range", "i64 out_of_range", "u64 out_of_range"}));
  EXPECT_EQ(
      faults<Numbers>(R"({"i8":-129,"u8":-1,"i16":-32769,"u16":-1,"i32":-2147483649,"u32":-1,)"
                      R"("i64":-9223372036854775809,"u64":-1})")
          .size(),
      8U);
}

TEST(Read, IntegersInEverySpelling) {
  for (const char* text : {"100", "1e2", "1E+2", "100.0", "1000e-1", "0.1e3", "1.00e2",
                           "100.000000000000000000000000000000", "10000000000000000000000e-20"}) {
    const auto result = read<int>(text);
    EXPECT_TRUE(result) << text << to_string(result.issues);
    EXPECT_EQ(result.value, 100) << text;
  }
  for (const char* text : {"0", "-0", "0.0", "-0.0e10", "0e999999999999999999999", "0e-5"}) {
    const auto result = read<int>(text);
    EXPECT_TRUE(result) << text << to_string(result.issues);
    EXPECT_EQ(result.value, 0) << text;
  }
  EXPECT_EQ(faults<int>("2.5"), Lines{" not_an_integer"});
  EXPECT_EQ(faults<int>("1e-1"), Lines{" not_an_integer"});
  EXPECT_EQ(faults<int>("1e-999999999999999999999"), Lines{" not_an_integer"});
  EXPECT_EQ(faults<int>("1e999999999999999999999"), Lines{" out_of_range"});
  EXPECT_EQ(read<std::uint64_t>("1844674407370955161.5e1").value, 18446744073709551615U);
  EXPECT_EQ(read<std::int64_t>("-9223372036854775807").value, -9223372036854775807);
}

TEST(Read, FloatingNumbers) {
  EXPECT_EQ(read<double>("0.1").value, 0.1);
  EXPECT_EQ(read<double>("-1.5e-3").value, -0.0015);
  EXPECT_EQ(read<double>("123456789012345678901234567890").value, 1.2345678901234568e29);
  EXPECT_EQ(read<double>("5e-324").value, 5e-324);
  EXPECT_EQ(read<double>("1.7976931348623157e308").value, std::numeric_limits<double>::max());
  EXPECT_TRUE(std::signbit(read<double>("-0").value));
  const auto tiny = read<double>("1e-400");
  EXPECT_TRUE(tiny);
  EXPECT_EQ(tiny.value, 0);
  EXPECT_EQ(faults<double>("1e400"), Lines{" out_of_range"});
  EXPECT_EQ(faults<double>("-1" + std::string(400, '0')), Lines{" out_of_range"});
  EXPECT_EQ(faults<float>("1e39"), Lines{" out_of_range"});
  EXPECT_EQ(read<float>("0.1").value, 0.1F);
  EXPECT_EQ(read<double>("9007199254740993").value, 9007199254740992.0);
}

TEST(Read, Strings) {
  EXPECT_EQ(read<std::string>(R"("a\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\ude00z")").value,
            "a\"\\/\b\f\n\r\tA\u00e9\u20ac\U0001F600z");
  EXPECT_EQ(read<std::string>(R"("\u0000")").value, std::string(1, '\0'));
  EXPECT_EQ(read<std::string>("\"\u00e9\u20ac\U0001F600\"").value, "\u00e9\u20ac\U0001F600");
  EXPECT_EQ(read<std::string>("\"" + std::string(1000, 'x') + "\\n\"").value.size(), 1001U);
  EXPECT_EQ(read<std::string>("\"\x7f\"").value, "\x7f");
}

TEST(Read, RefusesWhatIsNotUtf8) {
  for (const char* bytes : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80",
                            "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff",
                            "\xe2\x82", "\xf0\x9f\x98", "a\xe2\x28\xa1"}) {
    const std::string text = "\"" + std::string{bytes} + "\"";
    const auto result = read<std::string>(text);
    ASSERT_TRUE(result.issues.document_fault()) << testing::PrintToString(text);
    EXPECT_EQ(result.issues.front().code, IssueCode::invalid_utf8);
  }
  EXPECT_EQ(fault<std::string>("\"\u00e9\n\xff\""),
            "JSON text is not UTF-8: invalid byte at line 2 column 1");
}

TEST(Read, SaysWhereMalformedJsonIs) {
  EXPECT_EQ(fault<Cat>(""), "Unexpected end of JSON input at line 1 column 1");
  EXPECT_EQ(fault<Cat>("  \n "), "Unexpected end of JSON input at line 2 column 2");
  EXPECT_EQ(fault<Cat>(R"({"name":)"), "Unexpected end of JSON input at line 1 column 9");
  EXPECT_EQ(fault<Cat>(R"({"name":"x)"), "Unexpected end of JSON input at line 1 column 11");
  EXPECT_EQ(fault<Cat>(R"({"name":"x","a)"), "Unexpected end of JSON input at line 1 column 15");
  EXPECT_EQ(fault<Cat>(R"({"name")"), "Unexpected end of JSON input at line 1 column 8");
  EXPECT_EQ(fault<Cat>("{"), "Unexpected end of JSON input at line 1 column 2");
  EXPECT_EQ(fault<Cat>("{\n  \"name\": \"x\",\n}"),
            "Unexpected character '}' (expected a member name in quotes) at line 3 column 1");
  EXPECT_EQ(fault<Cat>("{'name':1}"),
            "Unexpected character ''' (expected a member name in quotes) at line 1 column 2");
  EXPECT_EQ(fault<Cat>("{name:1}"),
            "Unexpected character 'n' (expected a member name in quotes) at line 1 column 2");
  EXPECT_EQ(fault<Cat>(R"({"name" "x"})"),
            "Unexpected character '\"' (expected ':') at line 1 column 9");
  EXPECT_EQ(fault<Cat>(R"({"name":"x" "age":1})"),
            "Unexpected character '\"' (expected ',' or '}') at line 1 column 13");
  EXPECT_EQ(fault<Cat>(R"({"tags":["a",]})"),
            "Unexpected character ']' (expected a value) at line 1 column 14");
  EXPECT_EQ(fault<Cat>(R"({"tags":["a"}})"),
            "Unexpected character '}' (expected ',' or ']') at line 1 column 13");
  EXPECT_EQ(fault<Cat>("{} {}"),
            "Unexpected character '{' (expected the end of the text) at line 1 column 4");
  EXPECT_EQ(fault<Cat>("\u20ac"),
            "Unexpected character '\u20ac' (expected a value) at line 1 column 1");
  EXPECT_EQ(fault<Cat>("\uFEFF{}"),
            "Unexpected character '\uFEFF' (expected a value) at line 1 column 1");
  EXPECT_EQ(fault<Cat>(std::string_view{"{}\0", 3}),
            "Unexpected character U+0000 (expected the end of the text) at line 1 column 3");
  EXPECT_EQ(fault<Cat>("\"a\nb\""),
            "Control character U+000A in a string must be escaped at line 1 column 3");
  EXPECT_EQ(fault<Cat>(R"("\x41")"), "Unknown escape in a string at line 1 column 2");
  EXPECT_EQ(fault<Cat>(R"("\u00g0")"),
            "Unexpected character 'g' (expected a hexadecimal digit) at line 1 column 6");
  for (const char* half : {R"("\ud800")", R"("\udc00")", R"("\ud800x")", R"("\ud800\n")",
                           R"("\ud800\ud800")", R"("\udc00\ud800")"}) {
    EXPECT_EQ(fault<std::string>(half), "Half a surrogate pair in a string at line 1 column 2");
  }
  EXPECT_EQ(fault<Cat>("tru"), "Unexpected end of JSON input at line 1 column 4");
  EXPECT_EQ(fault<Cat>("trux"), "Unexpected character 'x' (expected true) at line 1 column 4");
  EXPECT_EQ(fault<Cat>("truely"),
            "Unexpected character 'l' (expected the end of the text) at line 1 column 5");
}

TEST(Read, RefusesMalformedNumbers) {
  for (const char* text : {"01", "-01", "00", "-", "+1", ".5", "5.", "1.e5", "1e", "1e+", "0x10",
                           "1,5", "Infinity", "NaN", "-Infinity", "--1", "1_000"}) {
    EXPECT_TRUE(read<double>(text).issues.document_fault()) << text;
    EXPECT_TRUE(read<int>(text).issues.document_fault()) << text;
    EXPECT_TRUE(read<std::string>(text).issues.document_fault()) << text;
  }
}

TEST(Read, MalformedJsonOutranksWhatWasFoundBefore) {
  const auto result = read<Cat>(R"({"name":1,"age":"x","claws":3,)");
  ASSERT_EQ(result.issues.size(), 1U);
  EXPECT_EQ(result.issues.front().code, IssueCode::invalid_json);
  EXPECT_TRUE(read<Cat>(R"({"unknown":[1,2,{"a":tru}]})").issues.document_fault());
  ReadOptions ignoring;
  ignoring.unknown_members = UnknownMembers::ignore;
  EXPECT_TRUE(read<Cat>(R"({"unknown":[1,2,{"a" 1}]})", ignoring).issues.document_fault());
}

TEST(Read, RefusesOtherKindsAtTheTop) {
  for (const char* text : {"[]", "5", "\"x\"", "true", R"([{"name":"x"}])"}) {
    EXPECT_EQ(faults<Cat>(text), Lines{" wrong_type"}) << text;
  }
  EXPECT_EQ(faults<Cat>("null"), Lines{" null_value"});
  EXPECT_EQ(describe(read<Cat>("[1,2]").issues.front()), "expected an object, got an array");
  EXPECT_EQ(faults<std::vector<int>>("{}"), Lines{" wrong_type"});
  EXPECT_EQ(read<std::vector<int>>("[1,2,3]").value, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(faults<std::vector<int>>(R"([1,"2",3.5])"),
            (Lines{"1 wrong_type", "2 not_an_integer"}));
  EXPECT_EQ(read<bool>("true").value, true);
}

TEST(Read, UnknownMembersCanBeIgnored) {
  ReadOptions options;
  options.unknown_members = UnknownMembers::ignore;
  const auto result =
      read<Owner>(R"({"x":[{"y":[]},"a\n",1e5,-1,true,null],"name":"A","z":{"name":5}})", options);
  EXPECT_TRUE(result) << to_string(result.issues);
  EXPECT_EQ(result.value.name, "A");
}

TEST(Read, RefusesDuplicateMembers) {
  const auto result = read<Owner>(R"({"name":"A","email":"e","name":"B"})");
  EXPECT_EQ(list(result.issues), Lines{"name duplicate_member"});
  EXPECT_EQ(result.issues[0].raw.text, "B");
  EXPECT_EQ(result.value.name, "A");
  EXPECT_EQ(faults<Owner>(R"({"name":"A","n\u0061me":"B"})"), Lines{"name duplicate_member"});
}

TEST(Read, FindsNamesThatAreEscapedOrOutOfOrder) {
  const auto result = read<Owner>(R"({"\u0065mail":"e","na\u006de":"A"})");
  EXPECT_TRUE(result) << to_string(result.issues);
  EXPECT_EQ(result.value.email, "e");
}

TEST(Read, LimitsDepthAndSize) {
  const std::string deep = std::string(33, '[') + std::string(33, ']');
  const auto result = read<Value>(deep);
  ASSERT_TRUE(result.issues.document_fault());
  EXPECT_EQ(result.issues.front().code, IssueCode::too_deep);
  EXPECT_EQ(result.issues.front().detail,
            "JSON is nested deeper than 32 levels at line 1 column 33");
  EXPECT_TRUE(read<Value>(std::string(32, '[') + std::string(32, ']')));
  EXPECT_EQ(fault<Owner>(R"({"name":"A","x":)" + std::string(100'000, '[')),
            "JSON is nested deeper than 32 levels at line 1 column 48");
  EXPECT_EQ(fault<Value>(std::string(1'000'000, '[')),
            "JSON is nested deeper than 32 levels at line 1 column 33");
  ReadOptions options;
  options.max_depth = 1'000'000;
  EXPECT_EQ(read<Value>(std::string(100'000, '['), options).issues.front().detail,
            "JSON is nested deeper than 512 levels at line 1 column 513");
  options.max_bytes = 10;
  const auto large = read<Value>("[1,2,3,4,5]", options);
  EXPECT_EQ(large.issues.front().code, IssueCode::too_large);
  EXPECT_EQ(large.issues.front().detail, "JSON text is longer than 10 bytes: it has 11");
  EXPECT_TRUE(read<Value>("[1,2,3,45]", options));
}

TEST(Read, KeepsABoundedNumberOfIssues) {
  std::string text = "[";
  for (int i = 0; i < 50'000; ++i) text += "\"x\",";
  text += "1]";
  const auto result = read<std::vector<int>>(text);
  EXPECT_EQ(result.issues.size(), Issues::default_limit);
  EXPECT_EQ(result.issues.omitted(), 50'000 - Issues::default_limit);
}

struct Containers {
  std::map<std::string, int> by_name;
  std::map<int, std::string> by_number;
  std::unordered_map<std::string, std::vector<int>> lists;
  std::map<Temper, int> by_temper;
  std::set<int> set;
  std::array<int, 3> three;
  std::vector<bool> bits;
  std::deque<double> queue;
};

constexpr std::string_view good_containers =
    R"({"by_name":{"a":1,"b":2},"by_number":{"-7":"x","0":"y"},"lists":{"l":[1,2]},)"
    R"("by_temper":{"wild":1},"set":[3,1,2,3],"three":[1,2,3],"bits":[true,false],"queue":[0.5]})";

TEST(Read, Containers) {
  const auto result = read<Containers>(good_containers);
  ASSERT_TRUE(result) << to_string(result.issues);
  EXPECT_EQ(result.value.by_name.at("b"), 2);
  EXPECT_EQ(result.value.by_number.at(-7), "x");
  EXPECT_EQ(result.value.lists.at("l").size(), 2U);
  EXPECT_EQ(result.value.by_temper.at(Temper::wild), 1);
  EXPECT_EQ(result.value.set, (std::set<int>{1, 2, 3}));
  const std::array<int, 3> three{1, 2, 3};
  EXPECT_EQ(result.value.three, three);
  EXPECT_EQ(result.value.bits, (std::vector<bool>{true, false}));
}

TEST(Read, FaultsInContainers) {
  EXPECT_EQ(
      faults<Containers>(
          R"({"by_name":{"a":"1","b":2,"a":3},"by_number":{"x":"x","1.5":"","99999999999":"","1":2},)"
          R"("lists":{"l":[1,"2"]},"by_temper":{"mad":1},"set":["x",1],"three":[1,2],)"
          R"("bits":[1],"queue":{}})"),
      (Lines{"by_name.a wrong_type", "by_name.a duplicate_member", "by_number.x invalid_text",
             "by_number.1.5 invalid_text", "by_number.99999999999 invalid_text",
             "by_number.1 wrong_type", "lists.l.1 wrong_type", "by_temper.mad invalid_text",
             "set.0 wrong_type", "three wrong_size", "bits.0 wrong_type", "queue wrong_type"}));
  using Pairs = std::vector<std::array<int, 2>>;
  EXPECT_EQ(faults<Pairs>("[[1,2],[1,2,3],[]]"), (Lines{"1 wrong_size", "2 wrong_size"}));
}

TEST(Read, ReplacesWhatAContainerHeld) {
  std::vector<int> numbers{7, 8, 9};
  Issues issues;
  EXPECT_TRUE(read(reflect::type_of<std::vector<int>>(), &numbers, "[1]", {}, issues));
  EXPECT_EQ(numbers, std::vector<int>{1});
}

struct Node {
  int value = 0;
  std::vector<Node> children;
  std::unique_ptr<Node> next;

  static constexpr auto meta =
      roost::meta(field<&Node::value>(), field<&Node::children>(optional), field<&Node::next>());
};

TEST(Read, TypesThatContainThemselves) {
  const auto result =
      read<Node>(R"({"value":1,"children":[{"children":[{"value":3}]}],"next":{}})");
  ASSERT_TRUE(result) << to_string(result.issues);
  EXPECT_EQ(result.value.children.at(0).children.at(0).value, 3);
  ASSERT_NE(result.value.next, nullptr);
  EXPECT_EQ(result.value.next->next, nullptr);
  EXPECT_EQ(faults<Node>(R"({"next":{"children":[{},{"next":{"value":"x"}}]}})"),
            Lines{"next.children.1.next.value wrong_type"});
}

struct Shapes {
  std::variant<int, std::string, Toy, std::vector<Owner>, bool> any;
  std::optional<std::variant<Owner, Toy>> either;
};

TEST(Read, VariantsTakeTheFirstThatFits) {
  EXPECT_EQ(std::get<int>(read<Shapes>(R"({"any":5})").value.any), 5);
  EXPECT_EQ(std::get<std::string>(read<Shapes>(R"({"any":"x"})").value.any), "x");
  EXPECT_EQ(std::get<bool>(read<Shapes>(R"({"any":true})").value.any), true);
  const auto nested = read<Shapes>(R"({"any":[{"name":"A"}],"either":{"label":"b","price":1}})");
  ASSERT_TRUE(nested) << to_string(nested.issues);
  EXPECT_EQ(std::get<3>(nested.value.any).at(0).name, "A");
  ASSERT_TRUE(nested.value.either);
  EXPECT_EQ(std::get<Toy>(*nested.value.either).label, "b");
  EXPECT_EQ(faults<Shapes>(R"({"any":null})"), Lines{"any null_value"});
  EXPECT_EQ(faults<Shapes>(R"({"any":2.5})"), Lines{"any not_an_integer"});
  EXPECT_EQ(faults<Shapes>(R"({"any":[{"name":1}]})"), Lines{"any.0.name wrong_type"});
  EXPECT_EQ(faults<Shapes>(R"({"any":1,"either":{"label":"b","price":"x"}})"),
            Lines{"either.price wrong_type"})
      << "the issues of the alternative that comes nearest";
  EXPECT_TRUE(read<Shapes>(R"({"any":1,"either":{"label":)").issues.document_fault());
}

struct Left;
struct Right;
struct Left {
  std::vector<std::variant<Left, Right>> next;
};
struct Right {
  std::vector<std::variant<Left, Right>> next;
};

TEST(Read, VariantsInsideVariantsStayAffordable) {
  std::string text;
  for (int i = 0; i < 15; ++i) text += R"({"next":[)";
  text += "1";
  for (int i = 0; i < 15; ++i) text += "]}";
  std::string many = "[" + text;
  for (int i = 0; i < 20; ++i) many += "," + text;
  many += "]";
  const auto result = read<std::vector<Left>>(many);
  EXPECT_FALSE(result);
}

struct Patchable {
  Nullable<std::string> note;
  Nullable<int> count;
};

TEST(Read, NullableKeepsAbsentAndNullApart) {
  const auto result = read<Patchable>(R"({"note":null})");
  ASSERT_TRUE(result) << to_string(result.issues);
  EXPECT_TRUE(result.value.note.is_null());
  EXPECT_TRUE(result.value.count.is_absent());
  EXPECT_EQ(read<Patchable>(R"({"count":3})").value.count.value(), 3);
  EXPECT_EQ(faults<Patchable>(R"({"count":"3"})"), Lines{"count wrong_type"});
}

TEST(Read, PartialObjectsRecordWhatWasGiven) {
  const auto given = [](std::string_view text) {
    const auto patch = read<Partial<Owner>>(text);
    EXPECT_TRUE(patch) << to_string(patch.issues);
    return std::pair{patch.value.has<&Owner::name>(), patch.value.has<&Owner::email>()};
  };
  EXPECT_EQ(given("{}"), (std::pair{false, false}));
  EXPECT_EQ(given(R"({"email":"e"})"), (std::pair{false, true}));
  EXPECT_EQ(given(R"({"email":null,"name":"A"})"), (std::pair{true, true}));
  EXPECT_EQ(faults<Partial<Owner>>(R"({"name":null})"), Lines{"name null_value"});
  ReadOptions options;
  options.null_members = NullMembers::as_absent;
  EXPECT_FALSE(read<Partial<Owner>>(R"({"name":null})", options).value.has<&Owner::name>());
  EXPECT_EQ(faults<Partial<Owner>>(R"({"name":5,"x":1})"),
            (Lines{"name wrong_type", "x unknown_member"}));
  EXPECT_EQ(faults<Partial<Cat>>(R"({"owner":{"email":"e"}})"), Lines{"owner.name missing"})
      << "what is inside a given member is required as ever";
}

struct Guarded {
  int id = 0;
  std::string secret;
  std::string password;
  std::string created;

  static constexpr auto meta =
      roost::meta(field<&Guarded::secret>(hidden), field<&Guarded::password>(write_only),
                  field<&Guarded::created>(read_only));
};

TEST(Read, HiddenAndReadOnlyMembersAreUnknown) {
  EXPECT_EQ(faults<Guarded>(R"({"id":1,"secret":"x","password":"p","created":"now"})"),
            (Lines{"secret unknown_member", "created unknown_member"}));
  const auto result = read<Guarded>(R"({"password":"p"})");
  EXPECT_TRUE(result) << to_string(result.issues);
  EXPECT_EQ(result.value.password, "p");
}

TEST(Read, TextTypes) {
  EXPECT_EQ(read<Uuid>(R"("0123ABCD-89ab-4def-8123-456789abcdef")").value.to_string(),
            "0123abcd-89ab-4def-8123-456789abcdef");
  EXPECT_EQ(faults<Uuid>(R"("0123")"), Lines{" invalid_text"});
  EXPECT_EQ(describe(read<Uuid>(R"("0123")").issues.front()), "must be a UUID");
  EXPECT_EQ(faults<Timestamp>("1234"), Lines{" wrong_type"});
  EXPECT_EQ(describe(read<Timestamp>(R"("x")").issues.front()), "must be a Date instance");
}

struct Wide {
  int aa, ab, ac, ad, ae, af, ag, ah, ai, aj, ak, al, am, an, ao, ap, aq, ar, as, at;
  std::string a_name_that_is_longer_than_any_fast_path_wants_to_compare;
};

TEST(Read, ManyMembersInAnyOrder) {
  const std::string names = "abcdefghijklmnopqrst";
  std::string text = R"({"a_name_that_is_longer_than_any_fast_path_wants_to_compare":"z")";
  for (std::size_t i = names.size(); i > 0; --i) {
    text += std::string{",\"a"} + names[i - 1] + "\":" + std::to_string(i);
  }
  const auto result = read<Wide>(text + "}");
  ASSERT_TRUE(result) << to_string(result.issues);
  EXPECT_EQ(result.value.aa, 1);
  EXPECT_EQ(result.value.at, 20);
  EXPECT_EQ(faults<Wide>("{}").size(), 21U);
}

TEST(Read, ThrowsWithAllIssuesWhenAskedTo) {
  EXPECT_EQ(read_or_throw<int>("5"), 5);
  try {
    (void)read_or_throw<Owner>(R"({"x":1})");
    FAIL() << "nothing was thrown";
  } catch (const ReadError& error) {
    EXPECT_STREQ(error.what(),
                 "cannot read JSON: x: should not exist\nname: required, but not given");
    EXPECT_EQ(error.issues().size(), 2U);
  }
}

TEST(Read, DescribesIssues) {
  const auto result = read<Cat>(R"({"name":5,"age":2.5,"temper":"mad","lives":99999999999,)"
                                R"("tags":[null],"owner":[],"zz":0,"bornAt":{}})");
  EXPECT_EQ(to_string(result.issues),
            "name: expected a string, got a number\n"
            "age: must be an integer number\n"
            "temper: must be one of the following values: calm, wild, shy\n"
            "lives: the number does not fit into 32 bits\n"
            "tags.0: must not be null\n"
            "owner: expected an object, got an array\n"
            "zz: should not exist\n"
            "bornAt: expected a string, got an object");
}

TEST(Elements, AreTheTextsBetweenCommasOfTheOuterArray) {
  const auto all = [](std::string_view array) {
    std::vector<std::string> texts;
    Elements elements{array};
    while (const auto element = elements.next()) texts.emplace_back(*element);
    return texts;
  };
  using Texts = std::vector<std::string>;
  EXPECT_EQ(all("[]"), Texts{});
  EXPECT_EQ(all("[ \n ]"), Texts{});
  EXPECT_EQ(all("[ 1 ,\t\"a,]\" ]"), (Texts{"1", "\"a,]\""}));
  EXPECT_EQ(all(R"([{"a":[1,2]},[[],","],"\\",null])"),
            (Texts{R"({"a":[1,2]})", R"([[],","])", R"("\\")", "null"}));
}

}  // namespace
}  // namespace roost::json
