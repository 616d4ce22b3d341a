// Which members count as having a default member initialiser.
#include <roost/base/nullable.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/meta/describe.hpp>

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace roost::reflect {
namespace {

template <class T>
const FieldDescriptor& field(std::string_view name) {
  const FieldDescriptor* found = find_field(*type_of<T>().object, name);
  if (found == nullptr) throw std::out_of_range{std::string{name}};
  return *found;
}

template <class T>
std::string with_default() {
  std::string names;
  for (const FieldDescriptor& field : type_of<T>().object->fields) {
    if (field.has_default) names += std::string{field.name} + " ";
  }
  return names;
}

enum class Level : std::uint8_t { low, high };

struct Scalars {
  int with_value = 20;
  int without;
  int zero = 0;
  bool yes = true;
  bool no = false;
  bool unset;
  double ratio;
  double half = 0.5;
  Level level;
  Level top = Level::high;
  std::int64_t big = -1;
  short small;
  float pattern_aa = -3.0316488e-13F;  // bytes 0xAAAAAAAA
  std::uint32_t pattern_55 = 0x55555555;
  std::uint8_t last;
};

TEST(DefaultValues, OfScalarsAreInitialisers) {
  EXPECT_EQ(with_default<Scalars>(), "with_value zero yes no half top big pattern_aa pattern_55 ");
}

TEST(DefaultValues, MakeAFieldOptional) {
  EXPECT_FALSE(field<Scalars>("zero").required);
  EXPECT_TRUE(field<Scalars>("without").required);
}

struct Nested {
  int a = 1;
};

struct Classes {
  std::string name;
  std::string world = "world";
  std::string empty = "";
  std::vector<int> numbers;
  std::vector<int> primes{2, 3};
  std::map<std::string, int> counts{{"a", 1}};
  std::optional<int> maybe;
  std::optional<int> surely = 5;
  Nullable<int> null = nullptr;
  Timestamp epoch;
  Timestamp later{Timestamp::Duration{1}};
  std::variant<int, std::string> first;
  std::variant<int, std::string> second = "x";
  std::array<int, 3> garbage;
  std::array<int, 3> zeros{};
  std::array<int, 3> ones{1, 1, 1};
  Nested nested;
  Nested changed{7};
};

TEST(DefaultValues, OfClassMembersDifferFromTheirOwnDefault) {
  EXPECT_EQ(with_default<Classes>(), "world primes counts surely null later second ones ");
}

class Constructed {
  int set_in_body_;
  int left_;
  int in_list_;

 public:
  Constructed() : in_list_{4} { set_in_body_ = 3; }
  static constexpr auto meta =
      roost::meta(roost::field<&Constructed::set_in_body_>(), roost::field<&Constructed::left_>(),
                  roost::field<&Constructed::in_list_>());
};

TEST(DefaultValues, ComeFromConstructorsToo) {
  EXPECT_EQ(with_default<Constructed>(), "set_in_body in_list ");
}

class Throwing {
  int value_ = 3;

 public:
  Throwing() { throw std::runtime_error{"not yet"}; }
  static constexpr auto meta = roost::meta(roost::field<&Throwing::value_>());
};

TEST(DefaultValues, AreNoneWhereTheConstructorThrows) {
  EXPECT_EQ(with_default<Throwing>(), "");
  EXPECT_TRUE(field<Throwing>("value").required);
}

struct NoDefaultConstructor {
  explicit NoDefaultConstructor(int value) : value_{value} {}
  int value_ = 1;
  static constexpr auto meta = roost::meta(roost::field<&NoDefaultConstructor::value_>());
};
struct HoldsOne {
  int age = 3;
  NoDefaultConstructor held;
};

TEST(DefaultValues, AreNoneWithoutADefaultConstructor) {
  EXPECT_EQ(type_of<NoDefaultConstructor>().construct, nullptr);
  EXPECT_EQ(with_default<NoDefaultConstructor>(), "");
  EXPECT_EQ(type_of<HoldsOne>().object->fields.size(), 2U);
  EXPECT_TRUE(field<HoldsOne>("age").required);
}

struct Aligned {
  alignas(64) std::int32_t first = 1;
  std::int32_t second;
};

TEST(DefaultValues, OfOverAlignedClasses) {
  EXPECT_EQ(type_of<Aligned>().alignment, 64U);
  EXPECT_EQ(with_default<Aligned>(), "first ");
}

struct Annotated {
  int needed = 3;
  int spare;
  std::optional<int> demanded;
  std::string secret;
  std::string computed;
  static constexpr auto meta = roost::meta(
      roost::field<&Annotated::needed>(required), roost::field<&Annotated::spare>(optional),
      roost::field<&Annotated::demanded>(required), roost::field<&Annotated::secret>(hidden),
      roost::field<&Annotated::computed>(read_only));
};

TEST(Requirement, FollowsAnnotationsBeforeTypesAndDefaults) {
  EXPECT_TRUE(field<Annotated>("needed").required);
  EXPECT_TRUE(field<Annotated>("needed").has_default);
  EXPECT_FALSE(field<Annotated>("spare").required);
  EXPECT_TRUE(field<Annotated>("demanded").required);
  EXPECT_FALSE(field<Annotated>("secret").required);
  EXPECT_FALSE(field<Annotated>("computed").required);
}

}  // namespace
}  // namespace roost::reflect
