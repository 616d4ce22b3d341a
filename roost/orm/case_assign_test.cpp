// Objects that nest are assigned to entities: keys, new items, patches,
// structs.
#include <roost/base/nullable.hpp>
#include <roost/orm/assign.hpp>
#include <roost/orm/case_fixture_impl.hpp>

#include <optional>
#include <string>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Guardian;

struct Plaything {
  std::string code{};
  std::string label{};
  static constexpr auto meta = orm::entity("toys", natural_key<&Plaything::code>());
};
struct Ward {
  std::int64_t id{};
  std::string name{};
  int size = 0;
  Ref<Guardian> parent{};
  Ref<Plaything> toy{};
  static constexpr auto meta =
      orm::entity("kids", primary_key<&Ward::id>(), many_to_one<&Ward::parent>(),
                  many_to_one<&Ward::toy>(nullable));
};
struct Place {
  std::string city{};
  std::string street{};
};
struct Wishes {
  std::string color{};
  std::vector<std::string> items{};
};
struct Guardian {
  std::int64_t id{};
  std::string name{};
  std::optional<int> age{};
  Place place{};
  std::optional<Place> second_place{};
  Json<Wishes> wishes{};
  int version = 1;
  Collection<Ward> kids{};
  Collection<Plaything> toys{};
  static constexpr auto meta =
      orm::entity("parents", primary_key<&Guardian::id>(), versioned_by<&Guardian::version>(),
                  one_to_many<&Guardian::kids>(mapped_by<&Ward::parent>, orphan_removal),
                  many_to_many<&Guardian::toys>());
};

struct WardInput {
  std::optional<std::int64_t> id{};
  std::string name{};
};
struct GuardianInput {
  std::string name{};
  std::vector<WardInput> kids{};
};

/// Guardian 1 with the kids k1 and k2; the toys a and b.
class AssignCase : public CaseTest {
 protected:
  AssignCase() : CaseTest(entities<Guardian, Ward, Plaything>()) {}

  Task<void> prepare() override {
    EntityManager em{*source_};
    Guardian& parent = em.create<Guardian>({.name = "P",
                                            .age = 30,
                                            .place = {"Bern", "First street"},
                                            .wishes = Wishes{"blue", {"kite"}}});
    parent.kids.add(Ward{.name = "k1", .size = 5});
    parent.kids.add(Ward{.name = "k2"});
    em.create<Plaything>({.code = "a", .label = "A"});
    em.create<Plaything>({.code = "b", .label = "B"});
    co_await em.flush();
  }

  static std::vector<std::string> names(const Guardian& parent) {
    std::vector<std::string> all;
    for (const Ward& kid : parent.kids) all.push_back(kid.name);
    return all;
  }
};

TEST_F(AssignCase, Asg001ItemsAreUpdatedInsertedAndRemoved) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Guardian& parent = co_await em.find_one_or_fail<Guardian>(1, populate<&Guardian::kids>());
    static_cast<void>(sent());
    GuardianInput input;
    input.name = "Q";
    input.kids.push_back({.id = 1, .name = "upd"});
    input.kids.push_back({.id = {}, .name = "new"});
    em.assign(parent, input);
    EXPECT_EQ(sent(), 0U);
    EXPECT_THAT(names(parent), ElementsAre("upd", "new"));
    co_await em.flush();
    EXPECT_EQ(sent(), 4U) << sent_texts();
    EntityManager other{*source_};
    Guardian& stored = co_await other.find_one_or_fail<Guardian>(1, populate<&Guardian::kids>());
    EXPECT_EQ(stored.name, "Q");
    EXPECT_EQ(stored.age, 30);
    EXPECT_THAT(names(stored), ElementsAre("upd", "new"));
    EXPECT_EQ(stored.kids[0].id, 1);
    EXPECT_EQ(stored.kids[0].size, 5);  // not said
    EXPECT_EQ(stored.kids[1].id, 3);
    const std::uint64_t kids = co_await other.count<Ward>();
    EXPECT_EQ(kids, 2U);
    em.assign(parent, input.kids[0].id.has_value() ? GuardianInput{"Q", {{1, "upd"}, {3, "new"}}}
                                                   : GuardianInput{});
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();  // the same again changes nothing
  });
}

TEST_F(AssignCase, WhatAPatchLacksStays) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Guardian& parent = co_await em.find_one_or_fail<Guardian>(1, populate<&Guardian::kids>());
    Partial<GuardianInput> patch;
    patch.set<&GuardianInput::name>("Q");
    em.assign(parent, patch);
    EXPECT_EQ(parent.kids.size(), 2U);
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    Partial<GuardianInput> without;
    without.set<&GuardianInput::kids>(std::vector<WardInput>{});
    em.assign(parent, without);
    EXPECT_TRUE(parent.kids.empty());
    EXPECT_EQ(parent.name, "Q");
    co_await em.flush();
    const std::uint64_t kids = co_await em.count<Ward>();
    EXPECT_EQ(kids, 0U);
  });
}

struct WardPatch {
  std::int64_t id{};
  std::optional<int> size{};
  std::optional<std::string> toy{};
};
struct WardsInput {
  std::vector<WardPatch> kids{};
};

struct Toyless {
  Nullable<std::string> toy{};
};

