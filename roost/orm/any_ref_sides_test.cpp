// The other sides of references to one of several classes, what happens to them when an entity is
// removed, other kinds of keys and classes, and what is refused at the start.
#include <roost/base/uuid.hpp>
#include <roost/orm/any_ref_model_impl.hpp>
#include <roost/orm/metadata_fault_impl.hpp>

#include <string>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AnyRefSides : public AnyRefTest {};

TEST_F(AnyRefSides, CollectionsAreReadByClassAndKey) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto stories =
        co_await em.find<Story>(order_by(asc<&Story::id>), populate<&Story::applauses>());
    EXPECT_EQ(sent(), 2U) << sent_texts();
    EXPECT_EQ(stories[0]->applauses.size(), 2U);
    EXPECT_EQ(stories[0]->applauses[0].by, "a1");
    EXPECT_TRUE(stories[0]->applauses[0].subject == *stories[0]);
    EXPECT_TRUE(stories[1]->applauses.empty());
    EntityManager other{*source_};
    Photo& photo = co_await other.find_one_or_fail<Photo>(1);
    const std::size_t count = co_await photo.applauses.load_count();
    EXPECT_EQ(count, 1U) << "none of story 1";
    const auto matching = co_await photo.applauses.matching(f<&Applause::by> == "a1");
    EXPECT_THAT(matching, IsEmpty());
    const std::size_t fitting = co_await photo.applauses.load_count(f<&Applause::by> == "a2");
    EXPECT_EQ(fitting, 1U);
    co_await photo.applauses.load();
    EXPECT_EQ(photo.applauses.size(), 1U);
    EXPECT_EQ(photo.applauses[0].by, "a2");
    EntityManager third{*source_};
    const auto parts = co_await third.find<Story>(
        order_by(asc<&Story::id>),
        populate<&Story::applauses>(order_by(desc<&Applause::id>), limit(1)));
    EXPECT_EQ(parts[0]->applauses.size(), 1U);
    EXPECT_EQ(parts[0]->applauses[0].by, "a5");
    EntityManager fourth{*source_};
    static_cast<void>(sent());
    const auto at_once =
        co_await fourth.find<Photo>(order_by(asc<&Photo::id>), populate<&Photo::applauses>(joined));
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_EQ(at_once[1]->applauses.size(), 1U);
    EXPECT_EQ(at_once[1]->applauses[0].by, "a4");
  });
}

TEST_F(AnyRefSides, BothSidesAreKeptInStep) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Story& story = co_await em.find_one_or_fail<Story>(1, populate<&Story::applauses>());
    Photo& photo = co_await em.find_one_or_fail<Photo>(1, populate<&Photo::applauses>());
    Applause& first = story.applauses[0];
    first.subject = photo;
    EXPECT_EQ(story.applauses.size(), 1U);
    EXPECT_EQ(photo.applauses.size(), 2U);
    EXPECT_TRUE(photo.applauses.contains(first));
    story.applauses.add(first);
    EXPECT_TRUE(first.subject == story);
    EXPECT_EQ(photo.applauses.size(), 1U) << "it left the collection of the other class";
    EXPECT_EQ(story.applauses.size(), 2U);
    Applause& made = photo.applauses.add(Applause{.by = "new"});
    EXPECT_TRUE(made.subject.holds<Photo>());
    Applause& second = *photo.applauses.items()[0];
    photo.applauses.remove(second);
    EXPECT_TRUE(second.subject.is_null());
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 2U) << sent_texts();
    const auto held = co_await rows();
    EXPECT_THAT(held, ElementsAre("stories 1", "- -", "- -", "photos 2", "stories 1", "photos 1"));
  });
}

