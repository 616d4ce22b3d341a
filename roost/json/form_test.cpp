// Flat texts: what path parameters, query strings and forms accept and refuse.
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/json/form.hpp>
#include <roost/meta/describe.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace roost::json {
namespace {

enum class Temper { calm, wild };

template <class T>
struct Text {
  T value{};
  Issues issues;
};

template <class T>
Text<T> from_text(std::string_view text) {
  Text<T> result;
  const bool good = read_text(reflect::type_of<T>(), text, &result.value, result.issues);
  EXPECT_EQ(good, result.issues.empty());
  return result;
}

template <class T>
std::string code(std::string_view text) {
  const Text<T> result = from_text<T>(text);
  if (result.issues.empty()) return "ok";
  EXPECT_EQ(result.issues.size(), 1U);
  EXPECT_TRUE(result.issues.front().path.empty());
  return std::string{to_string(result.issues.front().code)};
}

TEST(ReadText, Integers) {
  EXPECT_EQ(from_text<int>("1").value, 1);
  EXPECT_EQ(from_text<int>("-1").value, -1);
  EXPECT_EQ(from_text<int>("01").value, 1);
  EXPECT_EQ(from_text<int>("-0").value, 0);
  EXPECT_EQ(from_text<std::int64_t>("-9223372036854775808").value,
            std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(from_text<std::uint64_t>("00000000000000000000000018446744073709551615").value,
            std::numeric_limits<std::uint64_t>::max());
  for (const char* text : {"", " 1", "1 ", "+1", "1.0", "1e3", "0x1", "abc", "1a", "-", "--1",
                           "1,5", "null", "true", "Infinity", "NaN", "\u0661"}) {
    EXPECT_EQ(code<int>(text), "wrong_type") << text;
    EXPECT_EQ(from_text<int>(text).issues.front().raw.kind, RawKind::string) << text;
    EXPECT_EQ(from_text<int>(text).issues.front().raw.text, text);
  }
  EXPECT_EQ(code<int>("1.5"), "not_an_integer");
  EXPECT_EQ(from_text<int>("1.5").issues.front().raw.number, 1.5);
  EXPECT_EQ(code<int>("2147483648"), "out_of_range");
  EXPECT_EQ(code<int>("99999999999999999999"), "out_of_range");
  EXPECT_EQ(from_text<int>("99999999999999999999").issues.front().raw.number, 1e20);
  EXPECT_EQ(code<std::uint8_t>("-1"), "out_of_range");
  EXPECT_EQ(from_text<std::uint8_t>("-1").issues.front().raw.int64, -1);
}

TEST(ReadText, FloatingNumbers) {
  const std::pair<const char*, double> good[] = {{"1", 1},       {"-1.5", -1.5}, {"+1.5", 1.5},
                                                 {".5", 0.5},    {"5.", 5},      {"1e3", 1000},
                                                 {"1E-2", 0.01}, {"007", 7},     {"-.5e1", -5}};
  for (const auto& [text, value] : good) EXPECT_EQ(from_text<double>(text).value, value) << text;
  EXPECT_EQ(from_text<float>("+0.1").value, 0.1F);
  for (const char* text : {"", ".", "-", "+", "e3", "1e", "1e+", "0x1", " 1", "1 ", "Infinity",
                           "inf", "NaN", "nan", "1,5", "1.5.5", "--1", "+-1", "1f"}) {
    EXPECT_EQ(code<double>(text), "wrong_type") << text;
  }
  EXPECT_EQ(code<double>("1e400"), "out_of_range");
  EXPECT_EQ(code<float>("1e39"), "out_of_range");
}

TEST(ReadText, OtherScalars) {
  EXPECT_TRUE(from_text<bool>("true").value);
  EXPECT_FALSE(from_text<bool>("false").value);
  for (const char* text : {"", "TRUE", "True", "1", "0", "yes", "on", " true"}) {
    EXPECT_EQ(code<bool>(text), "wrong_type") << text;
  }
  EXPECT_EQ(from_text<Temper>("wild").value, Temper::wild);
  for (const char* text : {"", "Wild", "1", "wild ", "calm,wild"}) {
    EXPECT_EQ(code<Temper>(text), "invalid_text") << text;
  }
  EXPECT_EQ(from_text<Timestamp>("2022-02-03").value.to_string(), "2022-02-03T00:00:00.000Z");
  EXPECT_EQ(code<Timestamp>("2022-02-31"), "invalid_text");
  EXPECT_EQ(code<Uuid>("x"), "invalid_text");
  EXPECT_EQ(from_text<std::string>("a,b \u20ac").value, "a,b \u20ac");
  EXPECT_EQ(from_text<std::string>("").value, "");
  EXPECT_EQ(code<std::string>("a\xff"), "invalid_text");
  EXPECT_EQ(from_text<std::string>("a\xff").issues.front().raw.text, "a\uFFFD");
  EXPECT_EQ(from_text<std::optional<int>>("5").value, 5);
  EXPECT_EQ(code<std::optional<int>>(""), "wrong_type");
  using Either = std::variant<int, std::string>;
  EXPECT_EQ(std::get<int>(from_text<Either>("5").value), 5);
  EXPECT_EQ(std::get<std::string>(from_text<Either>("x").value), "x");
}

TEST(ReadText, Sequences) {
  EXPECT_EQ(from_text<std::vector<int>>("1,2,3").value, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(from_text<std::vector<std::string>>("").value, std::vector<std::string>{""});
  EXPECT_EQ(from_text<std::vector<std::string>>("a,,b,").value,
            (std::vector<std::string>{"a", "", "b", ""}));
  const auto faulty = from_text<std::vector<int>>("1,x,3");
  ASSERT_EQ(faulty.issues.size(), 1U);
  EXPECT_EQ(to_string(faulty.issues[0].path), "1");
  EXPECT_EQ(code<std::vector<std::vector<int>>>("1,2"), "wrong_type");
}

struct Search {
  int page = 1;
  int limit = 10;
  std::optional<Temper> temper;
  std::vector<std::string> tags;
  std::optional<std::vector<int>> ids;
  std::optional<std::string> note;

  static constexpr auto meta = roost::meta(field<&Search::limit>(json_name("per page")));
};

using Entries = std::vector<FormEntry>;

std::pair<Search, Issues> search(const Entries& entries, const ReadOptions& options = {}) {
  std::pair<Search, Issues> result;
  const bool good =
      read_form(reflect::type_of<Search>(), entries, &result.first, options, result.second);
  EXPECT_EQ(good, result.second.empty());
  return result;
}

std::string lines(const Issues& issues) {
  std::string text;
  for (const Issue& issue : issues) {
    text += to_string(issue.path) + ' ' + std::string{to_string(issue.code)} + ';';
  }
  return text;
}

TEST(ReadForm, FillsAnObject) {
  const auto [value, issues] = search({{"page", "2"},
                                       {"per page", "5"},
                                       {"temper", "calm"},
                                       {"tags", "a,b"},
                                       {"ids", "1"},
                                       {"tags", "c"},
                                       {"ids", "2,3"},
                                       {"note", ""}});
  EXPECT_EQ(lines(issues), "");
  EXPECT_EQ(value.page, 2);
  EXPECT_EQ(value.limit, 5);
  EXPECT_EQ(value.temper, Temper::calm);
  EXPECT_EQ(value.tags, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(value.ids, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(value.note, "");
}

TEST(ReadForm, LeavesWhatIsAbsentAndReportsWhatIsRequired) {
  const auto [value, issues] = search({});
  EXPECT_EQ(value.page, 1);
  EXPECT_FALSE(value.temper);
  EXPECT_EQ(lines(issues), "tags missing;");
}

TEST(ReadForm, ReportsEveryFault) {
  const auto [value, issues] = search({{"pages", "1"},
                                       {"page", "abc"},
                                       {"per page", "1.5"},
                                       {"temper", ""},
                                       {"tags", "a"},
                                       {"ids", "1,x"},
                                       {"ids", "2,"},
                                       {"p\xff", "1"}});
  EXPECT_EQ(lines(issues),
            "pages unknown_member;p\uFFFD unknown_member;page wrong_type;per page not_an_integer;"
            "temper invalid_text;ids.1 wrong_type;ids.3 wrong_type;");
  EXPECT_EQ(issues[2].field->name, "page");
  EXPECT_EQ(issues[0].raw.text, "1");
}

struct Filter {
  std::optional<int> user;
  std::optional<int> venue;
  static constexpr auto meta = roost::meta(field<&Filter::user>(empty_as("0")));
};

TEST(ReadForm, ReadsAnEmptyTextAsAnotherWhereAMemberSaysSo) {
  Filter filter;
  Issues issues;
  const std::vector<FormEntry> entries{{"user", ""}, {"venue", ""}};
  EXPECT_FALSE(read_form(reflect::type_of<Filter>(), entries, &filter, {}, issues));
  EXPECT_EQ(filter.user, 0);
  EXPECT_EQ(to_string(issues), "venue: expected an integer, got a string");
}

TEST(ReadForm, RefusesRepeatedScalars) {
  const auto [value, issues] =
      search({{"page", "1"}, {"page", "2"}, {"tags", "a"}, {"temper", "calm"}, {"temper", "wild"}});
  EXPECT_EQ(lines(issues), "page wrong_type;temper wrong_type;");
  EXPECT_EQ(issues[0].raw.kind, RawKind::array);
  EXPECT_EQ(issues[0].raw.size, 2U);
}

TEST(ReadForm, IgnoresUnknownNamesWhenToldTo) {
  ReadOptions options;
  options.unknown_members = UnknownMembers::ignore;
  EXPECT_EQ(lines(search({{"x", "1"}, {"tags", "a"}}, options).second), "");
}

struct Inner {
  int a = 0;
};
struct Outer {
  std::optional<Inner> inner;
};

TEST(ReadForm, ObjectsHaveNoFlatForm) {
  Outer outer;
  Issues issues;
  const Entries entries{{"inner", "{}"}};
  EXPECT_FALSE(read_form(reflect::type_of<Outer>(), entries, &outer, {}, issues));
  EXPECT_EQ(lines(issues), "inner wrong_type;");
}

}  // namespace
}  // namespace roost::json
