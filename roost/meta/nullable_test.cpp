// Nullable: three states and how they change.
#include <roost/base/nullable.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace roost {
namespace {

TEST(Nullable, StartsAbsent) {
  const Nullable<int> value;
  EXPECT_TRUE(value.is_absent());
  EXPECT_FALSE(value.is_null());
  EXPECT_FALSE(value.has_value());
  EXPECT_FALSE(value);
}

TEST(Nullable, KeepsAbsentAndNullApart) {
  const Nullable<int> null = nullptr;
  EXPECT_TRUE(null.is_null());
  EXPECT_FALSE(null.is_absent());
  EXPECT_NE(null, Nullable<int>{});
  EXPECT_EQ(null, nullptr);
  EXPECT_EQ(Nullable<int>{}, absent);
  EXPECT_FALSE(null == absent);
}

TEST(Nullable, GoesThroughAllStates) {
  Nullable<std::string> name;
  name = "Tom";
  EXPECT_EQ(name, "Tom");
  EXPECT_EQ(name->size(), 3U);
  name = nullptr;
  EXPECT_TRUE(name.is_null());
  EXPECT_FALSE(name.has_value());
  name = std::string{"Kit"};
  EXPECT_FALSE(name.is_null());
  EXPECT_EQ(*name, "Kit");
  name = absent;
  EXPECT_TRUE(name.is_absent());
  name.emplace(3, 'x');
  EXPECT_EQ(name.value(), "xxx");
  name.reset();
  EXPECT_TRUE(name.is_absent());
}

TEST(Nullable, HasNoValueWhenNull) {
  const Nullable<std::string> null = nullptr;
  EXPECT_THROW((void)null.value(), std::bad_optional_access);
  EXPECT_EQ(null.value_or("fallback"), "fallback");
  EXPECT_EQ(Nullable<std::string>{"x"}.value_or("fallback"), "x");
}

TEST(Nullable, ComparesValuesOnlyWhereBothHaveOne) {
  EXPECT_EQ(Nullable<int>{3}, Nullable<int>{3});
  EXPECT_NE(Nullable<int>{3}, Nullable<int>{4});
  EXPECT_NE(Nullable<int>{0}, Nullable<int>{nullptr});
  EXPECT_NE(Nullable<int>{}, 0);
}

TEST(Nullable, OfBoolTellsFalseFromNothing) {
  Nullable<bool> indoor = false;
  EXPECT_TRUE(indoor.has_value());
  EXPECT_FALSE(*indoor);
  EXPECT_TRUE(static_cast<bool>(indoor));
}

TEST(Nullable, HoldsWhatCannotBeCopied) {
  Nullable<std::unique_ptr<int>> pointer{std::make_unique<int>(4)};
  Nullable<std::unique_ptr<int>> taken = std::move(pointer);
  EXPECT_EQ(**taken, 4);
}

}  // namespace
}  // namespace roost