TEST_F(AnyRefSides, UnreadCollectionsOfSeveralClasses) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Photo& photo = co_await em.find_one_or_fail<Photo>(1);
    photo.applauses.add(em.reference<Applause>(1));  // of story 1, and not read
    co_await em.flush();
    auto held = co_await rows();
    EXPECT_THAT(held, ElementsAre("photos 1", "photos 1", "- -", "photos 2", "stories 1"));
    co_await photo.applauses.load();
    EXPECT_EQ(photo.applauses.size(), 2U);
    // Replaced unread: those of the other class with the same key stay.
    EntityManager other{*source_};
    Photo& again = co_await other.find_one_or_fail<Photo>(1);
    Applause& fourth = co_await other.find_one_or_fail<Applause>(4);
    const std::vector<Applause*> only{&fourth};
    again.applauses.set(only);
    co_await other.flush();
    held = co_await rows();
    EXPECT_THAT(held, ElementsAre("- -", "- -", "- -", "photos 1", "stories 1"));
    EntityManager third{*source_};
    Story& story = co_await third.find_one_or_fail<Story>(1);
    story.applauses.clear();
    co_await third.flush();
    held = co_await rows();
    EXPECT_THAT(held, ElementsAre("- -", "- -", "- -", "photos 1")) << "orphans are deleted";
  });
}

TEST_F(AnyRefSides, OrphansAreTheseOfTheClassThatSaysSo) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Story& story = co_await em.find_one_or_fail<Story>(1, populate<&Story::applauses>());
    Photo& photo = co_await em.find_one_or_fail<Photo>(1, populate<&Photo::applauses>());
    Applause& first = story.applauses[0];
    Applause& second = photo.applauses[0];
    Applause& fifth = story.applauses[1];
    first.subject = nullptr;   // an orphan
    second.subject = nullptr;  // nothing but empty
    fifth.subject = nullptr;
    fifth.subject = photo;  // saved
    co_await em.flush();
    const auto held = co_await rows();
    EXPECT_THAT(held, ElementsAre("- -", "- -", "photos 2", "photos 1"));
  });
}

TEST_F(AnyRefSides, RemovalReachesWhatIsNotLoaded) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Story& story = co_await em.find_one_or_fail<Story>(1);
    Photo& photo = co_await em.find_one_or_fail<Photo>(2);
    em.remove(story);
    em.remove(photo);
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 4U) << sent_texts();
    const auto held = co_await rows();
    EXPECT_THAT(held, ElementsAre("photos 1", "- -", "- -"))
        << "of story 1 deleted (orphan_removal), of photo 2 emptied (nullable), photo 1 untouched";
  });
}

TEST_F(AnyRefSides, RemovalOfSeveralAndOfWhatIsLoaded) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto all = co_await em.find<Applause>(order_by(asc<&Applause::id>));
    const auto photos = co_await em.find<Photo>();
    for (Photo* photo : photos) em.remove(*photo);
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 2U) << "one statement for all of a class" << sent_texts();
    EXPECT_TRUE(all[1]->subject.is_null());
    EXPECT_TRUE(all[0]->subject.holds<Story>());
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();
    Story& story = co_await em.find_one_or_fail<Story>(1, populate<&Story::applauses>());
    em.remove(story);
    co_await em.flush();
    const auto held = co_await rows();
    EXPECT_THAT(held, ElementsAre("- -", "- -", "- -"));
  });
}

TEST_F(AnyRefSides, WhatMustReferToSomethingIsNotLeftBehind) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Photo& photo = co_await em.find_one_or_fail<Photo>(1);
    Footnote& note = em.create<Footnote>({.text = "t", .about = photo});
    em.create<Footnote>({.text = "u", .about = em.reference<Photo>(2)});
    co_await em.flush();
    em.remove(photo);
    std::string message;
    try {
      co_await em.flush();
    } catch (const UsageError& error) {
      message = error.what();
    }
    EXPECT_THAT(message, HasSubstr("Photo #1 is to be deleted, but Footnote #1 refers to it by "
                                   "about, which may not be empty: remove that too"));
    note.about = em.reference<Story>(2);
    co_await em.flush();
    EXPECT_TRUE(note.about.holds<Story>());
    // Nobody knows of rows that are not here: they stay as they are.
    EntityManager other{*source_};
    Photo& unseen = co_await other.find_one_or_fail<Photo>(2);
    other.remove(unseen);
    co_await other.flush();
    EntityManager third{*source_};
    const auto notes =
        co_await third.find<Footnote>(order_by(asc<&Footnote::id>), populate<&Footnote::about>());
    EXPECT_TRUE(notes[0]->about.is_loaded());
    EXPECT_TRUE(notes[1]->about.holds<Photo>());
    EXPECT_FALSE(notes[1]->about.is_loaded());
    const bool gone = co_await refuses<NotFoundError>(notes[1]->about.load());
    EXPECT_TRUE(gone);
    const bool found = co_await notes[1]->about.try_load();
    EXPECT_FALSE(found);
  });
}

