// Partial, Pick, Omit, Intersection and assign.
#include <roost/base/error.hpp>
#include <roost/base/nullable.hpp>
#include <roost/meta/dump.hpp>
#include <roost/meta/mapped_types.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace roost {
namespace {

using reflect::dump;
using reflect::type_of;

struct MaxLength {
  std::size_t limit;
};
struct Checked {};

struct Toy {
  std::string label;
  double price;
};

struct CreateCat {
  std::string name;
  int age = 3;
  std::optional<std::string> nickname;
  std::vector<Toy> toys;
  Nullable<int> indoor;

  static constexpr auto meta =
      roost::meta(Checked{}, field<&CreateCat::name>(MaxLength{20}),
                  field<&CreateCat::nickname>(required, json_name("nick")));
};

struct Cat {
  int id;
  std::string name;
  int age;
  std::optional<std::string> nickname;
  std::vector<Toy> toys;
  std::optional<int> indoor;
};

struct Audit {
  std::string by;
  int at;
};

Cat tom() { return {1, "Tom", 7, "T", {}, 4}; }

TEST(Partial, MakesEveryMemberOptionalAndKeepsTheRest) {
  EXPECT_EQ(dump(type_of<Partial<CreateCat>>()).substr(0, 34),
            "object Partial<" + std::string{type_of<Partial<CreateCat>>().name.substr(8, 19)});
  for (const auto& field : type_of<Partial<CreateCat>>().object->fields) {
    EXPECT_FALSE(field.required) << field.name;
    EXPECT_FALSE(field.has_default) << field.name;
  }
  const auto& name = reflect::field_descriptor<&CreateCat::name, Partial<CreateCat>>();
  ASSERT_NE(reflect::find_annotation<MaxLength>(name.annotations), nullptr);
  EXPECT_EQ(reflect::find_annotation<MaxLength>(name.annotations)->limit, 20U);
  const auto& nickname = reflect::field_descriptor<&CreateCat::nickname, Partial<CreateCat>>();
  EXPECT_EQ(nickname.json_name, "nick");
  EXPECT_TRUE(reflect::has_annotation<Checked>(type_of<Partial<CreateCat>>().object->annotations));
}

TEST(Partial, KnowsWhatWasGiven) {
  Partial<CreateCat> patch;
  EXPECT_TRUE(patch.empty());
  EXPECT_FALSE(patch.has<&CreateCat::name>());
  patch.set<&CreateCat::name>("Zed");
  EXPECT_FALSE(patch.empty());
  EXPECT_TRUE(patch.has<&CreateCat::name>());
  EXPECT_FALSE(patch.has<&CreateCat::age>());
  EXPECT_EQ(patch.name, "Zed");
}

TEST(Partial, HasItsPresenceWhereTheDescriptorSays) {
  Partial<CreateCat> patch;
  const auto& object = *type_of<Partial<CreateCat>>().object;
  ASSERT_NE(object.presence_offset, reflect::ObjectDetails::no_presence);
  auto* present = reinterpret_cast<reflect::FieldSet*>(reinterpret_cast<std::byte*>(&patch) +
                                                       object.presence_offset);
  present->insert(reflect::field_index<&CreateCat::toys>());
  EXPECT_TRUE(patch.has<&CreateCat::toys>());
}

TEST(Partial, IsValueInitialised) {
  struct Bare {
    int number;
  };
  alignas(Partial<Bare>) std::byte storage[sizeof(Partial<Bare>)];
  std::fill_n(storage, sizeof storage, std::byte{0x5A});
  auto* patch = ::new (storage) Partial<Bare>;
  EXPECT_EQ(patch->number, 0);
}

TEST(Partial, AssignsOnlyWhatWasGiven) {
  Partial<CreateCat> patch;
  patch.set<&CreateCat::name>("Zed");
  Cat cat = tom();
  patch.assign_to(cat);
  EXPECT_EQ(cat.name, "Zed");
  EXPECT_EQ(cat.age, 7);
  EXPECT_EQ(cat.nickname, "T");
}

TEST(Partial, ClearsWithANullThatWasGiven) {
  Partial<CreateCat> patch;
  patch.set<&CreateCat::nickname>(std::nullopt);
  patch.set<&CreateCat::indoor>(nullptr);
  Cat cat = tom();
  patch.assign_to(cat);
  EXPECT_EQ(cat.nickname, std::nullopt);
  EXPECT_EQ(cat.indoor, std::nullopt);
}

TEST(Partial, AssignsToItsOwnType) {
  Partial<CreateCat> patch;
  patch.set<&CreateCat::age>(9);
  CreateCat cat{"Tom", 1, "T", {}, nullptr};
  patch.assign_to(cat);
  EXPECT_EQ(cat.age, 9);
  EXPECT_EQ(cat.name, "Tom");
  EXPECT_TRUE(cat.indoor.is_null());
}

TEST(Partial, IsCopiedWithWhatWasGiven) {
  Partial<CreateCat> patch;
  patch.set<&CreateCat::age>(9);
  Partial<CreateCat> copy;
  const auto& type = type_of<Partial<CreateCat>>();
  type.copy_assign(&copy, &patch);
  EXPECT_TRUE(copy.has<&CreateCat::age>());
  EXPECT_EQ(copy.age, 9);
}

TEST(Pick, HasOnlyTheNamedMembers) {
  using Picked = Pick<CreateCat, &CreateCat::age, &CreateCat::name>;
  const auto& fields = type_of<Picked>().object->fields;
  ASSERT_EQ(fields.size(), 2U);
  EXPECT_EQ(fields[0].name, "name");  // the order is that of the class
  EXPECT_TRUE(fields[0].required);
  EXPECT_EQ(fields[1].name, "age");
  EXPECT_EQ(fields[1].index, 1);
  EXPECT_FALSE(fields[1].required);
  EXPECT_TRUE(fields[1].has_default);
  EXPECT_EQ(Picked{}.age, 3);
}

TEST(Omit, HasAllOtherMembers) {
  using Rest = Omit<Cat, &Cat::id, &Cat::toys>;
  std::string names;
  for (const auto& field : type_of<Rest>().object->fields) names += std::string{field.name} + " ";
  EXPECT_EQ(names, "name age nickname indoor ");
}

TEST(Intersection, HasTheMembersOfAll) {
  using Both = Intersection<Audit, CreateCat>;
  Both both{};
  both.by = "me";
  both.name = "Tom";
  const auto& type = type_of<Both>();
  ASSERT_EQ(type.object->fields.size(), 7U);
  const auto& by = type.object->fields[0];
  const auto& name = type.object->fields[2];
  EXPECT_EQ(*static_cast<const std::string*>(reflect::field_of(&both, by)), "me");
  EXPECT_EQ(*static_cast<const std::string*>(reflect::field_of(&both, name)), "Tom");
}

TEST(MappedTypes, Compose) {
  using Patch = Partial<Intersection<Pick<CreateCat, &CreateCat::name>, Omit<Audit, &Audit::at>>>;
  Patch patch;
  ASSERT_EQ(type_of<Patch>().object->fields.size(), 2U);
  patch.set<&Audit::by>("me");
  EXPECT_TRUE(patch.has<&Audit::by>());
  EXPECT_FALSE(patch.has<&CreateCat::name>());
  struct Target {
    std::string by = "you";
    std::string name = "Tom";
  } target;
  patch.assign_to(target);
  EXPECT_EQ(target.by, "me");
  EXPECT_EQ(target.name, "Tom");
}

TEST(MappedTypes, RefuseToLookUpWhatTheyLeaveOut) {
  using Picked = Partial<Pick<CreateCat, &CreateCat::name>>;
  EXPECT_THROW((void)Picked{}.has<&CreateCat::age>(), Error);
}

TEST(Assign, CopiesByName) {
  const CreateCat dto{"Kit", 5, std::nullopt, {{"ball", 2.5}}, {}};
  Cat cat = tom();
  assign(cat, dto);
  EXPECT_EQ(cat.id, 1);
  EXPECT_EQ(cat.name, "Kit");
  EXPECT_EQ(cat.age, 5);
  EXPECT_EQ(cat.nickname, "T");  // empty in the source
  EXPECT_EQ(cat.indoor, 4);      // absent in the source
  ASSERT_EQ(cat.toys.size(), 1U);
  EXPECT_EQ(cat.toys[0].label, "ball");
}

TEST(Assign, NullEmptiesAndValuesFill) {
  CreateCat dto{"Kit", 5, "K", {}, nullptr};
  Cat cat = tom();
  assign(cat, dto);
  EXPECT_EQ(cat.nickname, "K");
  EXPECT_EQ(cat.indoor, std::nullopt);
  dto.indoor = 8;
  assign(cat, dto);
  EXPECT_EQ(cat.indoor, 8);
}

TEST(Assign, MarksTheMembersOfAPartial) {
  Partial<CreateCat> patch;
  struct OnlyAge {
    int age = 4;
  };
  assign(patch, OnlyAge{});
  EXPECT_TRUE(patch.has<&CreateCat::age>());
  EXPECT_FALSE(patch.has<&CreateCat::name>());
}

TEST(Assign, PassesOverMissingMembersWhenTold) {
  Audit audit{"me", 1};
  struct Extra {
    std::string by = "you";
    int unknown = 3;
  };
  assign(audit, Extra{}, ignore_missing);
  EXPECT_EQ(audit.by, "you");
  EXPECT_EQ(audit.at, 1);
}

TEST(Assign, OptionalValuesFillPlainMembersAndTheReverse) {
  struct Loose {
    std::optional<int> count;
    std::string label;
    std::shared_ptr<Toy> toy;
  };
  struct Strict {
    int count = 1;
    std::optional<std::string> label;
    std::shared_ptr<Toy> toy;
  };
  Strict strict;
  Loose loose{std::nullopt, "x", std::make_shared<Toy>()};
  assign(strict, loose);
  EXPECT_EQ(strict.count, 1);
  EXPECT_EQ(strict.label, "x");
  EXPECT_EQ(strict.toy, loose.toy);
  loose.count = 6;
  assign(strict, loose);
  EXPECT_EQ(strict.count, 6);
}

TEST(Assign, SaysWhatCannotBeCopied) {
  struct Holder {
    std::vector<std::unique_ptr<int>> items;
  };
  Holder a;
  Holder b;
  b.items.push_back(std::make_unique<int>(1));
  EXPECT_THROW(assign(a, b), Error);
}

TEST(Member, HasNameIndexAndDescriptor) {
  static_assert(reflect::member_name<&CreateCat::nickname>() == "nickname");
  EXPECT_EQ(reflect::field_index<&CreateCat::toys>(), 3U);
  EXPECT_EQ(reflect::field_descriptor<&CreateCat::nickname>().json_name, "nick");
  static_assert(std::is_same_v<reflect::member_class<&Cat::id>, Cat>);
  static_assert(std::is_same_v<reflect::member_type<&Cat::id>, int>);
}

}  // namespace
}  // namespace roost