TEST_F(AssignCase, ReferencesAreSaidByKeys) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Guardian& parent = co_await em.find_one_or_fail<Guardian>(1, populate<&Guardian::kids>());
    em.assign(parent, WardsInput{{{1, {}, "a"}, {2, 7, {}}}});
    co_await em.flush();
    EntityManager other{*source_};
    const auto kids = co_await other.find<Ward>(order_by(asc<&Ward::id>));
    EXPECT_EQ(kids[0]->toy.key<std::string>(), "a");
    EXPECT_EQ(kids[0]->size, 5);
    EXPECT_EQ(kids[1]->size, 7);
    EXPECT_TRUE(kids[1]->toy.is_null());
    Toyless none;
    none.toy = nullptr;
    other.assign(*kids[0], none);
    EXPECT_TRUE(kids[0]->toy.is_null());
  });
}

struct ToysInput {
  std::vector<std::string> toys{};
};
struct NewToysInput {
  std::vector<Plaything> toys{};
};

TEST_F(AssignCase, KeysReplaceACollectionWithoutReadingIt) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Guardian& parent = co_await em.find_one_or_fail<Guardian>(1);
    em.assign(parent, ToysInput{{"a", "b"}});
    co_await em.flush();
    EntityManager other{*source_};
    Guardian& stored = co_await other.find_one_or_fail<Guardian>(1, populate<&Guardian::toys>());
    EXPECT_EQ(stored.toys.size(), 2U);
    // A key that the application gives, of a row that nobody knows, is that of
    // a new one.
    other.assign(stored, NewToysInput{{{"b", "BB"}, {"c", "C"}}});
    co_await other.flush();
    EntityManager third{*source_};
    const auto toys = co_await third.find<Plaything>(order_by(asc<&Plaything::code>));
    EXPECT_EQ(toys.size(), 3U);
    EXPECT_EQ(toys[1]->label, "BB");
    EXPECT_EQ(toys[2]->label, "C");
    Guardian& again = co_await third.find_one_or_fail<Guardian>(1, populate<&Guardian::toys>());
    EXPECT_EQ(again.toys.size(), 2U);
  });
}

struct PlacesInput {
  std::optional<Partial<Place>> place{};
  std::optional<Partial<Place>> second_place{};
  std::optional<Partial<Wishes>> wishes{};
};
struct WishesInput {
  Wishes wishes{};
};

TEST_F(AssignCase, StructsAreMergedByPatchesAndReplacedByTheirOwnType) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Guardian& parent = co_await em.find_one_or_fail<Guardian>(1);
    PlacesInput input;
    input.place.emplace().set<&Place::city>("Oslo");
    input.second_place.emplace().set<&Place::street>("Second street");
    input.wishes.emplace().set<&Wishes::color>("red");
    em.assign(parent, input);
    EXPECT_EQ(parent.place.city, "Oslo");
    EXPECT_EQ(parent.place.street, "First street");
    EXPECT_EQ(parent.wishes->color, "red");
    EXPECT_THAT(parent.wishes->items, ElementsAre("kite"));
    co_await em.flush();
    EntityManager other{*source_};
    Guardian& stored = co_await other.find_one_or_fail<Guardian>(1);
    EXPECT_EQ(stored.place.city, "Oslo");
    EXPECT_EQ(stored.second_place.value().street, "Second street");
    EXPECT_EQ(stored.wishes->color, "red");
    other.assign(stored, WishesInput{{"green", {}}});
    EXPECT_TRUE(stored.wishes->items.empty());
  });
}

struct VersionInput {
  std::int64_t id{};
  int version{};
  std::string name{};
};

TEST_F(AssignCase, KeysAndVersionsAreCompared) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Guardian& parent = co_await em.find_one_or_fail<Guardian>(1);
    em.assign(parent, VersionInput{1, 1, "Q"});
    EXPECT_EQ(parent.name, "Q");
    EXPECT_THROW(em.assign(parent, VersionInput{1, 7, "R"}), OptimisticLockError);
    EXPECT_THROW(em.assign(parent, VersionInput{2, 1, "R"}), UsageError);
    EXPECT_EQ(parent.version, 1);
    co_await em.flush();
    EXPECT_EQ(parent.version, 2);
    Guardian& fresh = em.create<Guardian>();
    em.assign(fresh, VersionInput{0, 5, "N"});
    co_await em.flush();
    EXPECT_EQ(fresh.version, 1);
    EXPECT_EQ(fresh.id, 2);
  });
}

TEST_F(AssignCase, WhatIsNotLoadedIsNotGuessed) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Guardian& parent = co_await em.find_one_or_fail<Guardian>(1);
    std::string message;
    try {
      em.assign(parent, GuardianInput{"Q", {{1, "upd"}}});
    } catch (const NotLoadedError& error) {
      message = error.what();
    }
    EXPECT_THAT(message, HasSubstr("Guardian::kids of Guardian #1 is not loaded"));
    co_await parent.kids.load();
    message.clear();
    try {
      em.assign(parent, GuardianInput{"Q", {{77, "upd"}}});
    } catch (const NotLoadedError& error) {
      message = error.what();
    }
    EXPECT_THAT(message, HasSubstr("Ward #77, which is not loaded"));
    EXPECT_THROW(em.assign(parent, GuardianInput{"Q", {{1, "x"}, {1, "y"}}}), UsageError);
    em.remove(parent.kids[0]);
    EXPECT_THROW(em.assign(parent, GuardianInput{"Q", {{1, "x"}}}), UsageError);
  });
}

struct Extra {
  std::string name{};
  std::string captcha{};
};

TEST_F(AssignCase, MembersThatTheEntityLacksCanBePassedOver) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Guardian& parent = co_await em.find_one_or_fail<Guardian>(1);
    EXPECT_EQ(&em.assign(parent, Extra{"Q", "7"}, ignore_missing), &parent);
    EXPECT_EQ(parent.name, "Q");
  });
}

}  // namespace
}  // namespace roost::orm