TEST_F(AnyRefSides, ARefusedFlushTakesNothingBackFromTheApplication) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Applause& first = co_await em.find_one_or_fail<Applause>(1);
    first.subject = em.reference<Photo>(2);
    em.create<Writer>({.id = 1, .name = "twice"});
    const bool refused = co_await refuses<db::UniqueViolation>(em.flush());
    EXPECT_TRUE(refused);
    EXPECT_TRUE(first.subject.holds<Photo>());
    const auto held = co_await rows();
    EXPECT_EQ(held[0], "stories 1");
  });
}

TEST_F(AnyRefSides, ATransactionThatIsRolledBackLeavesTheChangesToTheNextFlush) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Applause& first = co_await em.find_one_or_fail<Applause>(1);
    const auto body = [&](EntityManager& inside) -> Task<void> {
      first.subject = inside.reference<Photo>(2);
      co_await inside.flush();
      throw std::runtime_error("back");
    };
    const bool failed = co_await refuses<std::runtime_error>(em.transactional(body));
    EXPECT_TRUE(failed);
    EXPECT_TRUE(first.subject.holds<Photo>());
    co_await em.flush();
    const auto held = co_await rows();
    EXPECT_EQ(held[0], "photos 2");
  });
}

// Keys that the client makes, and classes of a family.

struct Tractor;
struct Depot {
  Uuid id{};
  std::string name{};
  static constexpr auto meta = orm::entity("depots", primary_key<&Depot::id>());
};
struct Carriage {
  Uuid id{};
  std::string plate{};
  static constexpr auto meta =
      orm::entity("carriages", primary_key<&Carriage::id>(), single_table("kind"));
};
struct Tractor : Carriage {
  int axles = 2;
  static constexpr auto meta = orm::extends<Carriage>(
      "tractor", field<&Tractor::id>(), field<&Tractor::plate>(), field<&Tractor::axles>());
};
struct Waybill {
  Uuid id{};
  AnyRef<Depot, Carriage> place{};
  AnyRef<Waybill, Depot> after{};
  static constexpr auto meta =
      orm::entity("waybills", primary_key<&Waybill::id>(),
                  many_to_one<&Waybill::place>(on_delete(orm::ReferentialAction::cascade)),
                  many_to_one<&Waybill::after>(nullable));
};

class AnyRefKeys : public CaseTest {
 protected:
  AnyRefKeys() : CaseTest(entities<Waybill, Tractor, Carriage, Depot>()) {}
};

TEST_F(AnyRefKeys, UuidsFamiliesAndReferencesToTheSameTable) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Tractor value;
    value.plate = "L";
    value.axles = 5;
    Tractor& tractor = em.create<Tractor>(std::move(value));
    Depot& depot = em.create<Depot>({.name = "d"});
    Waybill& last = em.create<Waybill>({.place = tractor});
    Waybill& first = em.create<Waybill>({.place = depot});
    last.after = first;  // made later, inserted before
    first.after = depot;
    co_await em.flush();
    EntityManager other{*source_};
    const auto names = co_await other.execute<std::string>(
        sql("select place_type || ' ' || after_type from waybills order by place_type"));
    EXPECT_THAT(names, ElementsAre("carriages waybills", "depots depots"));
    Waybill& found = co_await other.find_one_or_fail<Waybill>(last.id);
    EXPECT_EQ(found.place.key<Uuid>(), tractor.id);
    EXPECT_TRUE(found.place.holds<Carriage>());
    co_await found.place.load();
    EXPECT_EQ(found.place.get<Carriage>().plate, "L");
    EXPECT_EQ(static_cast<Tractor&>(found.place.get<Carriage>()).axles, 5);
    EXPECT_TRUE(found.after.holds<Waybill>());
    const auto by_tractor = co_await other.find<Waybill>(f<&Waybill::place> == tractor);
    EXPECT_EQ(by_tractor.size(), 1U);
    const auto deep =
        co_await other.find<Waybill>(f<&Waybill::after, &Waybill::place, &Depot::name> == "d");
    EXPECT_EQ(deep.size(), 1U);
    EXPECT_EQ(deep.front()->id, last.id);
    // on_delete(cascade) without another side; what it leaves refers to nothing.
    Depot& gone = co_await other.find_one_or_fail<Depot>(depot.id);
    other.remove(gone);
    co_await other.flush();
    EntityManager third{*source_};
    const auto left = co_await third.find<Waybill>();
    EXPECT_EQ(left.size(), 1U);
    EXPECT_EQ(left.front()->id, last.id);
    Carriage& carriage = co_await left.front()->place.load<Carriage>();
    third.remove(carriage);
    co_await third.flush();
    const std::uint64_t waybills = co_await third.count<Waybill>();
    EXPECT_EQ(waybills, 0U);
  });
}

// What is refused at the start.

struct Nowhere {
  std::int64_t id{};
  static constexpr auto meta = orm::entity("elsewhere", primary_key<&Nowhere::id>());
};
struct Twin {
  std::int64_t id{};
  static constexpr auto meta =
      orm::entity("elsewhere", in_schema("other"), primary_key<&Twin::id>());
};
struct WithProfile {
  Ref<Depot> depot{};
  static constexpr auto meta = orm::entity("profiles", primary_key<&WithProfile::depot>(),
                                           many_to_one<&WithProfile::depot>());
};
struct Mistaken {
  std::int64_t id{};
  AnyRef<Nowhere, Twin> twins{};
  AnyRef<Nowhere, WithProfile> mixed{};
  AnyRef<Nowhere, Story> missing{};
  AnyRef<Carriage, Tractor> family{};
  AnyRef<Nowhere> one{};
  AnyRef<Nowhere> emptied{};
  AnyRef<Nowhere> named{};
  AnyRef<Nowhere> updated{};
  static constexpr auto meta =
      orm::entity("mistaken", primary_key<&Mistaken::id>(), one_to_one<&Mistaken::one>(),
                  many_to_one<&Mistaken::emptied>(on_delete(set_null)),
                  many_to_one<&Mistaken::named>(target_name<Depot>("d")),
                  many_to_one<&Mistaken::updated>(on_update(orm::ReferentialAction::cascade)));
};
struct Keyed {
  AnyRef<Nowhere> of{};
  static constexpr auto meta =
      orm::entity("keyed", primary_key<&Keyed::of>(), many_to_one<&Keyed::of>());
};
struct Emptied {
  std::int64_t id{};
  AnyRef<Nowhere> of{};
  static constexpr auto meta = orm::entity("emptied", primary_key<&Emptied::id>(),
                                           many_to_one<&Emptied::of>(on_delete(set_null)));
};

TEST(AnyRefFaults, AreNamedAtTheStart) {
  const std::string fault =
      fault_of(entities<Mistaken, Nowhere, Twin, WithProfile, Depot, Carriage, Tractor>());
  EXPECT_THAT(fault, HasSubstr("Mistaken: twins: \"elsewhere\" stands for Nowhere and for Twin: "
                               "say target_name<Twin>(\"…\")"));
  EXPECT_THAT(fault, HasSubstr("mixed refers to Nowhere or WithProfile, whose keys are of "
                               "different types"));
  EXPECT_THAT(fault, HasSubstr("Story, which is not among the entities of the data source"));
  EXPECT_THAT(fault,
              HasSubstr("family refers to Carriage or Tractor, of which one extends the other"));
  EXPECT_THAT(fault, HasSubstr("one is an AnyRef: say many_to_one, without mapped_by"));
  EXPECT_THAT(fault, HasSubstr("named: target_name is about roost::orm::"));
  EXPECT_THAT(fault, HasSubstr("updated is an AnyRef, which no foreign key keeps"));
  EXPECT_THAT(fault_of(entities<Keyed, Nowhere>()),
              HasSubstr("of is an AnyRef, which is no part of a key"));
  EXPECT_THAT(fault_of(entities<Emptied, Nowhere>()),
              HasSubstr("of says on_delete(set_null), but may not be empty: say nullable"));
}

}  // namespace
}  // namespace roost::orm
